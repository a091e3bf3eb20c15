"""Which rule decides about a case: the tiers in their order, and the order among rivals of one tier."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from analyzer.classification.doubt import Doubt, nameless
from analyzer.classification.loader import Sources
from analyzer.classification.matcher import Matcher, Pattern, any_of
from analyzer.classification.rule import TIERS, Rule
from analyzer.classification.template import fold

_REMEMBERED = 50_000
_SECTION = {"user": 0, "marker": 0, "provider": 0, "phrase": 1, "hint": 2, "code": 2}
_SECTIONS = 3
"""Tiers that are matched at once; the next section is looked at only where nothing in this one applies."""


_BEFORE_RECIPIENT = frozenset({"connect", "ehlo", "starttls", "auth", "mail"})
_AUTH_CODES = frozenset({530, 534, 535, 538})
"""At these stages and with these codes (RFC 4954) no recipient has been named yet: none can be refused."""
_SENDER_CODES = (".1.7", ".1.8", ".7.27")
"""Enhanced codes that speak of the sender's address (RFC 3463 3.2, RFC 7505 4.2), whatever the words say."""
_SENDER_MARK = re.compile(r"_sd?_")
_RECIPIENT_MARK = re.compile(r"_(?:rd?|a)_")
_SENDER_BEFORE = re.compile(r"\b(?:sending|sender(?:.?s)?|return|reverse|originating)[ -]$")
_SENDER_SOMEWHERE = re.compile(r"_sd?_|\b(?:send|return|reverse|originating)")
_LINK = re.compile(r"[a-z]+://\S*")
_WORDS = ("phrase", "hint")
_COUNTED = re.compile(r"\d{3}[ -]?[a-z]")


class Case(msgspec.Struct, frozen=True, gc=False):
    """What a decision depends on: two replies with the same case get the same rule."""

    template: str
    reply_code: int | None
    enhanced_code: str | None
    stage: str | None
    groups: frozenset[str]
    expired: bool
    addressed: bool


class Seen(NamedTuple):
    """What was seen in a case: the folded template, the text patterns that hit it, all host groups."""

    folded: str
    hits: frozenset[str]
    groups: frozenset[str]


_WEIGHT = {"hint": 1, "code": 2}


class Decision(NamedTuple):
    """The winning rule of a case (None where none applies) and the span of its evidence in the template.

    `counts`: whether the template may name an amount or a time.
    """

    rule: Rule | None
    span: tuple[int, int] | None
    counts: bool

    @property
    def weight(self) -> int:
        """How much it says: 0 for a rule of a firm tier, more for a hint, a code, nothing."""
        return 3 if self.rule is None else _WEIGHT.get(self.rule.tier, 0)


