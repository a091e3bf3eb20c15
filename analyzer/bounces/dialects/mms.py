"""Notices of mobile operators' multimedia and text message gateways (Verizon and others).

Format: "Message could not be delivered to mobile.", "Error: …", then the original's From and To in text.

Not matched: anything without the sentence on the mobile.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "mms"

_SENTENCE = re.compile(
    r"could not be delivered to (?:the )?mobile|undeliverable to (?:the )?mobile", re.IGNORECASE
)
_TO = re.compile(r"^\s*(?:RCPT )?To:\s*(.+)$", re.IGNORECASE | re.MULTILINE)


def recognises(mail: Mail) -> bool:
    """By its first sentence."""
    start = mail.raw[mail.body_start : mail.body_start + 3000]
    return b" mobile" in start and evidence.could_be_report(mail) and _SENTENCE.search(mail.text) is not None


def read(mail: Mail) -> list[Refusal]:
    """One refusal, for the addressee that the notice repeats."""
    text = mail.full_text
    if not _SENTENCE.search(text[:2000]):
        return []
    to = _TO.search(text[:8000])
    recipients = shapes.addresses(to[1]) if to else []
    said = shapes.field(shapes.lines(text), "Error") or shapes.reason(
        shapes.paragraph(shapes.lines(text), 0)[0]
    )
    return [Refusal(recipient=one, diagnostic=said) for one in recipients]
