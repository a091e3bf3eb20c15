"""All patterns of the rule base as one filtered RE2 pass: which patterns hit a template."""

from __future__ import annotations

from collections.abc import Iterable

import re2

from analyzer.classification.template import fold


def options() -> re2.Options:
    """How every pattern is read: folded text, small memory, no chatter on stderr."""
    chosen = re2.Options()
    chosen.case_sensitive = False
    chosen.log_errors = False
    return chosen


class Matcher:
    """Patterns numbered in the order given, the same pattern once."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = list(dict.fromkeys(patterns))
        self.number = {pattern: index for index, pattern in enumerate(self.patterns)}
        self._filter = re2.Filter()
        chosen = options()
        for pattern in self.patterns:
            self._filter.Add(fold(pattern) if not pattern.isascii() else pattern, chosen)
        if self.patterns:
            self._filter.Compile()

    def hits(self, folded: str) -> list[int]:
        """Numbers of the patterns that hit a folded template."""
        return (self._filter.Match(folded) or []) if self.patterns else []

    def span(self, index: int, folded: str) -> tuple[int, int] | None:
        """Where a pattern hits, in characters."""
        match = self._filter.re(index).search(folded)
        return match.span() if match else None


def fault(pattern: str) -> str | None:
    """Why RE2 refuses a pattern; None where it takes it."""
    try:
        re2.compile(fold(pattern) if not pattern.isascii() else pattern, options())
    except re2.error as error:
        text = error.args[0]
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return None
