"""Patterns in RE2: all texts of the rule base as one filtered pass, single ones compiled when needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import re2

from analyzer.classification.template import fold

_ESCAPE = re.compile(r"\\.|[^\\]+")
_AT_ONCE = 40_000
"""Characters of patterns in one filter. It first looks for the words that patterns need, all at once: over
too many words that automaton outgrows its memory and takes ten times as long."""

_FEW = 10
"""Texts on which the patterns are tried one by one: making the filters costs as much as twenty of them."""


@cache
def _options() -> Any:
    """How every pattern is read: without regard to case, and without chatter on stderr."""
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    return options


def _folded(pattern: str) -> str:
    """A pattern as templates are folded; its escapes stay: lower-cased they would mean the opposite."""
    if pattern.isascii():
        return pattern
    return _ESCAPE.sub(lambda piece: piece[0] if piece[0].startswith("\\") else fold(piece[0]), pattern)


def _bytes(folded: str) -> bytes:
    """What RE2 reads; given a str, its Python side would count characters at every match."""
    return folded.encode("utf-8", "replace")


class Pattern:
    """One pattern for folded templates."""

    __slots__ = ("_compiled",)

    def __init__(self, pattern: str) -> None:
        self._compiled = re2.compile(_folded(pattern), _options())

    def search(self, folded: str) -> bool:
        """Whether it hits."""
        return self._compiled.search(_bytes(folded)) is not None

    def without(self, folded: str) -> str:
        """The text without what it hits."""
        return str(self._compiled.sub(" ", folded))


def any_of(patterns: Sequence[str]) -> Pattern | None:
    """One pattern that hits where any of these does; None for none."""
    return Pattern("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


class Matcher:
    """Many patterns, each once, in one filtered pass."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._place: dict[str, tuple[int, int]] = {}
        self._single: dict[str, Any] = {}
        self._filters: list[tuple[Any, list[str]]] = []
        room = 0
        for pattern in dict.fromkeys(patterns):
            if room < len(pattern) or not self._filters:
                self._filters.append((re2.Filter(), []))
                room = _AT_ONCE
            chunk, members = self._filters[-1]
            self._place[pattern] = len(self._filters) - 1, len(members)
            chunk.Add(_folded(pattern), _options())
            members.append(pattern)
            room -= len(pattern)
        self._looked = 0

    def hits(self, folded: str) -> frozenset[str]:
        """The patterns that hit a folded template."""
        self._looked += 1
        if self._looked <= _FEW:
            return frozenset(self._one_by_one(folded))
        if self._looked == _FEW + 1:
            for chunk, _ in self._filters:
                chunk.Compile()
        encoded = _bytes(folded)
        found: list[str] = []
        for chunk, members in self._filters:
            if matches := chunk.Match(encoded):
                found += [members[index] for index in matches]
        return frozenset(found)

    def _one_by_one(self, folded: str) -> Iterator[str]:
        encoded = _bytes(folded)
        for chunk, members in self._filters:
            for index, pattern in enumerate(members):
                if chunk.re(index).search(encoded) is not None:
                    yield pattern

    def span(self, pattern: str, folded: str) -> tuple[int, int] | None:
        """Where a pattern hits, in characters."""
        single = self._single.get(pattern)
        if single is None:
            number, index = self._place[pattern]
            single = self._single[pattern] = self._filters[number][0].re(index)
        encoded = _bytes(folded)
        match = single.search(encoded)
        if match is None:
            return None
        start, end = match.span()
        if len(encoded) != len(folded):
            start, end = (len(encoded[:at].decode("utf-8", "replace")) for at in (start, end))
        return start, end


def fault(pattern: str) -> str | None:
    """Why RE2 refuses a pattern; None where it takes it."""
    try:
        re2.compile(_folded(pattern), _options())
    except re2.error as error:
        text = error.args[0]
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return None
