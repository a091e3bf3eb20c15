"""Whose words are these: a section that several recipients share may have a line for each of them."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from analyzer.bounces.dialects import shapes

_CODE = re.compile(r"(?<![\w.])([45]\d\d|[45]\.\d{1,3}\.\d{1,3})(?![\w.])")
_REPLY = re.compile(r"(?:^|[\s:>])([45]\d\d)(?:[ -]|$)")
_GOES_ON = re.compile(r"(?:^|[\s:>])[45]\d\d-")


def own_lines(said: str, own: Set[str], everyone: Set[str], *, shared: bool = False) -> str | None:
    """Of `said` what is about `own` and not about others of `everyone` alone; None for nothing.

    Both are lower-case addresses; whoever of `everyone` is not in `own` is another.

    A line that names nobody goes with the one above it that does, a reply that goes on with the one below it.
    One of another code is nobody's: it cannot be told whose. What stands above all of them is everybody's.
    Where the words are `shared`, given to several, this holds for a text too that names only `own`.
    """
    if "@" not in said:
        return said
    text_lines = said.split("\n")
    # Only what a line names is looked up: with all recipients of a long list nothing may be done for each.
    named = [{one for one in names if one in own or one in everyone} for names in _named(said)]
    if not any(names if shared else names - own for names in named):
        return said
    kept: list[str] = []
    mine, code = True, ""
    for number, line in enumerate(text_lines):
        names, codes = named[number], _REPLY.findall(line)
        if names:
            several = len(set(codes)) > 1 and bool(names - own)
            mine, code = bool(names & own) and not several, codes[0] if codes else ""
        elif codes and codes[0] != code:
            below = (
                next((later for later in named[number:] if later), names) if _GOES_ON.search(line) else names
            )
            mine, code = bool(below & own), codes[0]
        if mine:
            kept.append(line)
    return "\n".join(kept) or None


@lru_cache(maxsize=2)  # a text that several share is asked for again at once
def _named(said: str) -> list[frozenset[str]]:
    """The addresses, lower-case, that each line names."""
    return [frozenset(one.lower() for one in shapes.addresses(line)) for line in said.split("\n")]


def are_several(said: str) -> bool:
    """Whether lines of `said` begin replies of different codes."""
    firsts = (_CODE.search(line[:80]) for line in said.split("\n"))
    return len({match[1] for match in firsts if match}) > 1
