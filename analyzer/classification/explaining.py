"""Why a reply gets its verdict: the parts, the template, what hit in each tier, who won and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from analyzer.classification.addresses import meant
from analyzer.classification.asked import Asked, ask
from analyzer.classification.deciding import Case, Seen
from analyzer.classification.template import Template, restore, shown
from analyzer.model import Question, Verdict

if TYPE_CHECKING:
    from analyzer.classification.rulebase import RuleBase


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One rule whose text hit.

    `blocked` names the key that kept it from applying, `lost` says to whom and why it lost; both are None
    for the winner.
    """

    rule: str
    tier: str
    classification: str
    reason: str
    evidence: str | None
    blocked: str | None = None
    lost: str | None = None


class PartSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the reply; the decisive one is what counts."""

    reply_code: int | None
    enhanced_code: str | None
    text: str
    decisive: bool


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that led to a verdict."""

    reply: str
    parts: list[PartSeen]
    template: str
    host_groups: list[str]
    stage: str | None
    hits: list[Hit]
    verdict: Verdict
    why: str
    references: list[str]
    suppress_because: str
    suggestion: str | None = None
    """A likely spelling of the recipient's address, where its domain looks mistyped."""

    def to_dict(self) -> dict[str, Any]:
        """The explanation as JSON-ready values."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result

    def lines(self) -> list[tuple[str, str]]:
        """The explanation for people: (label, text) pairs; an empty label goes on with the one before."""
        return list(_lines(self))


def _lines(seen: Explanation) -> Iterator[tuple[str, str]]:
    verdict = seen.verdict
    yield "reply", seen.reply
    if len(seen.parts) > 1:
        for part in seen.parts:
            codes = " ".join(str(code) for code in (part.reply_code, part.enhanced_code) if code)
            mark = "  <- decides" if part.decisive else ""
            yield "part", f"{codes} {part.text}".strip() + mark
    yield "template", seen.template
    if seen.host_groups:
        yield "host", ", ".join(seen.host_groups)
    if seen.stage:
        yield "stage", seen.stage
    for hit in seen.hits:
        outcome = "wins" if not hit.blocked and not hit.lost else hit.lost or f"kept out by {hit.blocked}"
        found = f" on {hit.evidence!r}" if hit.evidence else ""
        yield hit.tier, f"{hit.rule} ({hit.classification}, {hit.reason}){found}: {outcome}"
    if not seen.hits:
        yield "rules", "no rule hits"
    yield (
        "verdict",
        f"{verdict.classification} / {verdict.reason}, {verdict.permanence or 'permanence not stated'}",
    )
    yield "why", seen.why
    yield "suppress", ("yes: " if verdict.suppress else "no: ") + seen.suppress_because
    advice = f"{verdict.advice}; did you mean {seen.suggestion}?" if seen.suggestion else verdict.advice
    yield "advice", advice
    for label, value in (
        ("blocklist", verdict.blocklist),
        ("retry after", verdict.retry_after_seconds and f"{verdict.retry_after_seconds} seconds"),
        ("limit", verdict.limit),
        ("help", verdict.help_url),
        ("references", ", ".join(seen.references)),
    ):
        if value:
            yield label, str(value)


def explain(base: RuleBase, question: Question) -> Explanation:
    """Answer a question and say why."""
    asked = ask(question)
    decision, masked, text = base.weigh(asked)
    doubt = base.doubt(asked, decision, masked, text)
    verdict = base.answer(asked)
    case, masked = base.case(asked, text)
    seen = base.decider.look(case)
    rule = decision.rule
    reason = base.reasons[verdict.reason]
    won = rule is not None and verdict.rule == rule.id
    return Explanation(
        reply=asked.reply.one_line,
        parts=[
            PartSeen(
                reply_code=part.reply_code,
                enhanced_code=part.enhanced_code,
                text=part.text,
                decisive=part is asked.reply.decisive,
            )
            for part in asked.reply.parts
        ],
        template=shown(masked.text),
        host_groups=sorted(seen.groups),
        stage=asked.stage,
        hits=list(_hits(base, case, seen, masked, text)),
        verdict=verdict,
        why=rule.why if rule is not None and won else reason.meaning,
        references=list(rule.references) if rule is not None and won else [],
        suppress_because=_suppression(asked, verdict, doubt, ambiguous=rule is not None and rule.ambiguous),
        suggestion=meant(question.recipient, verdict.classification),
    )


def _hits(base: RuleBase, case: Case, seen: Seen, masked: Template, text: str) -> Iterator[Hit]:
    """Every rule that hits one text, best tier first; rules without text only where they apply."""
    decider = base.decider
    touched = decider.touched(seen.hits)
    blocked = {index: decider.blocked(index, case, seen) for index in touched}
    applying = [index for index in touched if blocked[index] is None]
    order = {tier: place for place, tier in enumerate(decider.tiers)}
    best = min((order[decider.rules[index].tier] for index in applying), default=None)
    rivals = [index for index in applying if order[decider.rules[index].tier] == best]
    winner = decider.resolve(rivals, seen)[0] if rivals else None
    for index in sorted(touched, key=lambda index: (order[decider.rules[index].tier], index != winner)):
        rule = decider.rules[index]
        if blocked[index] is not None and not rule.text:
            continue
        span = decider.evidence(index, seen)
        lost = None
        if blocked[index] is None and index != winner and winner is not None:
            lost = _lost(base, index, winner)
        yield Hit(
            rule=rule.id,
            tier=rule.tier,
            classification=rule.classification,
            reason=rule.reason,
            evidence=restore(text, masked, span) if span else None,
            blocked=blocked[index],
            lost=lost,
        )


def _lost(base: RuleBase, index: int, winner: int) -> str:
    decider = base.decider
    loser, best = decider.rules[index], decider.rules[winner]
    if loser.tier != best.tier:
        return f"tier {best.tier} comes before {loser.tier}"
    if decider.beats(winner, index):
        return f"beaten by {best.id}"
    if loser.reason != best.reason:
        return f"{best.reason} ranks before {loser.reason}"
    return f"{best.id} has the longer evidence"


def _suppression(asked: Asked, verdict: Verdict, doubt: str | None, *, ambiguous: bool) -> str:
    if verdict.classification != "Invalid Address":
        return "the failure is not about the address"
    if verdict.suppress:
        return "the address is stated to be dead, permanently"
    code = asked.reply_code or asked.enhanced_code
    if verdict.permanence != "permanent" or str(code).startswith("4"):
        return "the failure is not stated to be permanent"
    if ambiguous:
        return "what the rule goes by is not certain enough"
    return doubt or "the codes contradict each other"
