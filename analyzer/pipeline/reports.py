"""Inputs of any kind into one report: bounces and logs into failures, other messages into traces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from analyzer.classification import load_rules
from analyzer.model import Problem
from analyzer.pipeline.attempts import Reader
from analyzer.pipeline.tracing import Tracer
from analyzer.reporting import render
from analyzer.sources import Message
from analyzer.store import Store

MAX_TRACES = 50
"""Timelines that a page still serves; a mailbox of ordinary mail is no trace report."""


@dataclass(frozen=True)
class Rendered:
    """A report and what went into it."""

    html: str
    attempts: int
    traces: int
    problems: list[Problem]


def render_report(
    paths: Iterable[str],
    *,
    stdin: BinaryIO | None = None,
    title: str | None = None,
    rule_dirs: tuple[str, ...] = (),
    trust: tuple[str, ...] = (),
    jobs: int = 1,
) -> Rendered:
    """The report of everything under `paths`, as one self-contained HTML file."""
    problems: list[Problem] = []
    tracer = Tracer(trust=trust, rule_dirs=rule_dirs)
    counts = {"attempts": 0, "traces": 0, "untraced": 0}
    with Store() as store:

        def note(problem: Problem) -> None:
            problems.append(problem)
            store.add_problem(problem)

        def ordinary(message: Message) -> None:
            if counts["traces"] >= MAX_TRACES:
                counts["untraced"] += 1
                return
            counts["traces"] += 1
            store.add_trace(tracer(message))

        reader = Reader(load_rules(rule_dirs), note, jobs=jobs, rule_dirs=rule_dirs, on_ordinary=ordinary)
        for batch in reader.batches(paths, stdin):
            counts["attempts"] += batch.num_rows
            store.add_attempts(batch)
        if counts["untraced"]:
            message = f"{counts['untraced']} more messages are no bounces; the first {MAX_TRACES} were traced"
            note(Problem(id="too-many", message=message))
        html = render(store, title=title)
    return Rendered(html, counts["attempts"], counts["traces"], problems)
