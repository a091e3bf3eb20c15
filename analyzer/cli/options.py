"""Options that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.model.content import content

if TYPE_CHECKING:
    from analyzer.classification import RuleBase

rules_option: Callable[[Any], Any] = click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    help="A folder of own rules beside the shipped ones; may be repeated.",
)
jobs_option: Callable[[Any], Any] = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0),
    default=0,
    help="Processes for mail; 0, the default, is one a core.",
)
trust_option: Callable[[Any], Any] = click.option(
    "--trust",
    multiple=True,
    metavar="HOST|NETWORK",
    help="A server or network whose Received fields are to be believed; may be repeated.",
)


class ConditionType(click.ParamType[Any]):
    """`failed`, `deferred`, `suppress`, or a classification in any spelling."""

    name = "condition"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read the condition, or end with what may be named."""
        from analyzer.export.condition import Condition

        try:
            return Condition.named(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def load_rules_or_fail(folders: tuple[str, ...]) -> RuleBase:
    """The rules, with those of `folders`; ends with every error named where one can't be used."""
    from analyzer.classification import RulesInvalidError, load_rules

    if not content("rules").is_dir():
        raise click.ClickException("the shipped rules are missing: this installation is damaged")
    try:
        return load_rules(folders)
    except RulesInvalidError as invalid:
        for error in invalid.errors:
            click.echo(f"mxlens: {error}", err=True)
        raise click.exceptions.Exit(2) from None


def standard_input_or(paths: tuple[str, ...], what: str) -> tuple[str, ...]:
    """`paths`, or standard input where none is named and something is piped in."""
    if paths:
        return paths
    if sys.stdin.isatty():
        click.echo(f"mxlens: paste {what}, then press Ctrl-D", err=True)
    return ("-",)


def write_text(target: str | None, text: str) -> None:
    """Write text to a file, or to standard output."""
    if target is None or target == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(target).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{target}: {error.strerror or error}") from None
