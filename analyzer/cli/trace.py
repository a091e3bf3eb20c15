"""`mxlens trace`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import standard_input_or, trust_option
from analyzer.cli.terminal import Problems, coloured, output, width
from analyzer.model import Problem, Trace

if TYPE_CHECKING:
    from analyzer.pipeline.tracing import Tracer


@click.command("trace")
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "html", "markdown"]),
    default="text",
    show_default=True,
    help="What to write; json is for one message, jsonl for many.",
)
@click.option("-o", "--output", "target", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--compare", "other", metavar="PATH", help="Show in what the message at PATH differs.")
@click.option("--redact", is_flag=True, help="Hide local parts of addresses, names and the subject.")
@trust_option
def command(
    paths: tuple[str, ...],
    form: str,
    target: str | None,
    other: str | None,
    redact: bool,
    trust: tuple[str, ...],
) -> None:
    """Show the way of a message from its headers.

    A path is a message, its header as copied from a mail program, an SMTP session, an mbox or a
    folder. Without one, standard input is read: paste the header there.
    """
    from analyzer.pipeline.tracing import Tracer

    problems = Problems()
    tracer = Tracer(trust=trust, defects=form != "jsonl")
    traces = _traces(standard_input_or(paths, "the headers"), tracer, problems, redact=redact)
    with output(target) as stream:
        first = next(traces, None)
        if first is None:
            raise SystemExit(problems.exit_code)
        second = next(traces, None)
        if second is not None and (form in ("json", "html") or other):
            hint = "mxlens report" if form == "html" else "--format jsonl"
            raise click.UsageError(f"There is more than one message: use {hint}.")
        if other is not None:
            compared = next(_traces((other,), tracer, problems, redact=redact), None)
            if compared is None:
                raise SystemExit(problems.exit_code)
            stream.write(_compared(first, compared, form))
        elif form == "html":
            from analyzer.reporting import render_trace

            stream.write(render_trace(first).encode("utf-8", "replace"))
        else:
            for number, trace in enumerate(_all(first, second, traces)):
                stream.write(_shown(trace, form, number, on_file=target is not None))
    raise SystemExit(problems.exit_code)


def _traces(paths: tuple[str, ...], tracer: Tracer, problems: Problems, *, redact: bool) -> Iterator[Trace]:
    from analyzer.sources import Message, walk

    for item in walk(paths, stdin=sys.stdin.buffer, raw_text=True):
        if isinstance(item, Problem):
            problems(item)
        elif isinstance(item, Message):
            trace = tracer(item)
            for problem in trace.problems:
                problems(problem)
            if redact:
                from analyzer.export.redaction import redacted

                trace = redacted(trace)
            yield trace


def _all(first: Trace, second: Trace | None, rest: Iterator[Trace]) -> Iterator[Trace]:
    yield first
    if second is not None:
        yield second
        yield from rest


def _compared(first: Trace, second: Trace, form: str) -> bytes:
    import msgspec

    from analyzer.export.comparison_text import comparison_lines, comparison_markdown
    from analyzer.trace.comparison import compare

    if form == "html":
        raise click.UsageError("--compare gives text, json, jsonl or markdown.")
    comparison = compare(first, second)
    if form in ("json", "jsonl"):
        return msgspec.json.encode(comparison) + b"\n"
    if form == "markdown":
        lines = comparison_markdown(comparison)
    else:
        lines = comparison_lines(comparison, width=width(sys.stdout))
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _shown(trace: Trace, form: str, number: int, *, on_file: bool) -> bytes:
    import msgspec

    if form in ("json", "jsonl"):
        encoded = msgspec.json.encode(trace)
        return (msgspec.json.format(encoded, indent=2) if form == "json" else encoded) + b"\n"
    if form == "markdown":
        from analyzer.export.trace_markdown import markdown_lines

        lines = list(markdown_lines(trace))
    else:
        from analyzer.export.trace_text import trace_lines

        colour = not on_file and coloured(sys.stdout)
        lines = list(trace_lines(trace, colour=colour, width=width(sys.stdout)))
        if number:
            lines[:0] = ["─" * 60, ""]
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")
