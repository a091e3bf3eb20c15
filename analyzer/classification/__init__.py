"""Replies to verdicts by rules: what failed, why, for how long, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from analyzer.classification.loader import Sources, read
from analyzer.classification.pages import facts, index, page
from analyzer.classification.proof import check
from analyzer.classification.rule import TIERS, Reason, Rule, RuleError, RulesInvalidError
from analyzer.classification.rulebase import RuleBase
from analyzer.classification.skeleton import Skeleton, skeleton

__all__ = [
    "TIERS",
    "Reason",
    "Rule",
    "RuleBase",
    "RuleError",
    "RulesInvalidError",
    "Skeleton",
    "Sources",
    "check",
    "facts",
    "index",
    "load_rules",
    "page",
    "read",
    "skeleton",
]


@cache
def _load(extra: tuple[Path, ...], tiers: tuple[str, ...]) -> RuleBase:
    sources = read(extra)
    if sources.errors:
        raise RulesInvalidError(sources.errors)
    return RuleBase(sources, tiers)


def load_rules(extra_dirs: Sequence[Path | str] = (), *, tiers: Sequence[str] = TIERS) -> RuleBase:
    """The shipped rules and those in `extra_dirs`; raises RulesInvalidError with all errors of form."""
    return _load(tuple(Path(folder) for folder in extra_dirs), tuple(tiers))
