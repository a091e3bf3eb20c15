"""Puts the sections of reports into one HTML page. Imports no database: one trace needs none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import jinja2
import msgspec

from analyzer.model import Trace
from analyzer.reporting.discovery import Report, ReportError, choose, discover
from analyzer.reporting.environment import environment, style_sheet

TABLES = ("attempts", "traces", "problems")
Rows = dict[str, list[dict[str, Any]]]


class Section(msgspec.Struct, frozen=True):
    """A report and the rows of its queries, by name."""

    report: Report
    rows: Rows


def page(
    sections: list[Section], scope: dict[str, int], title: str, generated_at: datetime | None = None
) -> str:
    """Render sections as one self-contained HTML file; `scope` says how many rows each of TABLES has."""
    style, digest = style_sheet()
    try:
        return (
            environment()
            .get_template("page.html.j2")
            .render(
                title=title,
                generated_at=generated_at or datetime.now(UTC),
                style=style,
                style_hash=digest,
                sections=sections,
                scope=scope,
            )
        )
    except jinja2.TemplateError as error:
        where = getattr(error, "name", None) or "template"
        raise ReportError(f"{where}: {error}") from error


def render_trace(trace: Trace, *, title: str | None = None, generated_at: datetime | None = None) -> str:
    """Render the report of one trace as one self-contained HTML file."""
    rows: Rows = {
        "traces": [{"seq": 0, "json": trace}],
        "overview": [],
        "totals": [{"traces": 1, "shown": 1}],
    }
    section = Section(choose(discover(), ("trace",))[0], rows)
    return page([section], dict.fromkeys(TABLES, 0) | {"traces": 1}, title or "Mail trace", generated_at)
