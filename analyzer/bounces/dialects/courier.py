"""Courier's text, where its delivery-status part is missing.

Format: the DSN template of Courier: "UNDELIVERABLE MAIL" or "DELAYED MAIL", then `<recipient>:` with the
session below, indented: `host [ip]:`, `>>> command`, `<<< reply`.

Not matched: anything without "running the Courier mail server".
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes, transcript
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "courier"

_PEER = re.compile(r"^\s*(\S{1,255}) \[([0-9A-Fa-f.:]{3,45})\]:$")
_SERVER = re.compile(r"delivery status notification from ([\w.-]{1,255}?),")


def recognises(mail: Mail) -> bool:
    """By the name that it gives itself."""
    start = mail.raw[mail.body_start : mail.body_start + 2000]
    return b"the Courier mail server" in start and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each `<recipient>:` and the session below it."""
    text_lines = shapes.lines(mail.text)
    server = _SERVER.search(mail.text[:1000])
    warning = outcome.is_warning(mail.text[:3000]) or "DELAYED MAIL" in mail.text[:3000]
    answers = []
    for address, lines in shapes.blocks(text_lines, shapes.colon_head):
        end = next((number for number, line in enumerate(lines) if line.startswith("-----")), len(lines))
        said_below = lines[:end]
        peer = next((match for match in map(_PEER.match, said_below) if match), None)
        talks = transcript.exchanges(said_below)
        said = talks[-1] if talks else None
        text = said.text if said else shapes.reason(line for line in said_below if not _PEER.match(line))
        answers.append(
            Refusal(
                recipient=address,
                diagnostic=text,
                stage=said.stage if said else None,
                remote_mta=peer[1] if peer else None,
                remote_ip=peer[2].removeprefix("::ffff:") if peer else None,
                reporting_mta=server[1] if server else None,
                action="delayed" if warning else "failed",
                expired=not warning and outcome.gave_up(text),
            )
        )
    return answers
