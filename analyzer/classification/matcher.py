"""Patterns in RE2: all texts of the rule base as one filtered pass, single ones compiled when needed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import re2

from analyzer.classification.template import fold

_AT_ONCE = 250
"""Patterns in one filter. It first looks for the words that patterns need, all at once; with the words of too
many patterns that automaton outgrows its memory and takes ten times as long (1,200 patterns in one filter:
190 microseconds a reply; 440 in two: 50; in filters of 250: 16)."""


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
    """Many patterns, each once, in one filtered pass."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self._number = {pattern: number for number, pattern in enumerate(self.patterns)}
        self._filters = []
        for start in range(0, len(self.patterns), _AT_ONCE):
            chunk = re2.Filter()
            for pattern in self.patterns[start : start + _AT_ONCE]:
                chunk.Add(_folded(pattern), _options())
            chunk.Compile()
            self._filters.append((start, chunk))

    def hits(self, folded: str) -> frozenset[str]:
        """The patterns that hit a folded template."""
        encoded = folded.encode("utf-8", "replace")
        patterns = self.patterns
        found: list[str] = []
        for start, chunk in self._filters:
            if matches := chunk.Match(encoded):
                found += [patterns[start + index] for index in matches]
        return frozenset(found)

    def span(self, pattern: str, folded: str) -> tuple[int, int] | None:
        """Where a pattern hits, in characters."""
        number = self._number[pattern]
        match = self._filters[number // _AT_ONCE][1].re(number % _AT_ONCE).search(folded)
        return match.span() if match else None


def fault(pattern: str) -> str | None:
    """Why RE2 refuses a pattern; None where it takes it."""
    try:
        re2.compile(_folded(pattern), _options())
    except re2.error as error:
        text = error.args[0]
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return None
