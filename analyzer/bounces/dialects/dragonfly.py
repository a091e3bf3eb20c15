"""DragonFly Mail Agent's bounces.

Format: mail.c of dma: "There was an error delivering your mail to <recipient>.", the reason between blank
lines, "Message headers follow." or "Original message follows.". A remote refusal is written as
`host [ip] did not like our COMMAND:` with the reply below.

Not matched: anything without its first sentence.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Stage

NAME = "dragonfly"

_RECIPIENT = re.compile(r"^There was an error delivering your mail to <?([^<>\s]{1,700}?)>?\.$", re.MULTILINE)
_AGENT = re.compile(r"^This is the DragonFly Mail Agent v?\S{0,40} at ([\w.-]{1,255}?)\.?$", re.MULTILINE)
_REFUSED = re.compile(r"^(\S{1,255}) \[([0-9A-Fa-f.:]{3,45})\] did not like our (.{1,40}):$")
_STAGES: dict[str, Stage] = {
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
    "final DATA": "message",
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "STARTTLS": "starttls",
}


def recognises(mail: Mail) -> bool:
    """By its first sentence."""
    start = mail.raw[mail.body_start : mail.body_start + 1000]
    return b"This is the DragonFly Mail Agent" in start and evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal: the agent writes a bounce for each recipient."""
    named = _RECIPIENT.search(mail.text)
    recipient = shapes.tidy(named[1]) if named else None
    if named is None or recipient is None:
        return []
    agent = _AGENT.search(mail.text)
    rest = shapes.lines(mail.text[named.end() :])
    said: list[str] = []
    for line in rest:
        if line.startswith(("Message headers follow", "Original message follows")):
            break
        said.append(line)
    answer = Refusal(recipient=recipient, reporting_mta=agent[1] if agent else None)
    said = [line for line in said if line.strip()]
    refused = _REFUSED.match(said[0]) if said else None
    if refused:
        answer.remote_mta, answer.remote_ip = refused[1], refused[2]
        answer.stage = _STAGES.get(refused[3])
        said = said[1:]
    answer.diagnostic = shapes.reason(said)
    answer.expired = refused is None and outcome.gave_up(answer.diagnostic)
    return [answer]
