"""Google's reports: Gmail's and Workspace's, the text of before 2016 and of today, and Google Groups.

Format, old: "Delivery to the following recipient failed permanently:", the address indented, "Technical
details of … failure:". New: a title between asterisks, a sentence that names the recipient, "The response
was:". Groups: sentences in the sender's language and no address; X-Failed-Recipients names the group.

Not matched: mails from people at Gmail; the sender must be mailer-daemon at google.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "google"

_DETAILS = re.compile(
    r"^(?:Technical details of .{1,40}|The response(?: from the remote server)? was|"
    r"The error that the other server returned was)\s*:\s*(.*)$",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"(?:The error that the other server returned was|the response from the remote server was)\s*:\s*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^@.]{4,60}[:：]$")
_REPLY = re.compile(r"^(?:[45]\d\d[ -]|[45]\.\d{1,3}\.\d{1,3} |DNS Error)")
_SENTENCE = re.compile(
    r"(?:delivered to|deliver(?:ing)? (?:your )?(?:message|mail) to) <?(\S{1,400}@\S{1,255}?)>?(?:[ ,;]|\.?$)"
)
_LINK = re.compile(r"^(?:Learn more|Weitere Informationen|En savoir plus|詳細)", re.IGNORECASE)
_DELAY = re.compile(r"\(Delay\)|has been delayed|message delayed|delivery incomplete", re.IGNORECASE)


def recognises(mail: Mail) -> bool:
    """By mailer-daemon at google in From."""
    sender = mail.raw_field(b"from").lower()
    return b"mailer-daemon@google" in sender or (
        b"mailer-daemon" in sender and b"@mx.google.com" in mail.raw_field(b"message-id")
    )


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each address of the field, else of the list, else of the sentence."""
    text_lines = shapes.lines(mail.text)
    named = evidence.failed_recipients(mail) or _listed(text_lines)
    subject = mail.get("subject") or ""
    delay = _DELAY.search(subject) is not None or _DELAY.search("\n".join(text_lines[:12])) is not None
    text = _reason(mail, text_lines)
    return [
        Refusal(
            recipient=one,
            diagnostic=text,
            action="delayed" if delay else "failed",
            expired=not delay and outcome.gave_up(text),
        )
        for one in named
    ]


def _listed(text_lines: list[str]) -> list[str]:
    for index, line in enumerate(text_lines[:60]):
        if line.endswith((":", "：")):
            found, _ = shapes.listed(text_lines, index + 1)
            if found:
                return found
    for line in text_lines[:60]:
        match = _SENTENCE.search(line)
        one = shapes.tidy(match[1]) if match else None
        if one:
            return [one]
    return []


def _reason(mail: Mail, text_lines: list[str]) -> str | None:
    """What the other server answered, else Google's own sentence about it."""
    whole = "\n".join(text_lines)
    returned = _RETURNED.search(whole)
    if returned:
        below = whole[returned.end() :].lstrip().split("\n")
        return shapes.reason(shapes.paragraph(below, 0)[0])
    for index, line in enumerate(text_lines):
        match = _DETAILS.match(line.strip())
        if match:
            first = [match[1]] if match[1].strip() else []
            return shapes.reason(first + shapes.paragraph(text_lines, index + 1)[0])
    for index, line in enumerate(text_lines):
        bare = line.strip()
        if _REPLY.match(bare) or (
            _LABEL.match(bare) and index + 1 < len(text_lines) and _REPLY.match(_next(text_lines, index))
        ):
            start = index if _REPLY.match(bare) else index + 1
            return shapes.reason(shapes.paragraph(text_lines, start)[0])
    own = evidence.own_addresses(mail)
    if text_lines and any(one.lower() in own for one in shapes.addresses(text_lines[0])):
        text_lines = text_lines[1:]  # the salutation
    kept = [
        line
        for line in text_lines
        if line.strip() and not _LINK.match(line.strip()) and not line.startswith("**")
    ]
    return shapes.reason(kept[:12])


def _next(text_lines: list[str], index: int) -> str:
    return next((line.strip() for line in text_lines[index + 1 : index + 4] if line.strip()), "")
