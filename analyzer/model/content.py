"""Where the content folders `rules/` and `reports/` are.

Beside the package in a checkout, inside it in a wheel.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def content(name: str) -> Path:
    """The folder of shipped content called `name` (`rules` or `reports`)."""
    shipped = _PACKAGE / "_content" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name
