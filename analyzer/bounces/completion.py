"""What a delivery-status leaves out, from the words beside it, and never a neighbour's.

A reply in the words is this recipient's if his own line says it, or if nothing speaks against it: that it
names another, contradicts his Status, or is what the fields of another give as his reason.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces import attempts, dialects, narrative
from analyzer.bounces.dialects import evidence, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.replies import parse, unwrap

_MAX_WORDS = 100_000
_UNSAID = ".0.0"  # of a Status that says only that it failed
_BARE = re.compile(r"[\s<>:;,.\"'()\[\]]*")


def complete(mail: Mail, stated: list[Refusal]) -> None:
    """Fill from the human-readable part what the machine-readable one lacks."""
    lacking = [refusal for refusal in stated if refusal.diagnostic is None or refusal.recipient is None]
    if not lacking or len(stated) > attempts.MAX_NARRATED:
        return
    listed = _listed(mail)
    everyone = {one.recipient.lower() for one in stated if one.recipient} | listed
    claims = {_words(one.diagnostic): one for one in stated if one.diagnostic and one.recipient}
    told: list[Refusal] | None = None
    for refusal in lacking:
        own = {(name or "").lower() for name in (refusal.recipient, refusal.original_recipient)}
        others = everyone - own
        reason = refusal.diagnostic
        if refusal.recipient and reason is None:
            reason = _in_words(mail.text, refusal, others, stated, claims)
        if reason is None or refusal.recipient is None:
            told = dialects.read(mail) if told is None else told
            match = _same(refusal, told)
            if match is None and len(stated) == len(told) == 1 and own.isdisjoint(listed):
                match = told[0]  # One was refused, under another name.
            if match is not None:
                refusal.recipient = refusal.recipient or match.recipient
                said = match.diagnostic
                reason = reason or (said if said and _may_be(said, refusal, others, stated, claims) else None)
        refusal.diagnostic = reason


def add_lost(mail: Mail, stated: list[Refusal]) -> None:
    """Add whom the words, in a known form, report on beside those that a cut has left in the fields."""
    known = {
        name.lower() for one in stated for name in (one.recipient, one.original_recipient) if name is not None
    }
    for one in dialects.read(mail, guess=False):
        names = {name.lower() for name in (one.recipient, one.original_recipient) if name is not None}
        if names and known.isdisjoint(names):
            one.format = stated[0].format
            one.reporting_mta = stated[0].reporting_mta or one.reporting_mta
            one.sender, one.queue_id = stated[0].sender, stated[0].queue_id
            one.message_id = one.message_id or stated[0].message_id
            stated.append(one)


def _listed(mail: Mail) -> set[str]:
    """The addresses, lower-case, with which lines of the words begin: recipients whose fields may be lost."""
    heads = {
        one.lower() for line in mail.text[:_MAX_WORDS].split("\n") if (one := shapes.leading_address(line))
    }
    return heads - evidence.own_addresses(mail) if heads else heads


def _in_words(
    text: str, refusal: Refusal, others: Set[str], stated: list[Refusal], claims: dict[str, Refusal]
) -> str | None:
    """The reason in the paragraph that begins with the recipient or announces him."""
    recipient = refusal.recipient or ""
    told = narrative.reason(text, recipient, others)
    if told and (_on_his_line(text, recipient) or _may_be(told, refusal, others, stated, claims)):
        return told
    told = narrative.announced(text, recipient, others)
    return told if told and _may_be(told, refusal, others, stated, claims) else None


def _on_his_line(text: str, recipient: str) -> bool:
    behind = text[text.find(recipient) + len(recipient) :].partition("\n")[0]
    return _BARE.fullmatch(behind) is None


def _same(refusal: Refusal, told: list[Refusal]) -> Refusal | None:
    name = (refusal.recipient or "").lower()
    return next((other for other in told if (other.recipient or "").lower() == name), None)


def _may_be(
    said: str, refusal: Refusal, others: Set[str], stated: list[Refusal], claims: dict[str, Refusal]
) -> bool:
    """Whether `said`, words that stand apart from the recipient, may be said of him."""
    if not others:
        return True
    own = {(refusal.recipient or "").lower()}
    if narrative.names(said, others):
        return False
    if narrative.names(said, own):
        return True
    reply = parse(unwrap(said).text)
    code = reply.enhanced_code or (str(reply.reply_code) if reply.reply_code else "")
    status = refusal.status
    if status and code and code[0] != status[0]:
        return False
    if reply.enhanced_code and not reply.enhanced_code.endswith(_UNSAID) and reply.enhanced_code != status:
        # The Status of somebody else says whose it is; one's own says whose it is not.
        if status and not status.endswith(_UNSAID):
            return False
        if any(other.status == reply.enhanced_code for other in stated):
            return False
    words = _words(said)
    owner = next((one for claim, one in claims.items() if claim in words or words in claim), None)
    return owner is None or (owner.status == status and status is not None)


def _words(said: str | None) -> str:
    return " ".join(unwrap(said or "").text.lower().split())
