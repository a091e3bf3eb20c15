"""Whether a reply leaves it open that an address is dead."""

from __future__ import annotations

from functools import cached_property

from analyzer.classification.loader import Sources
from analyzer.classification.matcher import AnyOf, Pattern, any_of


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
