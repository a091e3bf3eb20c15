"""Oracle's (Sun's, iPlanet's) Messaging Server and PMDF: the text, where the delivery-status part is missing.

Format: "cannot be delivered to the following recipients:" and for each recipient a group of `Recipient
address:`, `Original address:`, `Reason:`, `Diagnostic code:`, `Remote system:` (PMDF: `Addressee:`).

Not matched: anything without `Recipient address:` or `Addressee:` behind a sentence of delivery.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, reasons, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "messaging-server"

_HEAD = re.compile(r"^\s*(?:Recipient address|Addressee)\s*:\s*(.+)$", re.IGNORECASE)
_REMOTE_IP = re.compile(r"\(TCP\|[^|]{1,45}\|\d{1,5}\|([0-9A-Fa-f.:]{3,45})\|")
_TYPED = re.compile(r"^(?:smtp|dns|x-\w{1,20})\s*;\s*", re.IGNORECASE)


def recognises(mail: Mail) -> bool:
    """By the label of its recipients, in a mail with a sign of a report."""
    start = mail.raw[mail.body_start : mail.body_start + 6000]
    return (b"Recipient address:" in start or b"Addressee:" in start) and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each group of lines."""
    # The report repeats the message's header before it names recipients, so `text` ends too early.
    text = mail.full_text
    warning = "enqueued and undeliverable for" in text or outcome.is_warning(text[:3000])
    answers = []
    for block in shapes.blocks(shapes.lines(text), _head, labelled=True):
        lines = block.reason
        end = next(
            (at for at, line in enumerate(lines) if not line.strip() or line.startswith("--")), len(lines)
        )
        group = lines[:end]
        said = shapes.field(group, "Diagnostic code")
        remote = shapes.field(group, "Remote system")
        host = _TYPED.sub("", remote).split(" ", 1)[0].strip("()") if remote else None
        ip = _REMOTE_IP.search(remote) if remote else None
        original = shapes.field(group, "Original address")
        reason = reasons.labelled(group)
        answers.append(
            Refusal(
                recipient=block.address,
                original_recipient=shapes.address(original) if original else None,
                diagnostic=_TYPED.sub("", said) if said else reason,
                remote_mta=host or None,
                remote_ip=ip[1] if ip else None,
                action="delayed" if warning else "failed",
                expired=not warning and outcome.gave_up(reason),
            )
        )
    return answers


def _head(line: str) -> tuple[str, str] | None:
    match = _HEAD.match(line)
    one = shapes.tidy(match[1].strip()) if match else None
    return (one, "") if one else None
