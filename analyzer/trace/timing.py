"""How long each hop took, and the whole way (negative times stay negative)."""

from __future__ import annotations

import itertools

from analyzer.model import Hop


def seconds(value: float) -> int | float:
    """A number of seconds, whole where it is whole."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def set_delays(hops: list[Hop]) -> int | float | None:
    """Fills `delay_seconds` (since the nearest older hop with a time) and returns the whole way's seconds."""
    dated = [(hop, hop.timestamp) for hop in hops if hop.timestamp is not None]
    for (older, before), (hop, time) in itertools.pairwise(dated):
        hop.delay_seconds = seconds((time - before).total_seconds())
        across = hop.index - older.index - 1
        if across:
            hop.notes.append(f"delay across {across} hop{'s' if across > 1 else ''} without a time")
    return seconds((dated[-1][1] - dated[0][1]).total_seconds()) if len(dated) > 1 else None
