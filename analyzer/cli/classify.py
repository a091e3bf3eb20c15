"""`mxlens classify`."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import ConditionType, jobs_option, rules_option, standard_input_or
from analyzer.cli.progress import Progress
from analyzer.cli.terminal import Problems, coloured, output, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.export.condition import Condition
    from analyzer.model import Original


@contextmanager
def _originals_to(target: str | None) -> Iterator[Callable[[Original], None] | None]:
    """What writes each original as a line of JSON to the file `target`; None where none is wanted."""
    if target is None:
        yield None
        return
    import msgspec

    with output(target) as stream:

        def write(original: Original) -> None:
            stream.write(msgspec.json.encode(original) + b"\n")

        yield write


@click.command("classify")
@click.argument("paths", nargs=-1, metavar="PATH…")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv", "parquet"]),
    default="table",
    show_default=True,
    help="What to write.",
)
@click.option("-o", "--output", "target", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option(
    "--final/--attempts",
    "final",
    default=True,
    help="From logs: one row a recipient in its last state (default), or one a try.",
)
@click.option(
    "--only",
    type=ConditionType(),
    multiple=True,
    metavar="WHAT",
    help="Only rows that are failed, deferred, suppress, or of a classification; may be repeated.",
)
@click.option(
    "--fail-on",
    type=ConditionType(),
    multiple=True,
    metavar="WHAT",
    help="End with exit code 1 where a row is WHAT (as for --only).",
)
@click.option(
    "--originals",
    "originals_target",
    metavar="FILE",
    help="Also write the messages that reports return to FILE, as JSON lines.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on standard error.")
@rules_option
@jobs_option
def command(
    paths: tuple[str, ...],
    form: str,
    target: str | None,
    final: bool,
    only: tuple[Condition, ...],
    fail_on: tuple[Condition, ...],
    originals_target: str | None,
    quiet: bool,
    rules: tuple[str, ...],
    jobs: int,
) -> None:
    """Classify every failure in the inputs.

    A path is a message, an mbox, a Maildir or other folder, a glob, an archive, a log, or `-` for
    standard input; compressed or not.
    """
    import pyarrow.compute as pc

    from analyzer.cli.options import load_rules_or_fail
    from analyzer.export.attempts import open_writer
    from analyzer.export.condition import any_holds
    from analyzer.export.summary import Summary
    from analyzer.pipeline.attempts import Reader
    from analyzer.pipeline.parallel import fewer_collections

    paths = standard_input_or(paths, "a bounce")
    if form == "parquet" and target is None and sys.stdout.isatty():
        raise click.UsageError("Parquet is binary: name a file with -o, or pipe it.")
    fewer_collections()
    problems = Problems()
    summary, progress, failing = Summary(), Progress(), False
    reader = Reader(
        load_rules_or_fail(rules),
        problems,
        every_try=not final,
        jobs=jobs or os.cpu_count() or 1,
        rule_dirs=rules,
    )
    with output(target) as stream, _originals_to(originals_target) as reader.on_original:
        writer = open_writer(
            form, stream, colour=target is None and coloured(sys.stdout), width=width(sys.stdout)
        )
        for batch in reader.batches(paths, sys.stdin.buffer):
            kept = batch.filter(any_holds(only, batch)) if only else batch
            failing = failing or bool(fail_on and pc.any(any_holds(fail_on, kept)).as_py())
            summary.add(kept)
            writer.write(kept)
            progress.add(kept.num_rows)
        writer.close()
    progress.clear()
    if not quiet:
        for line in summary.lines(problems.count, messages=reader.messages, colour=coloured(sys.stderr)):
            click.echo(line, err=True)
    raise SystemExit(problems.exit_code or int(failing))