class Decider:
    """The rules of some tiers, indexed by their patterns; remembers what it decided."""

    def __init__(self, sources: Sources, tiers: Sequence[str] = TIERS) -> None:
        self.tiers = tuple(tier for tier in TIERS if tier in tiers)
        self.rules = [rule for rule in sources.rules if rule.tier in self.tiers]
        self._rank = [sources.reasons[rule.reason].rank for rule in self.rules]
        self._tier = [self.tiers.index(rule.tier) for rule in self.rules]
        grouped: list[list[str]] = [[] for _ in range(_SECTIONS)]
        grouped[0] = [pattern for group in sources.hosts.values() for pattern in group.text]
        for rule in self.rules:
            grouped[_SECTION[rule.tier]] += rule.text
        self._grouped = grouped
        self._matchers: dict[int, Matcher] = {}
        self._doubt = Doubt(sources)
        self._group_domains: dict[str, list[str]] = {}
        self._group_patterns: dict[str, list[str]] = {}
        for group in sources.hosts.values():
            for domain in group.domains:
                self._group_domains.setdefault(domain.lower(), []).append(group.name)
            for pattern in group.text:
                self._group_patterns.setdefault(pattern, []).append(group.name)
        self._by_pattern: dict[str, list[int]] = {}
        self._bare: list[list[int]] = [[] for _ in self.tiers]
        for index, rule in enumerate(self.rules):
            for pattern in dict.fromkeys(rule.text):
                self._by_pattern.setdefault(pattern, []).append(index)
            if not rule.text:
                self._bare[self._tier[index]].append(index)
        self._narrowing: dict[int, tuple[tuple[Pattern, ...], tuple[Pattern, ...]]] = {}
        self._decided: dict[Case, Decision] = {}
        self._groups_of: dict[str, tuple[str, ...]] = {}

    def _section(self, number: int) -> Matcher:
        """The patterns of some tiers, compiled when they are first needed."""
        matcher = self._matchers.get(number)
        if matcher is None:
            matcher = self._matchers[number] = Matcher(self._grouped[number])
        return matcher

    def groups(self, hosts: Iterable[str | None]) -> frozenset[str]:
        """Host groups that the names belong to, by the domains that they end in."""
        found: set[str] = set()
        for host in hosts:
            if host:
                known = self._groups_of.get(host)
                if known is None:
                    if len(self._groups_of) >= _REMEMBERED:
                        self._groups_of.clear()
                    known = self._groups_of[host] = tuple(self._look_up(host.lower().rstrip(".")))
                found.update(known)
        return frozenset(found)

    def _look_up(self, name: str) -> Iterator[str]:
        while name:
            yield from self._group_domains.get(name, ())
            name = name.partition(".")[2]

    def decide(self, case: Case) -> Decision:
        """The decision about a case."""
        decision = self._decided.get(case)
        if decision is None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            decision = self._decided[case] = self._decide(case)
        return decision

    def forget(self) -> None:
        """Forget what was decided."""
        self._decided.clear()

    def look(self, case: Case) -> Seen:
        """What is to be seen in a case, all tiers together."""
        folded = fold(case.template)
        hits = frozenset[str]().union(*(self._section(number).hits(folded) for number in range(_SECTIONS)))
        return Seen(folded, hits, self._groups(case, hits))

    def _groups(self, case: Case, hits: frozenset[str]) -> frozenset[str]:
        groups = case.groups
        for pattern in hits.intersection(self._group_patterns):
            groups = groups.union(self._group_patterns[pattern])
        return groups

    def touched(self, hits: frozenset[str]) -> list[int]:
        """Rules one of whose text patterns hit, and those without any, by number, in order."""
        return sorted(self._owners(hits).union(*self._bare))

    def _owners(self, hits: frozenset[str]) -> set[int]:
        """The rules to which patterns belong."""
        return {index for pattern in hits for index in self._by_pattern.get(pattern, ())}

    def _decide(self, case: Case) -> Decision:
        folded = fold(case.template)
        counts = _counts(folded)
        seen = Seen(folded, frozenset(), case.groups)
        touched: set[int] = set()
        section = -1
        for tier, name in enumerate(self.tiers):
            while section < _SECTION[name]:
                section += 1
                hits = self._section(section).hits(folded)
                seen = Seen(folded, hits, self._groups(case, hits) if section == 0 else seen.groups)
                touched = self._owners(hits)
            rivals = [
                index
                for index in (*touched, *self._bare[tier])
                if self._tier[index] == tier and self.blocked(index, case, seen) is None
            ]
            if rivals:
                winner, span = self.resolve(rivals, seen)
                return Decision(self.rules[winner], span, counts)
        return Decision(None, None, counts)

    def doubts(self, line: str) -> bool:
        """Whether a reply voices doubt, which forbids suppression, and does not clear it up itself."""
        return self._doubt.remains(fold(nameless(line)))

    def blocked(self, index: int, case: Case, seen: Seen) -> str | None:
        """What keeps a rule from applying although its text hits; None where it applies.

        It is a key of the rule, or, for rules about dead addresses, `session` where no recipient was named
        yet, `link` where the words stand in a link only (a page that explains many errors), and `sender`
        where they are about the sender's address or domain.
        """
        rule = self.rules[index]
        folded = seen.folded
        if rule.host and seen.groups.isdisjoint(rule.host):
            return "host"
        if rule.stage and case.stage not in rule.stage:
            return "stage"
        if rule.expired and not case.expired:
            return "expired"
        if rule.unaddressed and case.addressed:
            return "unaddressed"
        if rule.code and not _code_fits(case.reply_code, rule.code):
            return "code"
        if rule.enhanced and not _enhanced_fits(case.enhanced_code, rule.enhanced):
            return "enhanced"
        if rule.also or rule.unless:
            also, unless = self.narrowing(index)
            if not all(pattern.search(folded) for pattern in also):
                return "also"
            if any(pattern.search(folded) for pattern in unless):
                return "unless"
        if rule.classification == "Invalid Address":
            if case.stage in _BEFORE_RECIPIENT or case.reply_code in _AUTH_CODES:
                return "session"
            if rule.tier in _WORDS and case.enhanced_code and case.enhanced_code.endswith(_SENDER_CODES):
                return "sender"
            if "://" in folded and rule.tier in _WORDS and self._in_link(index, seen):
                return "link"
            if _SENDER_SOMEWHERE.search(folded) and self._about_sender(index, seen):
                return "sender"
        return None

    def _in_link(self, index: int, seen: Seen) -> bool:
        """Whether what hits stands inside a URL and nowhere else."""
        outside = _LINK.sub(" ", seen.folded)
        return not self._spans(index, Seen(outside, seen.hits, seen.groups))

    def _about_sender(self, index: int, seen: Seen) -> bool:
        """Whether all evidence stands beside the sender, and none beside the recipient."""
        spans = self._spans(index, seen)
        return bool(spans) and all(
            _SENDER_BEFORE.search(seen.folded, max(0, start - 20), start) is not None
            or (
                _SENDER_MARK.search(seen.folded, max(0, start - 6), end + 9) is not None
                and _RECIPIENT_MARK.search(seen.folded, max(0, start - 6), end + 9) is None
            )
            for start, end in spans
        )

    def narrowing(self, index: int) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
        """The `also` and `unless` patterns of a rule, compiled when they are first needed."""
        compiled = self._narrowing.get(index)
        if compiled is None:
            rule = self.rules[index]
            unless = any_of(rule.unless)
            compiled = self._narrowing[index] = (
                tuple(Pattern(pattern) for pattern in rule.also),
                (unless,) if unless else (),
            )
        return compiled

    def resolve(self, rivals: Sequence[int], seen: Seen) -> tuple[int, tuple[int, int] | None]:
        """Among rules of one tier: `beats`, then the rank of the reason, the longest evidence, the id."""
        if len(rivals) == 1:
            return rivals[0], self.evidence(rivals[0], seen)
        beaten = {loser for index in rivals for loser in rivals if self.beats(index, loser)}
        rivals = [index for index in rivals if index not in beaten] or rivals
        best = min(self._rank[index] for index in rivals)
        rivals = [index for index in rivals if self._rank[index] == best]
        spans = {index: self.evidence(index, seen) for index in rivals}
        winner = min(rivals, key=lambda index: (-_length(spans[index]), self.rules[index].id))
        return winner, spans[winner]

    def beats(self, index: int, other: int) -> bool:
        """Whether a rule says that it wins over the other."""
        beats = self.rules[index].beats
        if not beats or index == other:
            return False
        return self.rules[other].id in beats or f"reason:{self.rules[other].reason}" in beats

    def evidence(self, index: int, seen: Seen) -> tuple[int, int] | None:
        """The longest text that a rule's patterns hit, as a span of the template."""
        return max(self._spans(index, seen), key=_length, default=None)

    def _spans(self, index: int, seen: Seen) -> list[tuple[int, int]]:
        section = self._section(_SECTION[self.rules[index].tier])
        spans = (section.span(text, seen.folded) for text in self.rules[index].text if text in seen.hits)
        return [span for span in spans if span is not None]


def _counts(folded: str) -> bool:
    """Whether a template may name an amount or a time behind its codes."""
    return "_n_" in folded or "retry" in folded or "00:" in folded or _COUNTED.search(folded, 4) is not None


def _length(span: tuple[int, int] | None) -> int:
    return span[1] - span[0] if span else 0


def _code_fits(code: int | None, wanted: Sequence[str]) -> bool:
    text = str(code)
    return text in wanted or f"{text[0]}xx" in wanted


def _enhanced_fits(code: str | None, wanted: Sequence[str]) -> bool:
    if code is None:
        return False
    pieces = code.split(".")
    return any(
        all(want in ("*", piece) for want, piece in zip(pattern.split("."), pieces, strict=False))
        for pattern in wanted
    )
