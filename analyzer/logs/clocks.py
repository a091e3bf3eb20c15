"""The year and the zone of stamps that lack them, told by the queue ids and message-ids in the log itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import NamedTuple

import duckdb
import pyarrow as pa

from analyzer.logs.lines import Lines
from analyzer.logs.stamps import BSD, DAY, LOCAL, MICRO

_FOREVER = 1 << 62
_BUCKET = 3600 * MICRO
_YEAR = 372 * DAY * MICRO
"""A year in the calendar of BSD stamps (stamps.py)."""

# How far the clock is ahead of UTC, by each line whose id carries a time; zones lie a quarter of an hour
# apart, and where the rest is more than two minutes the id is older than its line.
_ANCHORS = f"""
    SELECT source, zone, wall // {_BUCKET} AS bucket, year - wall // {_YEAR} AS year, ahead, count(*) AS lines
    FROM (
        SELECT *, CAST(round(apart / 900e6) AS BIGINT) * 900000000 AS ahead
        FROM (
            SELECT
                source_of(place) AS source, zone, wall, year,
                CASE WHEN zone = {BSD}
                    THEN epoch_us(make_date(CAST(year AS INTEGER), CAST(wall // {31 * DAY * MICRO} % 12 + 1 AS INTEGER), 1))
                        + wall % {31 * DAY * MICRO}
                    ELSE wall END - epoch_us(utc) AS apart
            FROM (
                -- At the turn of the year the clock may show another year than UTC.
                SELECT *, unnest(CASE WHEN zone = {BSD} THEN [year(utc) - 1, year(utc), year(utc) + 1] ELSE [NULL] END) AS year
                FROM events
                WHERE utc IS NOT NULL AND zone IN ({BSD}, {LOCAL})
            )
        )
    )
    WHERE abs(ahead) <= {14 * 3600 * MICRO} AND abs(apart - ahead) <= {120 * MICRO}
    GROUP BY ALL
    ORDER BY ALL
"""  # noqa: E501, S608

_SPANS = """
    SELECT
        source_of(place), arg_min(zone, place), arg_min(wall, place),
        arg_min(wall, place) FILTER (zone = 0), max(wall) FILTER (zone = 0)
    FROM events
    GROUP BY source_of(place)
"""


class _Span(NamedTuple):
    """The first stamp of a source, and the first and last of those without a year."""

    zone: int
    first: int
    first_bsd: int | None
    last_bsd: int | None


class Clocks:
    """For each source the year in which it begins and, piece by piece, how far its clock is ahead of UTC.

    Most lines with an id that carries a time agree; the majority of each hour decides (a foreign
    message-id may be local). A source without any takes the clock of the nearest source that has some, and
    the year that brings it nearest to that one. Where no source has any, the zone is taken to be UTC and the
    year to be the one in which the last stamp lies just before the file's last change, else before now.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, lines: Lines) -> None:
        self._inputs = lines.inputs
        self._turns = [stamps.turns for stamps in lines.stamps]
        years: dict[int, Counter[int]] = defaultdict(Counter)
        offsets: dict[tuple[int, int], dict[int, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
        for source, zone, bucket, year, ahead, count in connection.execute(_ANCHORS).fetchall():
            offsets[source, zone][bucket][ahead] += count
            if year is not None:
                years[source][year] += count
        self._spans = {row[0]: _Span(*row[1:]) for row in connection.execute(_SPANS).fetchall()}
        self._steps = {key: _steps(buckets) for key, buckets in offsets.items()}
        self._years = {source: counts.most_common(1)[0][0] for source, counts in years.items()}
        known = dict(self._years)
        for source in range(len(self._turns)):
            if source not in known:
                self._years[source] = self._guess(source, known)
        self.ranks = self._rank()

    def _guess(self, source: int, known: dict[int, int]) -> int:
        """The first year of a log without any dated id."""
        span = self._spans.get(source)
        first = span.first_bsd if span and span.first_bsd is not None else 0
        if known:
            near = min(known, key=lambda other: abs(other - source))
            year, other = known[near], self._spans[near].first_bsd or 0
            return min((year - 1, year, year + 1), key=lambda y: abs((y - year) * _YEAR + first - other))
        changed = getattr(self._inputs[source], "mtime", None)
        end = datetime.fromtimestamp(changed, UTC) if changed else datetime.now(UTC)
        last = (span.last_bsd or 0) % _YEAR if span else 0
        limit = ((end.month - 1) * 31 + end.day + 1) * DAY * MICRO
        return end.year - (last > limit) - self._turns[source]

    def _rank(self) -> list[int]:
        """The place in time of each source, by its first stamp."""
        firsts = []
        for source in range(len(self._turns)):
            span = self._spans.get(source)
            first = 0
            if span and span.zone == BSD:
                days, rest = divmod(span.first, DAY * MICRO)
                month = datetime(self._years[source] + days // 372, days // 31 % 12 + 1, 1, tzinfo=UTC)
                first = (int(month.timestamp()) + days % 31 * DAY) * MICRO + rest
            elif span:
                first = span.first
            firsts.append((first, source))
        order = sorted(firsts)
        return [order.index(first) for first in firsts]

    def _steps_of(self, source: int, zone: int) -> list[tuple[int, int]]:
        """Own steps, else the first of the nearest source's."""
        if (source, zone) in self._steps:
            return self._steps[source, zone]
        if not self._steps:
            return [(-_FOREVER, 0)]
        near = min(self._steps, key=lambda key: (abs(key[0] - source), key[1] != zone))
        return [(-_FOREVER, self._steps[near][0][1])]

    def table(self) -> pa.Table:
        """source, zone, since, until (of `wall`), year, ahead (microseconds ahead of UTC)."""
        rows = []
        for source, year in self._years.items():
            for zone in (BSD, LOCAL):
                steps = self._steps_of(source, zone)
                ends = [since for since, _ in steps[1:]] + [_FOREVER]
                rows += [
                    (source, zone, since, until, year, ahead)
                    for (since, ahead), until in zip(steps, ends, strict=True)
                ]
        names = ("source", "zone", "since", "until", "year", "ahead")
        columns = list(zip(*rows, strict=True)) or [()] * len(names)
        return pa.table(
            {name: pa.array(column, pa.int64()) for name, column in zip(names, columns, strict=True)}
        )


def _steps(buckets: dict[int, Counter[int]]) -> list[tuple[int, int]]:
    """(since, ahead) wherever the majority changes (daylight saving)."""
    steps: list[tuple[int, int]] = []
    for bucket in sorted(buckets):
        ahead = buckets[bucket].most_common(1)[0][0]
        if not steps or steps[-1][1] != ahead:
            steps.append((bucket * _BUCKET if steps else -_FOREVER, ahead))
    return steps
