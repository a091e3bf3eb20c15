"""`mxlens explain`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import click
import msgspec

from analyzer.cli.options import load_rules_or_fail, rules_option
from analyzer.cli.terminal import coloured, output
from analyzer.model import STAGES, Question
from analyzer.model.wellformed import wellformed

_AT_ONCE = 5000
_MAX_LINE = 1_000_000


@click.command("explain")
@click.argument("replies", nargs=-1, metavar="[REPLY…|-]")
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option("--host", help="The host that replied.")
@click.option("--stage", type=click.Choice(STAGES), help="Where in the session it replied.")
@click.option("--sender", metavar="ADDRESS", help="The envelope sender.")
@click.option("--recipient", metavar="ADDRESS", help="The recipient it replied about.")
@rules_option
def command(replies: tuple[str, ...], form: str, rules: tuple[str, ...], **context: Any) -> None:
    """Say why an SMTP reply gets its verdict.

    Each REPLY is one reply; without one, or with `-`, standard input gives one a line. A line that is
    a JSON object may carry reply, host, stage, sender and recipient.
    """
    rule_base = load_rules_or_fail(rules)
    if replies in ((), ("-",)):
        if sys.stdin.isatty():
            raise click.UsageError("Name a reply, or pipe replies in, one a line.")
        questions = (_question(line, context) for line in _lines())
    else:
        questions = (Question(reply=wellformed(reply), **context) for reply in replies)
    with output() as stream:
        if form == "jsonl":
            for batch in _batches(questions):
                verdicts = rule_base.classify(batch)
                stream.write(b"".join(msgspec.json.encode(verdict) + b"\n" for verdict in verdicts))
        else:
            from analyzer.export.explanation_text import explanation_lines

            for number, question in enumerate(questions):
                lines = explanation_lines(rule_base.explain(question), colour=coloured(sys.stdout))
                head = "\n" if number else ""
                stream.write((head + "\n".join(lines) + "\n").encode("utf-8", "replace"))


def _lines() -> Iterator[str]:
    for raw in sys.stdin.buffer:
        yield raw[:_MAX_LINE].decode("utf-8", "replace").rstrip("\r\n")


def _question(line: str, context: dict[str, Any]) -> Question:
    """The line as a question; a JSON object that is none of ours is a reply like any other text."""
    if line.startswith("{"):
        try:
            given = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return Question(reply=line, **context)
        stated = {key: value for key, value in msgspec.to_builtins(given).items() if value is not None}
        stated["reply"] = given.reply.replace("\\n", "\n")
        return Question(**(context | stated))
    return Question(reply=line, **context)


class _Line(Question, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A line of standard input that is a JSON object."""


def _batches(questions: Iterable[Question]) -> Iterator[list[Question]]:
    iterator = iter(questions)
    while batch := list(islice(iterator, _AT_ONCE)):
        yield batch
