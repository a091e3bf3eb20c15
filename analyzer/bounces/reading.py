"""One mail read: what it reports, of whom, or nothing."""

from __future__ import annotations

import re

import msgspec

from analyzer.bounces import attempts, auto_reply, delivery_status, dialects, feedback, nested
from analyzer.bounces.mail import Mail
from analyzer.bounces.mime import Part
from analyzer.bounces.refusal import Refusal
from analyzer.model import Attempt, Problem

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status", "message/deliverystatus"}
_STATUS_FIELDS = re.compile(
    rb"\A\s{0,20}(?:Reporting-MTA|Final-Recipient|Original-Recipient|Action|Arrival-Date|X-Postfix-Queue-ID)[ \t]*:"
    rb"(?:[^\n]*\n\s{0,20}){1,6}?(?:Final-Recipient|Action|Status|Received-From-MTA|Arrival-Date)[ \t]*:",
    re.IGNORECASE,
)


class Reading(msgspec.Struct):
    """What one mail reports: an attempt for each recipient, and what of it could not be read."""

    attempts: list[Attempt]
    problems: list[Problem]


def read(raw: bytes, *, source: str = "", position: int = 1) -> Reading:
    """The attempts that the mail `raw` reports (verdict fields unset); none where it is no report.

    A pure function: it raises on no bytes. `source` and `position` (1-based) are put into what it finds.
    """
    mail = Mail(raw)
    refusals = _refusals(mail)
    if not refusals:
        return Reading([], [])
    problems = [
        msgspec.structs.replace(problem, source=source, position=position) for problem in mail.problems
    ]
    return Reading(attempts.attempts(mail, refusals, source=source, position=position), problems)


def _refusals(mail: Mail) -> list[Refusal]:
    stated = [
        refusal
        for part in mail.parts
        if part.level == 0 and _is_status(part)
        for refusal in delivery_status.refusals(delivery_status.parse(part.text))
    ]
    if stated:
        if any(refusal.diagnostic is None or refusal.recipient is None for refusal in stated):
            _complete(mail, stated)
        return stated
    return feedback.read(mail) or auto_reply.read(mail) or dialects.read(mail) or nested.read(mail)


def _is_status(part: Part) -> bool:
    if part.content_type in _STATUS_TYPES:
        return True
    # Labelled as something else, or not at all: known by its fields.
    return part.depth > 0 and not part.children and _STATUS_FIELDS.search(part.raw[:600]) is not None


def _complete(mail: Mail, stated: list[Refusal]) -> None:
    """Fill from the human text what the machine-readable part lacks."""
    told = dialects.read(mail)
    for refusal in stated:
        name = (refusal.recipient or "").lower()
        match = next((other for other in told if (other.recipient or "").lower() == name), None)
        if match is None and len(stated) == len(told) == 1:
            match = told[0]
        if match is not None:
            refusal.recipient = refusal.recipient or match.recipient
            refusal.diagnostic = refusal.diagnostic or match.diagnostic
