"""The rule base: questions in, verdicts out. Each distinct template is decided once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.classification.loader import Sources
from analyzer.classification.matcher import Matcher
from analyzer.classification.rule import TIERS, Rule
from analyzer.classification.template import Names, fold, names, restore, template
from analyzer.classification.verdict import assemble
from analyzer.model import Question, Verdict
from analyzer.replies import Reply, Unwrapped, parse, unwrap

_REMEMBERED = 50_000


class Case(NamedTuple):
    """What a decision depends on: two replies with the same case get the same rule."""

    template: str
    reply_code: int | None
    enhanced_code: str | None
    stage: str | None
    groups: frozenset[str]
    expired: bool


class Decision(NamedTuple):
    """The winning rule of a case, the span of its evidence in the template, and whether doubt was voiced."""

    rule: Rule | None
    span: tuple[int, int] | None
    doubt: bool


class Asked(NamedTuple):
    """A question taken apart: the texts to try, decisive first, each with the codes that stand with it."""

    question: Question
    unwrapped: Unwrapped
    reply: Reply
    known: Names
    texts: tuple[tuple[str, int | None, str | None], ...]
    reply_code: int | None
    enhanced_code: str | None
    stage: str | None


class RuleBase:
    """Rules ready for use; `tiers` narrows them (all of TIERS by default)."""

    def __init__(self, sources: Sources, tiers: Sequence[str] = TIERS) -> None:
        self.sources = sources
        self.tiers = tuple(tier for tier in TIERS if tier in tiers)
        self.rules = [rule for rule in sources.rules if rule.tier in self.tiers]
        self.reasons = sources.reasons
        patterns: list[str] = list(sources.doubt)
        for rule in self.rules:
            patterns += (*rule.text, *rule.also, *rule.unless)
        for group in sources.hosts.values():
            patterns += group.text
        self.matcher = Matcher(patterns)
        number = self.matcher.number
        self._doubt = frozenset(number[pattern] for pattern in sources.doubt)
        self._groups_by_pattern: dict[int, list[str]] = {}
        self._groups_by_domain: dict[str, list[str]] = {}
        for group in sources.hosts.values():
            for pattern in group.text:
                self._groups_by_pattern.setdefault(number[pattern], []).append(group.name)
            for domain in group.domains:
                self._groups_by_domain.setdefault(domain.lower(), []).append(group.name)
        self._by_pattern: dict[int, list[int]] = {}
        self._bare: list[int] = []
        self._also: list[tuple[int, ...]] = []
        self._unless: list[tuple[int, ...]] = []
        for index, rule in enumerate(self.rules):
            for pattern in dict.fromkeys(rule.text):
                self._by_pattern.setdefault(number[pattern], []).append(index)
            if not rule.text:
                self._bare.append(index)
            self._also.append(tuple(number[pattern] for pattern in rule.also))
            self._unless.append(tuple(number[pattern] for pattern in rule.unless))
        self._tier_of = [self.tiers.index(rule.tier) for rule in self.rules]
        self._decided: dict[Case, Decision] = {}

    def classify(self, questions: Sequence[Question]) -> list[Verdict]:
        """One verdict a question, in order."""
        answered: dict[Question, Verdict] = {}
        verdicts = []
        for question in questions:
            verdict = answered.get(question)
            if verdict is None:
                verdict = answered[question] = self._answer(question)
            verdicts.append(verdict)
        return verdicts

    def groups(self, hosts: Iterable[str | None]) -> set[str]:
        """Host groups that the names belong to, by the domains that they end in."""
        found: set[str] = set()
        for host in hosts:
            name = (host or "").lower().rstrip(".")
            while name:
                found.update(self._groups_by_domain.get(name, ()))
                name = name.partition(".")[2]
        return found

    def ask(self, question: Question) -> Asked:
        """Take a question apart."""
        unwrapped = unwrap(question.reply)
        reply = parse(unwrapped.text)
        decisive = reply.decisive
        texts = [(decisive.one_line, decisive.reply_code, decisive.enhanced_code)]
        texts += [
            (part.one_line, part.reply_code, part.enhanced_code)
            for part in reversed(reply.parts)
            if part is not decisive and part.text
        ]
        if len(reply.parts) > 1:
            texts.append((reply.one_line, decisive.reply_code, decisive.enhanced_code))
        return Asked(
            question,
            unwrapped,
            reply,
            names(question.recipient, question.sender),
            tuple(texts),
            decisive.reply_code or question.reply_code,
            decisive.enhanced_code
            or (question.enhanced_code if not decisive.reply_code else None)
            or question.enhanced_code,
            question.stage or unwrapped.stage,
        )

    def _answer(self, question: Question) -> Verdict:
        asked = self.ask(question)
        decision, text = Decision(None, None, False), asked.texts[0][0]
        doubt = False
        for candidate, _, _ in asked.texts:
            case = self.case(asked, candidate)
            found = self.decide(case)
            doubt = doubt or found.doubt
            if found.rule is not None and found.rule.tier != "code":
                decision, text = found, candidate
                break
            if decision.rule is None:
                decision, text = found, candidate
        evidence = None
        if decision.rule is not None and decision.span is not None:
            evidence = restore(text, asked.known, *decision.span)
        return assemble(asked, decision.rule, evidence, doubt, self.reasons)

    def case(self, asked: Asked, text: str) -> Case:
        """What decides about one of the texts of a question."""
        masked = template(text, asked.known)
        hosts = (asked.question.host, asked.unwrapped.host, *masked.hosts)
        groups = self.groups(hosts)
        if not groups and asked.question.recipient and not any(hosts[:2]):
            groups = self.groups((asked.question.recipient.rpartition("@")[2],))
        return Case(
            masked.text,
            asked.reply_code,
            asked.enhanced_code,
            asked.stage,
            frozenset(groups),
            asked.question.expired,
        )

    def decide(self, case: Case) -> Decision:
        """The winning rule of a case."""
        decision = self._decided.get(case)
        if decision is None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            decision = self._decided[case] = self._decide(case)
        return decision

    def candidates(self, case: Case) -> tuple[list[int], frozenset[int], set[str]]:
        """Rules of all tiers that apply (by number), the patterns that hit, and the host groups."""
        folded = fold(case.template)
        hits = frozenset(self.matcher.hits(folded))
        groups = set(case.groups)
        for pattern, found in self._groups_by_pattern.items():
            if pattern in hits:
                groups.update(found)
        touched = {rule for pattern in hits for rule in self._by_pattern.get(pattern, ())}
        applying = [
            index
            for index in (*sorted(touched), *self._bare)
            if self.blocked(index, case, hits, groups) is None
        ]
        return applying, hits, groups

    def blocked(self, index: int, case: Case, hits: frozenset[int], groups: set[str]) -> str | None:
        """The key of a rule that keeps it from applying although a text pattern hits; None where it applies."""
        rule = self.rules[index]
        if rule.host and groups.isdisjoint(rule.host):
            return "host"
        if rule.stage and case.stage not in rule.stage:
            return "stage"
        if rule.expired and not case.expired:
            return "expired"
        if rule.code and not _code_fits(case.reply_code, rule.code):
            return "code"
        if rule.enhanced and not _enhanced_fits(case.enhanced_code, rule.enhanced):
            return "enhanced"
        if not all(pattern in hits for pattern in self._also[index]):
            return "also"
        if any(pattern in hits for pattern in self._unless[index]):
            return "unless"
        return None

    def _decide(self, case: Case) -> Decision:
        applying, hits, _ = self.candidates(case)
        doubt = not hits.isdisjoint(self._doubt)
        if not applying:
            return Decision(None, None, doubt)
        best = min(self._tier_of[index] for index in applying)
        folded = fold(case.template)
        winner, span = self.resolve(
            [index for index in applying if self._tier_of[index] == best], hits, folded
        )
        return Decision(self.rules[winner], span, doubt)

    def resolve(
        self, rivals: list[int], hits: frozenset[int], folded: str
    ) -> tuple[int, tuple[int, int] | None]:
        """Among rules of one tier: `beats`, then the reason's rank, then the longest evidence, then the id."""
        if len(rivals) > 1:
            beaten = {
                loser for index in rivals for loser in rivals if loser != index and self._beats(index, loser)
            }
            rivals = [index for index in rivals if index not in beaten] or rivals
            best = min(self._rank(index) for index in rivals)
            rivals = [index for index in rivals if self._rank(index) == best]
        spans = {index: self._evidence(index, hits, folded) for index in rivals}
        winner = min(rivals, key=lambda index: (-_length(spans[index]), self.rules[index].id))
        return winner, spans[winner]

    def _rank(self, index: int) -> int:
        return self.reasons[self.rules[index].reason].rank

    def _beats(self, index: int, other: int) -> bool:
        beats = self.rules[index].beats
        return bool(beats) and (
            self.rules[other].id in beats or f"reason:{self.rules[other].reason}" in beats
        )

    def _evidence(self, index: int, hits: frozenset[int], folded: str) -> tuple[int, int] | None:
        spans = [
            self.matcher.span(number, folded)
            for pattern in self.rules[index].text
            if (number := self.matcher.number[pattern]) in hits
        ]
        return max(spans, key=_length, default=None)


def _length(span: tuple[int, int] | None) -> int:
    return span[1] - span[0] if span else 0


def _code_fits(code: int | None, wanted: tuple[str, ...]) -> bool:
    text = str(code)
    return any(text == want or (want.endswith("xx") and text[0] == want[0]) for want in wanted)


def _enhanced_fits(code: str | None, wanted: tuple[str, ...]) -> bool:
    if code is None:
        return False
    pieces = code.split(".")
    return any(
        all(want in ("*", piece) for want, piece in zip(pattern.split("."), pieces, strict=False))
        for pattern in wanted
    )
