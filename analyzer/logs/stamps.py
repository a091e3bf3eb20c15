"""The time stamp at the start of each line, read for a whole chunk at once from fixed columns.

Kinds (`zone`): BSD (`Nov  1 10:00:07`, RFC 3164: no year, no zone), LOCAL (ISO date and time without a
zone), UTC (RFC 3339 with zone, TAI64N), NONE. A `<PRI>` before the stamp, with RFC 5424's version 1 or
without, is skipped.

`wall` is microseconds: since the epoch for LOCAL (as if it were UTC) and UTC; for BSD in a calendar whose
every month has 31 days, counted from the year in which the log begins, so that order and 29 February
survive until `clocks` knows the year.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NONE, BSD, LOCAL, UTC = -1, 0, 1, 2
WIDTH = 40
DAY = 86_400
MICRO = 1_000_000

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class Stamps:
    """Reads the stamps of one log, chunk after chunk; counts the turns of the year on the way."""

    def __init__(self) -> None:
        self.turns = 0
        """How many times the year has turned so far."""
        self._month = 0

    def read(self, text: bytes, starts: npt.NDArray[np.int32]) -> tuple[Ints, npt.NDArray[np.int8]]:
        """`wall` and `zone` for each line; `starts` are the lines' offsets in `text`, and its length."""
        count = len(starts) - 1
        wall = np.zeros(count, dtype=np.int64)
        zone = np.full(count, NONE, dtype=np.int8)
        head = _heads(np.frombuffer(text, dtype=np.uint8), starts)
        for kind, mask, reader in (
            (BSD, _looks_bsd(head), self._bsd),
            (LOCAL, _looks_iso(head), _iso),
            (UTC, head[:, 0] == ord("@"), _tai64n),
        ):
            rows = np.flatnonzero(mask)
            if not len(rows):
                continue
            value, good, absolute = reader(head if len(rows) == count else head[rows])
            rows, value = rows[good], value[good]
            wall[rows] = value
            zone[rows] = np.where(absolute[good], UTC, kind)
        return wall, zone

    def _bsd(self, head: Bytes) -> tuple[Ints, Mask, Mask]:
        month, known = _month(head)
        day = _digits(np.where(head[:, 4:6] == ord(" "), np.uint8(ord("0")), head[:, 4:6]))
        clock, good = _clock(head[:, 7:15])
        good &= known & (day >= 1) & (day <= 31)
        turn = np.zeros(len(head), dtype=np.int64)
        turn[good] = self._turn(month[good])
        days = (turn * 12 + month) * 31 + day - 1
        return (days * DAY + clock) * MICRO, good, np.zeros(len(head), dtype=bool)

    def _turn(self, month: Ints) -> Ints:
        """Turns of the year: the month falls by more than six; a step back undoes it (merged logs)."""
        if not len(month):
            return month
        if self._month == 0 and self.turns == 0:
            self._month = int(month[0])
        step = np.diff(month, prepend=self._month)
        turn = self.turns + np.cumsum((step < -6).astype(np.int64) - (step > 6))
        self.turns, self._month = int(turn[-1]), int(month[-1])
        return turn


def _heads(text: Bytes, starts: npt.NDArray[np.int32]) -> Bytes:
    """The first WIDTH bytes of each line after its `<PRI>`; what follows a short line does no harm."""
    padded = np.concatenate((text, np.zeros(WIDTH + 8, dtype=np.uint8)))
    first = starts[:-1].astype(np.int64)
    marked = np.flatnonzero(padded[first] == ord("<"))
    for width in (2, 3, 4):
        ends = marked[padded[first[marked] + width] == ord(">")]
        first[ends] += width + 1
        versioned = ends[(padded[first[ends]] == ord("1")) & (padded[first[ends] + 1] == ord(" "))]
        first[versioned] += 2
    return np.lib.stride_tricks.sliding_window_view(padded, WIDTH)[first]


def _digits(columns: Bytes) -> Ints:
    """The decimal number in these columns; -1 where one is no digit."""
    values = columns - np.uint8(ord("0"))
    number = np.zeros(len(columns), dtype=np.int64)
    for index in range(columns.shape[1]):
        number = number * 10 + values[:, index]
    number[(values > 9).any(axis=1)] = -1
    return number


