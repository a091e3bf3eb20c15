"""The year and the zone of stamps that lack them, told by the queue ids and message-ids in the log itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from analyzer.logs.lines import Lines
from analyzer.logs.stamps import BSD, DAY, LOCAL, MICRO

_FOREVER = 1 << 62
_BUCKET = 6 * 3600 * MICRO
_YEAR = 372 * DAY * MICRO
"""A year in the calendar of BSD stamps (stamps.py)."""

_ANCHORS = f"""
    SELECT source, zone, wall // {_BUCKET} AS bucket, year, ahead, count(*) AS lines
    FROM (
        SELECT
            place >> 40 AS source, zone, wall,
            CASE WHEN zone = {BSD} THEN year(utc) - wall // {_YEAR} END AS year,
            CAST(round((
                CASE WHEN zone = {BSD}
                    THEN wall % {_YEAR} - ((month(utc) - 1) * 31 + day(utc) - 1) * {DAY * MICRO}
                        - (epoch_us(utc) % {DAY * MICRO})
                    ELSE wall - epoch_us(utc) END
            ) / 900e6) AS BIGINT) * 900000000 AS ahead
        FROM events
        WHERE utc IS NOT NULL AND zone IN ({BSD}, {LOCAL})
    )
    WHERE abs(ahead) <= {14 * 3600 * MICRO}
    GROUP BY ALL
    ORDER BY ALL
"""


class Clocks:
    """For each source the year in which it begins and, piece by piece, how far its clock is ahead of UTC.

    Most lines with an id that carries a time agree; the majority of each six hours decides (a queue id may
    be older than the line, a foreign message-id may be local). Without any, the zone is taken to be UTC and
    the year is the one in which the last stamp is nearest before the file's last change, else before now.
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
        self._spans = dict(
            connection.execute(
                "SELECT place >> 40 AS source, struct_pack(a := arg_min(wall, place), za := arg_min(zone, place),"
                " z := max(wall) FILTER (zone = 0)) FROM events GROUP BY source"
            ).fetchall()
        )
        self._years = {
            source: years[source].most_common(1)[0][0] if years[source] else self._guess(source)
            for source in range(len(self._turns))
        }
        self._steps = {key: _steps(buckets) for key, buckets in offsets.items()}
        self.ranks = self._rank()

    def _guess(self, source: int) -> int:
        """The first year of a log without any dated id: its last stamp lies before its last change."""
        changed = getattr(self._inputs[source], "mtime", None)
        end = datetime.fromtimestamp(changed, UTC) if changed else datetime.now(UTC)
        span = self._spans.get(source)
        last = (span["z"] or 0) % _YEAR if span else 0
        limit = ((end.month - 1) * 31 + end.day + 1) * DAY * MICRO
        return end.year - (last > limit) - self._turns[source]

    def _rank(self) -> list[int]:
        """The place in time of each source, by its first stamp."""
        firsts = []
        for source in range(len(self._turns)):
            span = self._spans.get(source)
            if not span:
                firsts.append((0, source))
            elif span["za"] == BSD:
                year = self._years[source]
                days, rest = divmod(span["a"], DAY * MICRO)
                start = datetime(year + days // 372, days // 31 % 12 + 1, 1, tzinfo=UTC).timestamp()
                firsts.append((int((start + days % 31 * DAY) * MICRO) + rest, source))
            else:
                firsts.append((span["a"], source))
        order = sorted(firsts)
        return [order.index(first) for first in firsts]

    def table(self) -> pa.Table:
        """source, zone, since, until (of `wall`), year, ahead (microseconds that the clock is ahead of UTC)."""
        rows = []
        for source, year in self._years.items():
            for zone in (BSD, LOCAL):
                steps = self._steps.get((source, zone), [(-_FOREVER, 0)])
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
