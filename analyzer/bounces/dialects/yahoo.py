"""Yahoo's and AOL's reports (qmail's form, own words) and of others that write the same paragraphs.

Format: an introduction, `<recipient>:`, below it the reason, in Yahoo's case behind "Remote host said:" and
before the command in brackets; a line that begins with "---" announces the copy. MessageLabs, old Yahoo,
psmtp and more write so with other introductions.

Not matched: ordinary mails; a mail system must be the sender and the head must be followed by a reason.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Stage

NAME = "yahoo"

_COMMAND = re.compile(r"\s*\[(RCPT_TO|MAIL_FROM|DATA|BODY|CONNECT|EHLO|HELO|AUTH|STARTTLS)\]\s*$")
_STAGES: dict[str, Stage] = {
    "RCPT_TO": "rcpt",
    "MAIL_FROM": "mail",
    "DATA": "data",
    "BODY": "message",
    "CONNECT": "connect",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "AUTH": "auth",
    "STARTTLS": "starttls",
}
_HEAD = re.compile(r"^[ \t]{0,4}\"?<?[^\s<>\"]{1,200}@[^\s<>\"]{1,200}>?\"?:", re.MULTILINE)


def recognises(mail: Mail) -> bool:
    """By a head line near the top, in a mail that is a report by its header."""
    return evidence.is_report(mail) and _HEAD.search(mail.text[:4000]) is not None


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each head, where a reason follows any of them."""
    text = mail.text
    told = list(shapes.blocks(shapes.lines(text), shapes.colon_head, lambda line: line.startswith("---")))
    warning = evidence.delay_subject(mail) or (
        bool(told) and outcome.is_warning(outcome.introduction(text[:8000], told[0].address))
    )
    found = outcome.refusals(told, warning=warning)
    for refusal in found:
        diagnostic = refusal.diagnostic or ""
        command = _COMMAND.search(diagnostic)
        if command:
            refusal.stage = _STAGES[command[1]]
            diagnostic = diagnostic[: command.start()]
        refusal.diagnostic = diagnostic.removeprefix("Remote host said:").strip() or None
    return found if any(refusal.diagnostic for refusal in found) else []
