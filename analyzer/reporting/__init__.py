"""Reports: folders of SQL, template and text under `reports/`, rendered into one self-contained HTML file.

`render` is loaded on first use: one trace is rendered without a database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.reporting.discovery import Report, ReportError, discover
from analyzer.reporting.page import render_trace

if TYPE_CHECKING:
    from analyzer.reporting.run import render

__all__ = ["Report", "ReportError", "discover", "render", "render_trace"]


def __getattr__(name: str) -> Any:
    if name == "render":
        from analyzer.reporting.run import render

        return render
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
