"""Digital Arts m-FILTER's bounces, also those that its customers renamed.

Format: Japanese sentences, the recipient alone on a line, "-------server message" with the reply below,
"-------SMTP command", "-------original mail info".

Not matched: anything without the line "-------server message".
"""

from __future__ import annotations

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Stage

NAME = "m-filter"

_REPLY = "-------server message"
_COMMAND = "-------SMTP command"
_STAGES: dict[str, Stage] = {
    "MAIL": "mail",
    "RCPT": "rcpt",
    "DATA": "data",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    ".": "message",
}


def recognises(mail: Mail) -> bool:
    """By its rule lines, in a mail with a sign of a report."""
    return evidence.could_be_report(mail) and _REPLY in mail.text[:8000]


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each address above the server's message."""
    text_lines = shapes.lines(mail.text)
    rule = next(number for number, line in enumerate(text_lines) if line.startswith(_REPLY))
    text = shapes.reason(shapes.paragraph(text_lines, rule + 1)[0])
    command = next((number for number, line in enumerate(text_lines) if line.startswith(_COMMAND)), None)
    sent = shapes.paragraph(text_lines, command + 1)[0] if command is not None else []
    stage = _STAGES.get(sent[0].split(" ")[0].strip()) if sent else None
    found = dict.fromkeys(one for one in map(shapes.only_address, text_lines[:rule]) if one)
    return [
        Refusal(recipient=one, diagnostic=text, stage=stage, expired=outcome.gave_up(text)) for one in found
    ]
