"""Ipswitch IMail's bounces (SMTP32).

Format: lines `reason: recipient` at the top, for some "Body of message generated response:" with the
remote's reply below, then "Original message follows.".

Not matched: anything whose X-Mailer is not SMTP32 and that lacks "Original message follows.".
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "imail"

_LINE = re.compile(r"^\s*(\S.{2,100}?)(?::| to)\s+<?([^\s<>]{1,400}@[^\s<>]{1,255})>?\s*(.*)$")
_SAYS_NOTHING = re.compile(r"undeliver(?:able|ed)|not delivered", re.IGNORECASE)
"""What stands above the line with the reason."""


def recognises(mail: Mail) -> bool:
    """By X-Mailer."""
    if mail.raw_field(b"x-mailer").startswith(b"<SMTP32"):
        return True
    start = mail.raw[mail.body_start : mail.body_start + 3000]
    return b"\nOriginal message follows." in start and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each line that names an address."""
    found: list[shapes.Block] = []
    text_lines = shapes.lines(mail.text)
    for number, line in enumerate(text_lines):
        if line.strip().lower().startswith("original message follows"):
            break
        match = _LINE.match(line)
        recipient = shapes.tidy(match[2]) if match else None
        if match and recipient:
            below = shapes.paragraph(text_lines, number + 1)[0] if number + 1 < len(text_lines) else []
            said = [one for one in below if one.strip()[:1].isdigit()]
            why = said or [f"{match[1]} {match[3]}".strip()]
            found.append(shapes.Block(recipient, why))
    told = {block.address.lower() for block in found if not _says_nothing(block)}
    return outcome.refusals(
        block for block in found if not (_says_nothing(block) and block.address.lower() in told)
    )


def _says_nothing(block: shapes.Block) -> bool:
    return _SAYS_NOTHING.fullmatch(block.reason[0]) is not None
