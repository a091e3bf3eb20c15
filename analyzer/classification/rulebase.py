"""The rule base: questions in, verdicts out. Each distinct template is decided once."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.classification.asked import Asked, ask
from analyzer.classification.deciding import Case, Decider, Decision
from analyzer.classification.explaining import Explanation, explain
from analyzer.classification.loader import Sources
from analyzer.classification.rule import TIERS, Reason, Rule
from analyzer.classification.subject import another_domain, elsewhere
from analyzer.classification.template import Template, restore, template
from analyzer.classification.verdict import assemble, impossible_address
from analyzer.model import Question, Verdict

_SILENT = frozenset({"no-reason", "policy", "protocol-error", "bad-address-syntax"})
"""Reasons beside which a recipient that no server could accept is the better one."""


class RuleBase:
    """Rules ready for use; `tiers` narrows them (all of TIERS by default)."""

    def __init__(self, sources: Sources, tiers: Sequence[str] = TIERS) -> None:
        self.decider = Decider(sources, tiers)
        self.reasons: dict[str, Reason] = sources.reasons

    @property
    def rules(self) -> list[Rule]:
        """The rules in use."""
        return self.decider.rules

    def classify(self, questions: Sequence[Question]) -> list[Verdict]:
        """One verdict a question, in order."""
        answered: dict[Question, Verdict] = {}
        verdicts = []
        for question in questions:
            verdict = answered.get(question)
            if verdict is None:
                verdict = answered[question] = self.answer(ask(question))
            verdicts.append(verdict)
        return verdicts

    def explain(self, question: Question) -> Explanation:
        """Why a question gets its verdict, tier by tier."""
        return explain(self, question)

    def case(self, asked: Asked, text: str) -> tuple[Case, Template]:
        """What decides about one of the texts of a question."""
        masked = template(text, asked.known)
        groups = self.decider.groups((*asked.hosts, *masked.hosts))
        if not groups and asked.known.recipient and not any(asked.hosts):
            groups = self.decider.groups((asked.known.recipient.rpartition("@")[2],))
        case = Case(
            masked.text,
            asked.reply_code,
            asked.enhanced_code,
            asked.stage,
            groups,
            asked.question.expired,
            asked.question.recipient is not None,
        )
        return case, masked

    def weigh(self, asked: Asked) -> tuple[Decision, Template, str]:
        """The first decision of the firmest kind among the texts, with the text that it is about."""
        text, *others = asked.texts
        case, masked = self.case(asked, text)
        chosen = self.decider.decide(case), masked, text
        for text in others:
            if chosen[0].weight == 0:
                break
            case, masked = self.case(asked, text)
            decision = self.decider.decide(case)
            if decision.weight < chosen[0].weight:
                chosen = decision, masked, text
        return chosen

    def doubt(self, asked: Asked, decision: Decision, masked: Template, text: str) -> str | None:
        """Why a reply that seems to call an address dead does not say so for sure; None where it does."""
        if decision.rule is None or decision.rule.classification != "Invalid Address":
            return None
        if self.decider.doubts(asked.texts[-1]):
            return "the reply voices doubt"
        if elsewhere(asked, decision, masked, text):
            return "the reply speaks of another address than the recipient's"
        if another_domain(asked, decision, masked, text):
            return "the reply speaks of another domain than the recipient's"
        return None

    def answer(self, asked: Asked) -> Verdict:
        """The verdict of one question."""
        decision, masked, text = self.weigh(asked)
        evidence = restore(text, masked, decision.span) if decision.span else None
        verdict = assemble(
            asked, decision, evidence, lambda: bool(self.doubt(asked, decision, masked, text)), self.reasons
        )
        if asked.question.recipient and verdict.reason in _SILENT and "bad-address-syntax" in self.reasons:
            return impossible_address(asked, verdict, self.reasons["bad-address-syntax"])
        return verdict
