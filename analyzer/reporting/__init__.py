"""Reports: folders of SQL, template and text under `reports/`, rendered into one self-contained HTML file."""

from analyzer.reporting.discovery import Report, ReportError, discover
from analyzer.reporting.render import render, render_trace

__all__ = ["Report", "ReportError", "discover", "render", "render_trace"]
