"""How long each hop took, and the whole way (negative times stay negative)."""

from __future__ import annotations

from analyzer.model import Hop


def seconds(value: float) -> int | float:
    """A number of seconds, whole where it is whole."""
    rounded = round(value, 3)
    return int(rounded) if rounded == int(rounded) else rounded


def set_delays(hops: list[Hop]) -> int | float | None:
    """Fills `delay_seconds` (since the nearest older hop with a time) and returns the whole way's seconds."""
    first = previous = None
    across = 0
    for hop in hops:
        if hop.timestamp is None:
            across += 1
            continue
        if previous is None or first is None:
            first = hop
        else:
            hop.delay_seconds = seconds((hop.timestamp - previous.timestamp).total_seconds())
            if across:
                hop.notes.append(f"delay across {across} hop{'s' if across > 1 else ''} without a time")
        previous, across = hop, 0
    if first is None or previous is None or first is previous:
        return None
    return seconds((previous.timestamp - first.timestamp).total_seconds())  # type: ignore[operator]
