"""Runs the queries of reports over a store."""

from __future__ import annotations

from datetime import datetime

import duckdb

from analyzer.reporting.discovery import Report, ReportError, choose, discover
from analyzer.reporting.domains import add_domains
from analyzer.reporting.environment import macros
from analyzer.reporting.page import TABLES, Rows, Section, page
from analyzer.store import Store


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
    sections = [Section(report, _answers(report, store)) for report in chosen]
    return page(
        sections, {table: store.count(table) for table in TABLES}, title or "Mail report", generated_at
    )


def _answers(report: Report, store: Store) -> Rows:
    name = "prepare"
    try:
        if prepare := report.prepare():
            store.execute(prepare)
        answers: Rows = {}
        for name, sql in report.queries().items():
            answers[name] = store.query(sql).to_pylist()
    except duckdb.Error as error:
        raise ReportError(f"{report.folder / name}.sql: {error}") from error
    return answers
