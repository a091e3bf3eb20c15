"""Whether a reply leaves it open that an address is dead."""

from __future__ import annotations

import re
import string
from functools import cached_property

from analyzer.classification.loader import Sources
from analyzer.classification.matcher import AnyOf, Pattern, any_of

_LOCAL_PART = re.compile(r"(?<![\w.+=-])[\w.+-]{1,64}@(?=[\w\[])")
"""What an address is called tells nothing of whether it lives; one with `=` is a sender's (BATV, SRS)."""
_LOCAL = f"{string.ascii_letters}{string.digits}_.+-"


def nameless(line: str) -> str:
    """A line in which every address is called x."""
    if not line.isascii():
        return _LOCAL_PART.sub("x@", line)
    before, *others = line.split("@")  # the same four times as fast
    pieces = []
    for after in others:
        rest = before.rstrip(_LOCAL)
        local = 0 < len(before) - len(rest) <= 64 and not rest.endswith("=")
        pieces.append(f"{rest}x" if local and after and (after[0].isalnum() or after[0] in "_[") else before)
        before = after
    pieces.append(before)
    return "@".join(pieces)


class Doubt:
    """Words of doubt, what settles them, and those that have exceptions.

    Most replies voice none, which one look tells; what weighs the others is compiled when one comes.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._voiced = AnyOf((*sources.doubt, *(text for text, _ in sources.amiss)))

    @cached_property
    def _plain(self) -> tuple[AnyOf, Pattern | None]:
        return AnyOf(self._sources.doubt), any_of(self._sources.settled)

    @cached_property
    def _amiss(self) -> list[tuple[Pattern, Pattern]]:
        return [(Pattern(text), Pattern(but)) for text, but in self._sources.amiss]

    def remains(self, folded: str) -> bool:
        """Whether a folded text voices doubt and does not clear it up itself."""
        if not self._voiced.search(folded):
            return False
        doubt, settled = self._plain
        if doubt.search(folded) and (settled is None or doubt.search(settled.without(folded))):
            return True
        return any(text.search(folded) and text.search(but.without(folded)) for text, but in self._amiss)
