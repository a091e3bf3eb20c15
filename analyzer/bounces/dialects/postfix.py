"""Postfix's notification text, where its delivery-status part is missing or was lost.

Format: bounce(5), bounce(8): any introduction (sites translate it), then `<recipient>: reason` or
`<recipient> (expanded from <original>): reason`, continued on indented lines.

Not matched: mails that a person sent through Postfix; the sender must be a mail system.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "postfix"

_INTRODUCTIONS = (
    b"This is the Postfix program",
    b"This is the mail system at host",
    b"The mail system",
    b"The Postfix program",
    b"The Postfix on",
)
_EXPANDED = re.compile(r"^\(expanded from <?([^<>()\s]{1,400})>?\)\s*")
_DONE = re.compile(
    r"\A(?:\([^()]{1,400}\)\s*)?(?:delivery via|delivered to|relayed to|sent to|forwarded as|expanded by)\b"
)
_HOST = re.compile(r"(?:program|system) at host ([A-Za-z0-9][\w.-]{1,250}?)\.?\s")


def recognises(mail: Mail) -> bool:
    """By the introductions, or the Notification part, under a mail system's name."""
    start = mail.raw[mail.body_start : mail.body_start + 6000]
    if b"Content-Description: Notification" not in start and not any(
        mark in start for mark in _INTRODUCTIONS
    ):
        return False
    return evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each `<recipient>:` head and its indented lines."""
    host = _HOST.search(mail.text[:3000])
    answer: list[Refusal] = []
    warning = False
    for block in shapes.blocks(shapes.lines(mail.text), _head):
        kept = block.reason[:1]
        for line in block.reason[1:]:
            if not line.startswith((" ", "\t")):
                break
            kept.append(line)
        # Postfix folds a reason at blanks, so its lines are one.
        text = (shapes.reason(kept) or "").replace("\n", " ")
        if not text:
            continue
        if not answer:
            warning = outcome.is_warning(outcome.introduction(mail.text[:8000], block.address))
        done = _DONE.search(text) is not None
        expanded = _EXPANDED.match(text)
        answer.append(
            Refusal(
                recipient=block.address,
                original_recipient=expanded[1] if expanded else None,
                diagnostic=text[expanded.end() :] if expanded else text,
                reporting_mta=host[1] if host else None,
                action="delivered" if done else "delayed" if warning else "failed",
                expired=not (warning or done) and outcome.gave_up(text),
            )
        )
    return answer


def _head(line: str) -> tuple[str, str] | None:
    return shapes.colon_head(line) if line.startswith("<") else None
