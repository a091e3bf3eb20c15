"""qmail-send's bounces, of its patches and descendants too (netqmail, indimail, s/qmail, notqmail).

Format: QSBMF (https://cr.yp.to/proto/qsbmf.txt): an introduction that begins "Hi. This is the", then
paragraphs `<recipient>:` with the reason below, up to a line that begins with "-". Sites translate the
introduction, so "(qmail N invoked for bounce)" in Received counts as well.

Not matched: mails of people at hosts that run qmail (no "for bounce", no QSBMF introduction).
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "qmail"

_HOST = re.compile(r"program at (?:host )?([A-Za-z0-9][\w.-]{1,250}?)\.?\s")
_ENVELOPE = re.compile(r"^From: <[^<>]{0,400}> RCPT: <[^<>]{0,400}> ?")


def recognises(mail: Mail) -> bool:
    """By the introduction of QSBMF, or by how qmail writes Received on its bounces."""
    if b"(qmail " in mail.raw_field(b"received") and any(
        "invoked for bounce" in value for value in mail.get_all("received")[-2:]
    ):
        return True
    start = mail.raw[mail.body_start : mail.body_start + 1200]
    return b"Hi. This is the" in start and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each `<recipient>:` paragraph."""
    text_lines = shapes.lines(mail.text)
    found = outcome.refusals(
        shapes.Block(block.address, [_ENVELOPE.sub("", line) for line in block.reason])
        for block in shapes.blocks(text_lines, shapes.colon_head, _is_break)
    )
    host = _HOST.search(mail.text[:2000])
    for refusal in found:
        refusal.reporting_mta = host[1] if host else None
    return found


def _is_break(line: str) -> bool:
    return line.startswith(("--- ", "------", "- ---"))
