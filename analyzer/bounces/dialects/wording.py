"""Large alternations of wordings, searched by RE2.

`re` tries one alternative after the other at each character, which made a report of three kilobytes
cost 10 ms; RE2 does it in 0.01 ms, in time linear in the text.
"""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Any

_MEMORY = 64 << 20  # of RE2's automaton; with its usual 8 MB the longest pattern falls back to a slower one


def _plain_too(pattern: str) -> str:
    """`pattern` with each accented letter also as old systems type it (`é` or `e`; `ü`, `u` or `ue`)."""
    kept: list[str] = []
    within = False
    for character in pattern:
        within = character == "[" or (within and character != "]")
        base = unicodedata.normalize("NFD", character)[0] if "\u00c0" <= character < "\u0250" else character
        if within or (base == character and character != "'"):
            kept.append(character)
        elif character in "äöü":
            kept.append(f"(?:{character}|{base}e?)")
        else:
            kept.append("['’]" if character == "'" else f"[{character}{base}]")
    return "".join(kept)


class Wording:
    """Case-insensitive patterns (RE2's dialect) of which one must occur, compiled when first used."""

    def __init__(self, *alternatives: str) -> None:
        self._pattern = _plain_too("|".join(alternatives))

    @cached_property
    def _compiled(self) -> Any:
        import re2

        options = re2.Options()
        options.case_sensitive = False
        options.log_errors = False
        options.max_mem = _MEMORY
        # A set of one: that it matches is all that it finds out, which takes half the time of a search.
        found = re2.Set.SearchSet(options)
        found.Add(self._pattern)
        found.Compile()
        return found

    def occurs(self, text: str) -> bool:
        """Whether any of the wordings stands in `text`."""
        try:
            return bool(self._compiled.Match(text))
        except UnicodeEncodeError:
            return bool(self._compiled.Match(text.encode("utf-8", "replace").decode()))
