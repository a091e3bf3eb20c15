"""`trace`: everything that a header tells, as one Trace."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import Trace
from analyzer.trace.dates import read_date
from analyzer.trace.header import read_header
from analyzer.trace.received import read_received
from analyzer.trace.timing import set_delays


def trace(
    raw: bytes, *, source: str | None = None, position: int | None = None, trust: Sequence[str] = ()
) -> Trace:
    """Everything that the header at the start of `raw` tells."""
    header = read_header(raw)
    bodies = [field.value for field in header.fields if field.key == "received"]
    hops = [read_received(body, index) for index, body in enumerate(reversed(bodies))]
    total = set_delays(hops)
    dates = [field.value for field in header.fields if field.key == "date"]
    stamp = read_date(dates[0]) if dates else None
    return Trace(
        source=source, position=position, date=stamp.timestamp if stamp else None, hops=hops, total_seconds=total, problems=header.problems
    )
