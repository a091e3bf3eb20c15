"""Wrong clocks, told from the times that the hops wrote.

Every server stamps with its own clock, so the difference of two stamps is time spent plus the difference
of two clocks. Time spent is never negative: a stamp older than the one before it proves that a clock is
off. Which one is said only where the chain allows it: a stamp out of line with both its neighbours, one
against a majority of servers that agree, or one against clocks that are no hop's.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from analyzer.model import Hop

ROUNDING_SECONDS = 5
"""Stamps this far in the wrong order are rounding, and clocks such as any server has."""
AGREEING_SECONDS = 30
"""Stamps in the right order and closer than this agree."""
ATTRIBUTED_SECONDS = 60
"""A difference smaller than this is not put to one host by majority alone."""


class Independent(NamedTuple):
    """A clock that is no hop's: the sender's Date, a signature's time. `text` is its evidence."""

    field: str
    text: str
    time: datetime


class Step(NamedTuple):
    """The way between two hops with a time."""

    older: Hop
    newer: Hop
    seconds: float


class Wrong(NamedTuple):
    """Hops whose clock is off: `ahead` seconds ahead (negative: behind), seen beside `neighbours`."""

    hops: list[Hop]
    ahead: float
    neighbours: list[Hop]


class Clocks(NamedTuple):
    """What the stamps say of the clocks: who is off, and pairs of hops of which one must be."""

    wrong: list[Wrong]
    pairs: list[Step]


Group = list[Hop]


# amavis writes `by localhost (mail.example.org [127.0.0.1])`.
_BEHIND_LOCALHOST = re.compile(r"\sby localhost \(([\w.-]{1,255}) \[", re.IGNORECASE)


def host_of(hop: Hop) -> str:
    """A name for the server that wrote the hop's field."""
    if hop.by == "localhost" and (match := _BEHIND_LOCALHOST.search(hop.raw)):
        return match[1].lower()
    return hop.by or hop.from_host or hop.from_name or f"hop {hop.index}"


def time_of(hop: Hop) -> datetime:
    """The time of a hop that is known to have one."""
    assert hop.timestamp is not None  # noqa: S101
    return hop.timestamp


def steps(hops: Sequence[Hop]) -> list[Step]:
    """The steps between the hops that state a time with its zone."""
    dated = [hop for hop in hops if hop.timestamp is not None and hop.utc_offset is not None]
    return [
        Step(older, newer, (time_of(newer) - time_of(older)).total_seconds())
        for older, newer in itertools.pairwise(dated)
    ]


def judge(hops: Sequence[Hop], independent: Sequence[Independent]) -> Clocks:
    """Whose clocks are off. `hops` are oldest first."""
    groups = _agreeing(steps(hops))
    clocks = Clocks([], [])
    right: Group | None = None
    for index, group in enumerate(groups):
        rest = groups[index + 1 :]
        ahead = (
            _first_ahead(group, rest, independent)
            if right is None
            else _later_ahead(right, group, rest, independent)
        )
        if ahead is not None:
            neighbours = ([right[-1]] if right else []) + ([rest[0][0]] if rest else [])
            clocks.wrong.append(Wrong(group, ahead, neighbours))
            continue
        if right is not None and _gap(right, group) < -ROUNDING_SECONDS:
            clocks.pairs.append(Step(right[-1], group[0], _gap(right, group)))
        right = group
    return clocks


def near(clock: Independent, time: datetime, gap: float) -> bool:
    """Whether an independent clock says about `time`, seen beside a difference of `gap` seconds."""
    return abs((clock.time - time).total_seconds()) <= max(abs(gap) / 10, 10)


def _agreeing(way: Sequence[Step]) -> list[Group]:
    """Runs of hops whose stamps follow each other closely, so that their clocks agree."""
    groups: list[Group] = [[way[0].older]] if way else []
    for step in way:
        if -ROUNDING_SECONDS <= step.seconds < AGREEING_SECONDS:
            groups[-1].append(step.newer)
        else:
            groups.append([step.newer])
    return groups


def _gap(older: Group, newer: Group) -> float:
    return (time_of(newer[0]) - time_of(older[-1])).total_seconds()


def _hosts(group: Group) -> int:
    return len({host_of(hop) for hop in group})


def _first_ahead(group: Group, rest: Sequence[Group], independent: Sequence[Independent]) -> float | None:
    """Seconds that the first group is ahead of all after it, as far as a majority or other clocks say so."""
    if not rest:
        return None
    out = _gap(group, rest[0])
    if out <= -ATTRIBUTED_SECONDS:
        if len(rest) > 1 and _fits(_gap(group, rest[1]), out):
            return None  # the second is out of line, not the first
        return -out if _outvoted(group, rest, out, independent) else None
    if out >= ATTRIBUTED_SECONDS:
        # The message cannot have been at its first server long before it was written.
        for clock in independent:
            written = (clock.time - time_of(group[-1])).total_seconds()
            if clock.field == "Date" and near(clock, time_of(rest[0][0]), out) and written > 0.5 * out:
                return -out
    return None


def _later_ahead(
    right: Group, group: Group, rest: Sequence[Group], independent: Sequence[Independent]
) -> float | None:
    """Seconds that `group` is ahead, where its neighbours are in order without it and not with it."""
    into = _gap(right, group)
    if not rest:
        return into if into <= -ATTRIBUTED_SECONDS and _hosts(group) < _hosts(right) else None
    out, past = _gap(group, rest[0]), _gap(right, rest[0])
    if into < -ROUNDING_SECONDS and out > 0 and _fits(past, into):
        return -min(-into, out)
    odd = out < -ROUNDING_SECONDS and into >= AGREEING_SECONDS and past >= -ROUNDING_SECONDS
    if odd and (
        _fits(past, out) or (out <= -ATTRIBUTED_SECONDS and _outvoted(group, rest, out, independent))
    ):
        return min(into, -out)
    return None


def _fits(past: float, difference: float) -> bool:
    """Whether two stamps follow each other so closely, beside a difference, that the one between is off."""
    gap = abs(difference)
    return -ROUNDING_SECONDS <= past <= max(ROUNDING_SECONDS, min(AGREEING_SECONDS, gap / 4), gap / 10)


def _outvoted(group: Group, rest: Sequence[Group], out: float, independent: Sequence[Independent]) -> bool:
    """Whether more clocks agree with what comes after `group` than with it."""
    # Only the group right after it speaks against it: a step further on may be a delay or that group's clock.
    against = _hosts(rest[0]) + sum(near(clock, time_of(rest[0][0]), out) for clock in independent)
    return against > _hosts(group) + sum(near(clock, time_of(group[-1]), out) for clock in independent)
