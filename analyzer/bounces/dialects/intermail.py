"""Openwave InterMail's bounces, and the Japanese carriers' that run it (au/ezweb, KDDI).

Format: a sentence that says why, then `Recipient: <address>` with `Reason: …` or the session below it, or
"The following recipients did not receive this message:" and a list. Carriers add Japanese sentences.

Not matched: anything without these words in a mail with a sign of a report.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, reasons, shapes, transcript
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "intermail"

_MARKS = (
    "following recipients was rejected by a remote",
    "recipients did not receive",
    "message was not delivered within",
    "The user(s) account is",
    "message was undeliverable due to the following reason",
    "Message was undeliverable due to the following reason",
)
_RECIPIENT = re.compile(r"^\s*Recipient:\s*<?[ ]?([^\s<>]{1,400}@[^\s<>]{1,255})[ ]?>?\s*$", re.IGNORECASE)
_LIST = re.compile(r"recipients? did not receive (?:this|your) message", re.IGNORECASE)
_HELP = re.compile(r"^\s*(?:please reply to|if you feel)", re.IGNORECASE)


def recognises(mail: Mail) -> bool:
    """By its sentences."""
    if not evidence.could_be_report(mail):
        return False
    start = mail.text[:4000]
    return any(mark in start for mark in _MARKS)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each named or listed recipient."""
    text_lines = [line for line in shapes.lines(mail.text) if not _HELP.match(line)]
    return _rejected(text_lines) or _listed(text_lines)


def _rejected(text_lines: list[str]) -> list[Refusal]:
    answers: dict[str, Refusal] = {}
    for block in shapes.blocks(text_lines, _head, labelled=True):
        talks = [talk for talk in transcript.exchanges(block.reason) if talk.reply]
        has_reason = any(line.strip().lower().startswith("reason:") for line in block.reason)
        stated = reasons.labelled(block.reason)
        if stated is None and not has_reason:
            stated = shapes.reason(shapes.paragraph(block.reason, 0)[0])
        text = talks[-1].text if talks else stated
        answers.setdefault(
            block.address.lower(),
            Refusal(
                recipient=block.address,
                diagnostic=text,
                stage=talks[-1].stage if talks else None,
                expired=outcome.gave_up(text),
            ),
        )
    return list(answers.values())


def _head(line: str) -> tuple[str, str] | None:
    match = _RECIPIENT.match(line) if "@" in line else None
    one = shapes.tidy(match[1]) if match else None
    return (one, "") if one else None


def _listed(text_lines: list[str]) -> list[Refusal]:
    said: list[str] = []
    for number, line in enumerate(text_lines):
        if not line.strip():
            continue
        if shapes.colon_head(line) == (shapes.only_address(line), ""):
            return outcome.refusals(shapes.blocks(text_lines[number:], shapes.colon_head))
        found, _ = shapes.listed(text_lines, number)
        if found and any(shapes.leading_address(one) for one in said):
            return []  # Recipients with reasons beside them stand above: another program's form.
        if found:
            text = shapes.reason(said[-6:])
            return [Refusal(recipient=one, diagnostic=text, expired=outcome.gave_up(text)) for one in found]
        if (head := shapes.colon_head(line)) is not None and head[1]:
            return outcome.refusals(shapes.blocks(text_lines[number:], shapes.colon_head))
        if not _LIST.search(line) and "due to the following reason" not in line:
            said.append(line)
    return []
