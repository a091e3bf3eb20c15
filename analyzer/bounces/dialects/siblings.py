"""Lists in which only some lines say in known words that they are about a failure: the others belong to it.

A line joins the list where it begins in the same way as one that is in it (`to=<`, `The mail to`), or is an
entry near one, with no helper's sentence between them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.bounces.dialects import layout, phrases

Named = dict[str, tuple[str, int]]
"""Recipients by their address in lower case: the address as it stands, and its line's number (0-based)."""

_GAP = 6
_FAR = 24
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d]{2}")


def extend(chosen: Named, passed: Sequence[tuple[str, int]], text_lines: Sequence[str]) -> Named:
    """`chosen` and those of `passed` that stand in the same list, in order of their lines."""
    if not passed or not chosen:
        return chosen
    known = {number for _, number in chosen.values() if number < len(text_lines)}
    rows = sorted(
        [*passed, *((one, number) for one, number in chosen.values() if number in known)], key=_line
    )
    found = dict(chosen)
    for order in (rows, rows[::-1]):
        entry = -_FAR
        begins: dict[str, int] = {}
        for one, number in order:
            line = text_lines[number]
            begin, is_entry = _begin(line, one), layout.is_entry(line)
            alike = begin in begins and abs(number - begins[begin]) <= _FAR
            if number not in known and (alike or (is_entry and _joins(text_lines, entry, number))):
                found.setdefault(one.lower(), (one, number))
                known.add(number)
            if number in known:
                entry = number if is_entry else entry
                if _WORD.search(begin):
                    begins[begin] = number
    return dict(sorted(found.items(), key=lambda item: item[1][1]))


def with_details(chosen: Named, entries: Sequence[tuple[str, int]], text_lines: Sequence[str]) -> Named:
    """`chosen`, each at its second place where a bare list comes first and what is said of each below it."""
    first = {number for _, number in chosen.values()}
    if len(first) < 2 or any(_has_words(text_lines, one, number) for one, number in chosen.values()):
        return chosen
    last = max(first)
    if any(text_lines[number].strip() for number in range(min(first), last) if number not in first):
        return chosen
    later: Named = {}
    for one, number in entries:
        if number > last and one.lower() in chosen:
            later.setdefault(one.lower(), (one, number))
    return dict(sorted({**chosen, **later}.items(), key=lambda item: item[1][1])) if later else chosen


def _line(row: tuple[str, int]) -> int:
    return row[1]


def _begin(line: str, one: str) -> str:
    return _DIGITS.sub("0", line[: line.find(one)].strip())


def _has_words(text_lines: Sequence[str], one: str, number: int) -> bool:
    return number >= len(text_lines) or bool(layout.tail(text_lines[number], one))


def _joins(text_lines: Sequence[str], entry: int, number: int) -> bool:
    first, last = min(entry, number), max(entry, number)
    if first < 0 or last - first > _GAP or phrases.CONTACT.search(text_lines[number]):
        return False
    return not any(phrases.CONTACT.search(line) for line in text_lines[first + 1 : last] if ":" not in line)
