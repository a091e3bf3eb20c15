"""Which delays of a chain are differences of clocks, for those who draw them."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import Hop
from analyzer.trace.clocks import ROUNDING_SECONDS


def skewed(delay: float | None) -> bool:
    """Say whether a delay is too negative for rounding: some clock is off."""
    return delay is not None and delay < -ROUNDING_SECONDS


def clock_differences(hops: Sequence[Hop]) -> set[int]:
    """Find the places in `hops` whose delay is skew: those too negative, and what makes up for them.

    Beside a delay of -47 min stands one of about +47 min: a clock is off and no message waited. What
    makes up is the dated neighbour nearest in size, where it is between half and twice as large.
    """
    dated = [(place, hop.delay_seconds) for place, hop in enumerate(hops) if hop.delay_seconds is not None]
    found = set()
    for at, (place, delay) in enumerate(dated):
        if skewed(delay):
            beside = [*dated[max(at - 1, 0) : at], *dated[at + 1 : at + 2]]
            making_up = [(abs(other + delay), where) for where, other in beside if 0.5 <= other / -delay <= 2]
            found |= {place, *(where for _, where in sorted(making_up)[:1])}
    return found
