"""A verdict from the winning rule and what the reply says besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from analyzer.classification.extract import blocklist, quantities
from analyzer.classification.rule import Reason
from analyzer.model import Permanence, Verdict

if TYPE_CHECKING:
    from analyzer.classification.asked import Asked
    from analyzer.classification.deciding import Decision


_LIMITED = ("Frequency/Volume", "Content", "Mailbox Unavailable")
_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"})
"""Enhanced codes that turn a hint at a dead address into a statement."""


def stated_permanence(asked: Asked) -> Permanence | None:
    """What the codes say, the reply code before the enhanced one; None where there is no code."""
    for code in (asked.reply_code, asked.enhanced_code):
        if code is not None:
            first = str(code)[0]
            if first in "45":
                return "transient" if first == "4" else "permanent"
    return None


def assemble(
    asked: Asked,
    decision: Decision,
    evidence: str | None,
    doubt: Callable[[], bool],
    reasons: Mapping[str, Reason],
) -> Verdict:
    """The verdict of one question. Only Invalid Address, stated permanently and without doubt, suppresses.

    `doubt` is asked only where everything else would let it.
    """
    question, rule = asked.question, decision.rule
    reason = reasons[rule.reason if rule else "no-reason"]
    stated = stated_permanence(asked)
    reported: Permanence | None = None
    if question.permanent is not None:
        reported = "permanent" if question.permanent else "transient"
    permanence = (rule.permanence if rule else None) or stated or reported or reason.permanence
    classification = rule.classification if rule else reason.classification
    suppress = (
        rule is not None
        and classification == "Invalid Address"
        and permanence == "permanent"
        and stated != "transient"
        and (asked.reply_code or 500) >= 400
        and not str(asked.enhanced_code).startswith("4")
        and not rule.ambiguous
        and (rule.tier != "hint" or asked.enhanced_code in _DEAD)
        and not doubt()
    )
    if question.expired:
        permanence = "permanent"
    advice = (rule.advice if rule else None) or reason.advice
    if advice == "suppress" and not suppress:
        advice = "retry" if permanence == "transient" else "review"
    line = asked.reply.one_line
    seconds, limit = quantities(line) if decision.counts or len(asked.texts) > 1 else (None, None)
    return Verdict(
        classification=classification,
        reason=reason.slug,
        permanence=permanence,
        suppress=suppress,
        rule=rule.id if rule else None,
        evidence=evidence,
        advice=advice,
        reply_code=asked.reply_code,
        enhanced_code=asked.enhanced_code,
        diagnostic=line or None,
        stage=asked.stage,
        blocklist=blocklist(line) if classification in ("Reputation", "Content") else None,
        retry_after_seconds=seconds,
        limit=limit if classification in _LIMITED else None,
        help_url=asked.reply.help_url,
    )


def impossible_address(asked: Asked, verdict: Verdict, reason: Reason) -> Verdict:
    """The verdict where the recipient is an address that no server could accept, else the one given."""
    from analyzer.classification.addresses import impossible

    recipient = asked.question.recipient or ""
    if not impossible(recipient):
        return verdict
    permanent = stated_permanence(asked) != "transient"
    return msgspec.structs.replace(
        verdict,
        classification=reason.classification,
        reason=reason.slug,
        permanence="permanent" if permanent else "transient",
        suppress=permanent,
        rule=verdict.rule if verdict.reason == reason.slug else "address/syntax",
        evidence=recipient,
        advice="suppress" if permanent else "retry",
    )
