"""Patterns in RE2: all texts of the rule base as one filtered pass, single ones compiled when needed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import re2

from analyzer.classification.template import fold

_ESCAPE = re.compile(r"\\(?:[pP]\{[^}]*\}|[pP].|.)|[^\\]+")
_FEW = 10
"""Texts on which the patterns are tried one by one: making the filters costs as much as twenty of them."""
_MOST = 1000
"""Patterns in one filter: more outgrow its memory on texts of many kinds."""
_TOGETHER = 32
"""Patterns in one automaton of any: on texts of many kinds one for all takes twice as long as halves."""
_AUTOMATON = 32 << 20
"""Bytes that the automaton of a set may take."""
_LOWER = re.compile(r"[^\\A-Z]*+(?:\\(?:[^A-Zaxpuc0-9]|[SWDB])[^\\A-Z]*+)*+")
"""Patterns without capital letters, nor escapes that may stand for some."""


@cache
def _options(*, case_sensitive: bool) -> Any:
    """How patterns are read, without chatter on stderr."""
    options = re2.Options()
    options.case_sensitive = case_sensitive
    options.log_errors = False
    return options


def _folded(pattern: str) -> tuple[str, Any]:
    """A pattern as templates are folded, and how to read it.

    Its escapes stay: lower-cased they would mean the opposite. Lower-case patterns need no regard for the
    case of folded texts, and take a third less time to compile.
    """
    if not pattern.isascii():
        pattern = _ESCAPE.sub(
            lambda piece: piece[0] if piece[0].startswith("\\") else fold(piece[0]), pattern
        )
    return pattern, _options(case_sensitive=_LOWER.fullmatch(pattern) is not None)


def _bytes(folded: str) -> bytes:
    """What RE2 reads; given a str, its Python side would count characters at every match."""
    return folded.encode("utf-8", "replace")


class Pattern:
    """One pattern for folded templates."""

    __slots__ = ("_compiled",)

    def __init__(self, pattern: str) -> None:
        self._compiled = re2.compile(*_folded(pattern))

    def search(self, folded: str) -> bool:
        """Whether it hits."""
        return self._compiled.search(_bytes(folded)) is not None

    def without(self, folded: str) -> str:
        """The text without what it hits."""
        return str(self._compiled.sub(" ", folded))


def any_of(patterns: Sequence[str]) -> Pattern | None:
    """One pattern that hits where any of these does; None for none."""
    return Pattern("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else None


class AnyOf:
    """Whether any of many patterns hits: in few automata, which are made while they run.

    Faster than a filter; which pattern hit it does not say. It is for some dozens of patterns: the states
    of an automaton grow with what may go on at the same time in all of its patterns, and with scripts.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns
        self._sets: list[Any] | None = None

    def search(self, folded: str) -> bool:
        """Whether one hits."""
        if self._sets is None:
            self._sets = [
                each
                for ascii_only in (True, False)
                for some in _shares([p for p in self._patterns if p.isascii() is ascii_only], _TOGETHER)
                for each in _sets([_folded(pattern) for pattern in some])
            ]
        encoded = _bytes(folded)
        return any(each.Match(encoded) for each in self._sets)


def _sets(patterns: list[tuple[str, Any]]) -> Iterator[Any]:
    """The patterns in as few sets as there is memory for."""
    if not patterns:
        return
    options = re2.Options()
    options.case_sensitive = all(option.case_sensitive for _, option in patterns)
    options.log_errors = False
    options.max_mem = _AUTOMATON
    together = re2.Set.SearchSet(options)
    for pattern, _ in patterns:
        together.Add(_bytes(pattern))
    try:
        together.Compile()  # it fails where the automaton could not run later on
    except re2.error:
        half = len(patterns) // 2
        if half == 0:
            raise
        yield from _sets(patterns[:half])
        yield from _sets(patterns[half:])
    else:
        yield together


def _shares(patterns: list[str], most: int = _MOST) -> list[list[str]]:
    """The patterns in as few shares of one size as one filter each can take."""
    count = -(-len(patterns) // most)
    size = -(-len(patterns) // count) if count else 1
    return [patterns[start : start + size] for start in range(0, len(patterns), size)]


def _filter(patterns: list[str]) -> tuple[Any, list[str]]:
    """A filter that is not yet compiled, and the patterns in it."""
    chunk = re2.Filter()
    for pattern in patterns:
        folded, options = _folded(pattern)
        chunk.Add(_bytes(folded), options)
    return chunk, patterns


class Matcher:
    """Many patterns, each once, in few filtered passes: those in ASCII, and all others.

    A filter first looks for the words that its patterns need, all at once, with an automaton that is made
    while it runs. Its states grow with the kinds of bytes in these words, and with the sets of words that
    occur together: with all scripts, or with very many patterns, in one filter it outgrows its memory, is
    thrown away and made anew again and again.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        self._single: dict[str, Any] = {}
        plain: dict[str, None] = {}
        others: dict[str, None] = {}
        for pattern in patterns:
            (plain if pattern.isascii() or fold(pattern).isascii() else others)[pattern] = None
        self._keep([_filter(some) for members in (plain, others) for some in _shares(list(members))])
        self._looked = 0
        self._last: tuple[str, frozenset[str]] = "", frozenset()

    def _keep(self, filters: list[tuple[Any, list[str]]]) -> None:
        self._filters = filters
        self._place = {
            pattern: (number, index)
            for number, (_, members) in enumerate(filters)
            for index, pattern in enumerate(members)
        }

    def _compile(self) -> None:
        """Make the filters ready; one that would take too much memory becomes two."""
        self._single.clear()
        ready = []
        waiting = self._filters
        while waiting:
            chunk, members = waiting.pop()
            try:
                chunk.Compile()
            except re2.error:
                half = len(members) // 2
                if half == 0:
                    raise
                waiting += [_filter(members[:half]), _filter(members[half:])]
            else:
                ready.append((chunk, members))
        self._keep(ready)

    def hits(self, folded: str) -> frozenset[str]:
        """The patterns that hit a folded template."""
        text, found = self._last
        if not self._looked or text != folded:
            found = self._hits(folded)
            self._last = folded, found
        return found

    def _hits(self, folded: str) -> frozenset[str]:
        self._looked += 1
        if self._looked <= _FEW:
            return frozenset(self._one_by_one(folded))
        if self._looked == _FEW + 1:
            self._compile()
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
        re2.compile(*_folded(pattern))
    except re2.error as error:
        text = error.args[0]
        return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return None
