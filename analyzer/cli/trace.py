"""`mxlens trace`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from analyzer.cli.options import standard_input_or, trust_option
from analyzer.cli.terminal import Problems, coloured, output, width
from analyzer.model import Problem, Trace


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
@trust_option
def command(paths: tuple[str, ...], form: str, target: str | None, trust: tuple[str, ...]) -> None:
    """Show the way of a message from its headers.

    A path is a message, its header as copied from a mail program, an mbox or a folder. Without one,
    standard input is read: paste the header there.
    """
    problems = Problems()
    traces = _traces(standard_input_or(paths, "the headers"), trust, problems)
    with output(target) as stream:
        first = next(traces, None)
        if first is None:
            raise SystemExit(problems.exit_code)
        second = next(traces, None)
        if form == "json" and second is not None:
            raise click.UsageError("There is more than one message: use --format jsonl.")
        if form == "html":
            from analyzer.reporting import render_trace

            if second is not None:
                raise click.UsageError("There is more than one message: use `mxlens report`.")
            stream.write(render_trace(first).encode("utf-8", "replace"))
        else:
            for number, trace in enumerate(_all(first, second, traces)):
                stream.write(_shown(trace, form, number, on_file=target is not None))
    raise SystemExit(problems.exit_code)


def _traces(paths: tuple[str, ...], trust: tuple[str, ...], problems: Problems) -> Iterator[Trace]:
    from analyzer.sources import Message, walk
    from analyzer.trace import trace

    for item in walk(paths, stdin=sys.stdin.buffer, raw_text=True):
        if isinstance(item, Problem):
            problems(item)
        elif isinstance(item, Message):
            result = trace(item.raw, source=item.source, position=item.position, trust=trust)
            for problem in result.problems:
                problems(problem)
            yield result


def _all(first: Trace, second: Trace | None, rest: Iterator[Trace]) -> Iterator[Trace]:
    yield first
    if second is not None:
        yield second
        yield from rest


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
