"""Refusals made into attempts: reply unwrapped, codes, outcome, and what the returned message adds."""

from __future__ import annotations

from analyzer.bounces import address, original
from analyzer.bounces.delivery_status import date
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Attempt, Outcome
from analyzer.replies import parse, unwrap

_FAILURES = ("failed", "delayed")


def attempts(mail: Mail, refusals: list[Refusal], *, source: str, position: int) -> list[Attempt]:
    """One attempt for each refusal, in order; a recipient said twice in the same words counts once."""
    about = original.read(mail)
    sent = date(mail.get("date"))
    found: list[Attempt] = []
    seen: set[tuple[str | None, str]] = set()
    for refusal in refusals:
        key = ((refusal.recipient or "").lower() or None, refusal.action)
        if key in seen:
            continue
        seen.add(key)
        found.append(_attempt(refusal, about, source=source, position=position, single=len(refusals) == 1))
        if found[-1].timestamp is None:
            found[-1].timestamp = sent
    return found


def _attempt(
    refusal: Refusal, about: original.Original, *, source: str, position: int, single: bool
) -> Attempt:
    attempt = Attempt(
        source=source,
        position=position,
        format=refusal.format,
        action=refusal.action,
        outcome=_outcome(refusal),
        timestamp=refusal.timestamp,
        recipient=refusal.recipient,
        original_recipient=refusal.original_recipient,
        sender=refusal.sender if refusal.sender is not None else about.sender,
        message_id=refusal.message_id or about.message_id,
        queue_id=refusal.queue_id or about.queue_ids.get(refusal.reporting_mta or ""),
        reporting_mta=refusal.reporting_mta,
        remote_mta=refusal.remote_mta,
        remote_ip=refusal.remote_ip,
        stage=refusal.stage,
    )
    _take_reply(attempt, refusal)
    if attempt.original_recipient is None and attempt.recipient is not None:
        attempt.original_recipient = address.rewritten(attempt.recipient)
        if attempt.original_recipient is None and single and about.recipients:
            first = about.recipients[0]
            if first.lower() != attempt.recipient.lower():
                attempt.original_recipient = first
    return attempt


def _take_reply(attempt: Attempt, refusal: Refusal) -> None:
    """Diagnostic, codes, host, IP and stage: what the reply's own text says beats the reporter."""
    if refusal.diagnostic:
        unwrapped = unwrap(refusal.diagnostic)
        reply = parse(unwrapped.text)
        attempt.diagnostic = reply.one_line or None
        attempt.reply_code = reply.reply_code
        attempt.enhanced_code = reply.enhanced_code
        attempt.remote_mta = attempt.remote_mta or unwrapped.host
        attempt.remote_ip = attempt.remote_ip or unwrapped.ip
        attempt.stage = attempt.stage or unwrapped.stage
    status = refusal.status
    if status is None or attempt.enhanced_code is not None:
        return
    # A status of another class than the reply (550 with 4.0.0) is the reporter's invention.
    if attempt.reply_code is None or str(attempt.reply_code)[0] == status[0]:
        attempt.enhanced_code = status


def _outcome(refusal: Refusal) -> Outcome | None:
    if refusal.action == "failed":
        return "expired" if refusal.expired else "bounced"
    if refusal.action == "delayed":
        return "deferred"
    return "delivered" if refusal.action == "delivered" else None
