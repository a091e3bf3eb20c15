"""Whose words are these: a section that several recipients share may have a line for each of them."""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces.dialects import shapes

_CODE = re.compile(r"(?<![\w.])([45]\d\d|[45]\.\d{1,3}\.\d{1,3})(?![\w.])")
_REPLY = re.compile(r"(?:^|[\s:>])([45]\d\d)(?:[ -]|$)")
_GOES_ON = re.compile(r"(?:^|[\s:>])[45]\d\d-")


def own_lines(said: str, own: Set[str], others: Set[str], *, shared: bool = False) -> str | None:
    """Of `said` what is about `own` and not about `others` alone (lower-case addresses); None for nothing.

    A line that names nobody goes with the one above it that does, a reply that goes on with the one below it.
    One of another code is nobody's: it cannot be told whose. What stands above all of them is everybody's.
    Where the words are `shared`, given to several, this holds for a text too that names only `own`.
    """
    if "@" not in said:
        return said
    text_lines = said.split("\n")
    named = [{one.lower() for one in shapes.addresses(line)} & (own | others) for line in text_lines]
    if not any(names if shared else names & others for names in named):
        return said
    kept: list[str] = []
    mine, code = True, ""
    for number, line in enumerate(text_lines):
        names, codes = named[number], _REPLY.findall(line)
        if names:
            several = len(set(codes)) > 1 and bool(names & others)
            mine, code = bool(names & own) and not several, codes[0] if codes else ""
        elif codes and codes[0] != code:
            below = (
                next((later for later in named[number:] if later), names) if _GOES_ON.search(line) else names
            )
            mine, code = bool(below & own), codes[0]
        if mine:
            kept.append(line)
    return "\n".join(kept) or None


def are_several(said: str) -> bool:
    """Whether lines of `said` begin replies of different codes."""
    firsts = (_CODE.search(line[:80]) for line in said.split("\n"))
    return len({match[1] for match in firsts if match}) > 1