def _clock(columns: Bytes) -> tuple[Ints, Mask]:
    """Seconds of the day from `hh:mm:ss`, and whether it is one."""
    hour, minute, second = (_digits(columns[:, at : at + 2]) for at in (0, 3, 6))
    good = (columns[:, 2] == ord(":")) & (columns[:, 5] == ord(":"))
    for value, limit in ((hour, 23), (minute, 59), (second, 60)):
        good &= (value >= 0) & (value <= limit)
    return (hour * 60 + minute) * 60 + second, good


def _month(head: Bytes) -> tuple[Ints, Mask]:
    codes = np.array([int.from_bytes(name.encode(), "big") for name in _MONTHS])
    order = np.argsort(codes)
    mine = (head[:, 0].astype(np.int64) << 16) | (head[:, 1].astype(np.int64) << 8) | head[:, 2]
    place = np.minimum(np.searchsorted(codes[order], mine), 11)
    return order[place].astype(np.int64), codes[order][place] == mine


def _looks_bsd(head: Bytes) -> Mask:
    looks: Mask = (head[:, 3] == ord(" ")) & (head[:, 6] == ord(" ")) & (head[:, 9] == ord(":"))
    return looks


def _looks_iso(head: Bytes) -> Mask:
    looks: Mask = (head[:, 4] == ord("-")) & (head[:, 7] == ord("-")) & (head[:, 13] == ord(":"))
    return looks


def _iso(head: Bytes) -> tuple[Ints, Mask, Mask]:
    year, month, day = _digits(head[:, 0:4]), _digits(head[:, 5:7]), _digits(head[:, 8:10])
    clock, good = _clock(head[:, 11:19])
    good &= (year >= 1970) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0)
    days = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + day - 1
    wall = (days * DAY + clock) * MICRO
    at = np.full(len(head), 19)
    rows = np.arange(len(head))
    fraction = (head[:, 19] == ord(".")) | (head[:, 19] == ord(","))
    scale = MICRO
    at[fraction] = 20
    going = fraction
    for _ in range(9):
        digit = head[rows, at].astype(np.int64) - ord("0")
        going = going & (digit >= 0) & (digit <= 9)
        if not going.any():
            break
        scale //= 10
        wall += np.where(going, digit * scale, 0)
        at += going
    at += head[rows, at] == ord(" ")
    mark = head[rows, at]
    zulu = mark == ord("Z")
    signed = (mark == ord("+")) | (mark == ord("-"))
    if signed.any():
        columns = np.stack([head[rows, at + step] for step in range(1, 6)], axis=1)
        colon = columns[:, 2] == ord(":")
        minute = np.where(colon[:, None], columns[:, 3:5], columns[:, 2:4])
        hours, minutes = _digits(columns[:, 0:2]), _digits(minute)
        signed &= (hours >= 0) & (hours <= 14) & (minutes >= 0) & (minutes <= 59)
        offset = np.where(mark == ord("-"), -1, 1) * (hours * 60 + minutes) * 60 * MICRO
        wall -= np.where(signed, offset, 0)
    return wall, good, zulu | signed


def _tai64n(head: Bytes) -> tuple[Ints, Mask, Mask]:
    """`@` and 24 hex digits: 2**62 plus TAI seconds, then nanoseconds (multilog).

    libtai's clock without a table of leap seconds, which is how qmail runs, is 10 s ahead of UTC.
    """
    lower = head[:, 1:25] | np.uint8(0x20)
    letter = (lower >= ord("a")) & (lower <= ord("f"))
    figure = (head[:, 1:25] >= ord("0")) & (head[:, 1:25] <= ord("9"))
    good = (letter | figure).all(axis=1) & (head[:, 1] == ord("4"))
    nibble = np.where(letter, lower - (ord("a") - 10), head[:, 1:25] - ord("0")).astype(np.int64)
    seconds = np.zeros(len(head), dtype=np.int64)
    for index in range(1, 16):
        seconds = seconds * 16 + nibble[:, index]
    nanos = np.zeros(len(head), dtype=np.int64)
    for index in range(16, 24):
        nanos = nanos * 16 + nibble[:, index]
    good &= seconds < 1 << 40
    return (seconds - 10) * MICRO + nanos // 1000, good, np.ones(len(head), dtype=bool)
