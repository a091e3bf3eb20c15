"""mxlens as a library: what happened to a mail, where, why, and what to do.

Every name is loaded on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.pipeline.api import Attempts, classify, explain, report, trace

__all__ = ["Attempts", "classify", "explain", "report", "trace"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module("analyzer.pipeline.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _Package(ModuleType):
    """Keeps `analyzer.trace` the function: importing the subpackage of that name would replace it."""

    @property
    def trace(self) -> Any:
        return __getattr__("trace")

    @trace.setter
    def trace(self, module: ModuleType) -> None:
        """Let the import system bind its subpackage elsewhere: `sys.modules` has it."""


sys.modules[__name__].__class__ = _Package
