"""Runs the queries of reports over a store and puts their sections into one HTML page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import duckdb
import jinja2
import msgspec

from analyzer.model import Trace
from analyzer.reporting.discovery import Report, ReportError, choose, discover
from analyzer.reporting.domains import add_domains
from analyzer.reporting.environment import environment, macros, style_sheet
from analyzer.store import Store, trace_json

_TABLES = ("attempts", "traces", "problems")


class _Section(msgspec.Struct):
    report: Report
    rows: dict[str, list[dict[str, Any]]]


def render(
    store: Store,
    reports: tuple[str, ...] | None = None,
    *,
    title: str | None = None,
    generated_at: datetime | None = None,
) -> str:
    """Render reports over a store as one self-contained HTML file.

    `reports` names them in the order wanted; None takes each one that has something to say.
    `generated_at` (now, where not given) is shown, nothing else in the page depends on the clock.
    Raises ReportError where a report doesn't exist or one of its queries doesn't run.
    """
    known = discover()
    chosen = choose(known, reports) if reports else [one for one in known if store.count(one.needs)]
    if chosen:
        add_domains(store)
        store.execute(macros())
    sections = [_Section(report, _answers(report, store)) for report in chosen]
    return _page(sections, _scope(store), title or "Mail report", generated_at)


def render_trace(trace: Trace, *, title: str | None = None, generated_at: datetime | None = None) -> str:
    """Render the report of one trace as one self-contained HTML file."""
    rows: dict[str, list[dict[str, Any]]] = {
        "traces": [{"seq": 0, "json": trace_json(trace)}],
        "overview": [],
        "totals": [{"traces": 1, "shown": 1}],
    }
    report = choose(discover(), ("trace",))[0]
    scope = dict.fromkeys(_TABLES, 0) | {"traces": 1}
    return _page([_Section(report, rows)], scope, title or "Mail trace", generated_at)


def _answers(report: Report, store: Store) -> dict[str, list[dict[str, Any]]]:
    name = "prepare"
    try:
        if prepare := report.prepare():
            store.execute(prepare)
        answers = {}
        for name, sql in report.queries().items():
            answers[name] = store.query(sql).to_pylist()
    except duckdb.Error as error:
        raise ReportError(f"{report.folder / name}.sql: {error}") from error
    return answers


def _scope(store: Store) -> dict[str, int]:
    return {table: store.count(table) for table in _TABLES}


def _page(sections: list[_Section], scope: dict[str, int], title: str, generated_at: datetime | None) -> str:
    jinja = environment()
    style, digest = style_sheet()
    try:
        return jinja.get_template("page.html.j2").render(
            title=title,
            generated_at=generated_at or datetime.now(UTC),
            style=style,
            style_hash=digest,
            sections=sections,
            scope=scope,
        )
    except jinja2.TemplateError as error:
        where = getattr(error, "name", None) or "template"
        raise ReportError(f"{where}: {error}") from error
