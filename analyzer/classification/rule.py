"""A rule, a reason, a host group, and an error in one of them: the types of the rule base."""

from __future__ import annotations

from typing import Literal

import msgspec

from analyzer.model import Advice, Classification, Permanence, Question, Stage

TIERS = ("user", "marker", "provider", "phrase", "hint", "code")
"""In the order of their authority; the first folder under `rules/` is a rule's tier."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, patterns expanded; empty tuples do not narrow. See docs/rules.md for the keys."""

    id: str
    tier: str
    file: str
    classification: Classification
    reason: str
    why: str
    permanence: Permanence | None = None
    advice: Advice | None = None
    ambiguous: bool = False
    text: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    stage: tuple[Stage, ...] = ()
    enhanced: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    expired: bool = False
    unaddressed: bool = False
    beats: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    written: dict[str, tuple[str, ...]] = {}
    """The patterns as they stand in the file, by key: before their word groups were expanded."""
    examples: tuple[Question, ...] = ()
    counterexamples: tuple[Question, ...] = ()


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """A reason of rules/reasons.toml; the lower its `rank`, the sooner it wins within a tier."""

    slug: str
    rank: int
    classification: Classification
    advice: Advice
    meaning: str
    permanence: Permanence | None = None
    """Of failures without any code, where nothing else says."""


class HostGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The hosts of one provider: domains that their names end in, patterns that betray them in a reply."""

    name: str
    domains: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


class RuleError(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one key of one rule in one file."""

    file: str
    message: str
    rule: str | None = None
    key: str | None = None
    kind: Literal["form", "proof"] = "form"

    def __str__(self) -> str:
        place = ": ".join(piece for piece in (self.file, self.rule, self.key) if piece)
        return f"{place}: {self.message}"


class RulesInvalidError(ValueError):
    """Rules that cannot be used; `errors` has them all."""

    def __init__(self, errors: list[RuleError]) -> None:
        self.errors = errors
        super().__init__("\n".join(map(str, errors)))
