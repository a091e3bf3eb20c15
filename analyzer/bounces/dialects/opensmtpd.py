"""OpenSMTPD's text, where its delivery-status part is missing (it had none before 5.7).

Format: bounce.c of OpenSMTPD: an introduction, lines `recipient: reason`, "Below is a copy of the original
message:".

Not matched: anything without its sentence about the list of recipients.
"""

from __future__ import annotations

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "opensmtpd"


def recognises(mail: Mail) -> bool:
    """By its sentences."""
    start = mail.raw[mail.body_start : mail.body_start + 3000]
    return b"This is the MAILER-DAEMON, please DO NOT REPLY" in start and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each `recipient: reason`."""
    warning = outcome.is_warning(mail.text[:2000]) or "is delayed for more than" in mail.text[:2000]
    done = "successfully delivered to these recipients" in mail.text[:3000]
    stop = "Below is a copy"
    found = outcome.refusals(
        (
            shapes.Block(block.address, shapes.paragraph(block.reason, 0)[0])
            for block in shapes.blocks(
                shapes.lines(mail.text), shapes.bare_colon_head, lambda line: line.strip().startswith(stop)
            )
        ),
        warning=warning,
    )
    for refusal in found:
        refusal.action = "delivered" if done else refusal.action
    return found
