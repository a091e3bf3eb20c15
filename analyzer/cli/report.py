"""`mxlens report`."""

from __future__ import annotations

import os
import sys

import click

from analyzer.cli.options import jobs_option, load_rules_or_fail, rules_option, trust_option, write_text
from analyzer.cli.terminal import Problems


@click.command("report")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    default="mxlens-report.html",
    show_default=True,
    help="Where to write the report; `-` is standard output.",
)
@click.option("--title", help="The report's title.")
@rules_option
@trust_option
@jobs_option
def command(
    paths: tuple[str, ...],
    target: str,
    title: str | None,
    rules: tuple[str, ...],
    trust: tuple[str, ...],
    jobs: int,
) -> None:
    """Make one self-contained HTML report of the inputs.

    Bounces and logs become the failure report, other messages and headers the trace report.
    """
    from analyzer.pipeline.reports import render_report

    load_rules_or_fail(rules)
    rendered = render_report(
        paths,
        stdin=sys.stdin.buffer,
        title=title,
        rule_dirs=rules,
        trust=trust,
        jobs=jobs or os.cpu_count() or 1,
    )
    problems = Problems()
    for problem in rendered.problems:
        problems(problem)
    write_text(target, rendered.html)
    if target != "-":
        click.echo(f"{rendered.attempts:,} attempts, {rendered.traces:,} traces", err=True)
        click.echo(os.path.abspath(target))  # noqa: PTH100 - no link is to be resolved
    raise SystemExit(problems.exit_code)
