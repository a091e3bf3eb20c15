"""Patterns in RE2: all texts of the rule base as one filtered pass, single ones compiled when needed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import re2

from analyzer.classification.template import fold


@cache
def _options() -> Any:
    """How every pattern is read: without regard to case, and without chatter on stderr."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options


def _folded(pattern: str) -> str:
    return pattern if pattern.isascii() else fold(pattern)


class Pattern:
    """One pattern for folded templates."""

    __slots__ = ("_compiled",)

    def __init__(self, pattern: str) -> None:
        self._compiled = re2.compile(_folded(pattern), _options())

    def search(self, folded: str) -> bool:
        """Whether it hits."""
        return self._compiled.search(folded) is not None


class Matcher:
    """Patterns numbered in the order given, the same pattern once."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self.number = {pattern: index for index, pattern in enumerate(self.patterns)}
        self._filter = re2.Filter()
        for pattern in self.patterns:
            self._filter.Add(_folded(pattern), _options())
        if self.patterns:
            self._filter.Compile()

    def hits(self, folded: str) -> frozenset[int]:
        """Numbers of the patterns that hit a folded template."""
        return frozenset((self._filter.Match(folded) or ()) if self.patterns else ())

    def span(self, index: int, folded: str) -> tuple[int, int] | None:
        """Where a pattern hits, in characters."""
        match = self._filter.re(index).search(folded)
        return match.span() if match else None


def fault(pattern: str) -> str | None:
    """Why RE2 refuses a pattern; None where it takes it."""
    try:
        re2.compile(_folded(pattern), _options())
    except re2.error as error:
        text = error.args[0]
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return None
