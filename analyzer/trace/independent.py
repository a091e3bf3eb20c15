"""The clocks in a header that are no hop's: Date, signatures, Exchange's arrival time, Message-ID."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from analyzer.trace.clocks import Independent
from analyzer.trace.dates import read_date
from analyzer.trace.header import Field
from analyzer.trace.queue_ids import exim_time
from analyzer.trace.signatures import epoch

_SIGNED_AT = re.compile(r"(?:^|;)\s*t\s*=\s*(\d{1,12})\s*(?:;|$)")
_ARRIVAL = "x-ms-exchange-crosstenant-originalarrivaltime"
# Message-IDs that state their time beyond doubt: JavaMail (milliseconds), Mutt (UTC), Exim (its id).
_JAVAMAIL = re.compile(r"\.(1\d{12})\.JavaMail\.")
_MUTT = re.compile(r"<?(\d{14})\.G[A-Z]\d+@")
_EXIM = re.compile(r"<?E([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4})@")


def independent(first: Mapping[str, str], fields: Sequence[Field]) -> list[Independent]:
    """These clocks; `first` holds the first field of each name."""
    found: list[Independent] = []
    stamp = read_date(first["date"]) if first.get("date") else None
    if stamp and stamp.utc_offset:
        found.append(Independent("Date", first["date"], stamp.timestamp))
    arrival = first.get(_ARRIVAL)
    stamp = read_date(arrival, comment_zone="UTC") if arrival else None
    if arrival and stamp:
        found.append(Independent("X-MS-Exchange-CrossTenant-OriginalArrivalTime", arrival, stamp.timestamp))
    made = _made(first.get("message-id", "")[:998])
    if made:
        found.append(Independent("Message-ID", first["message-id"], made))
    for field in fields:
        if field.key in ("dkim-signature", "arc-seal"):
            text = _SIGNED_AT.search(field.value)
            time = epoch(text[1]) if text else None
            if text and time:
                found.append(Independent(f"{field.name} t=", f"t={text[1]}", time))
    return found


def _made(message_id: str) -> datetime | None:
    if match := _JAVAMAIL.search(message_id):
        return datetime.fromtimestamp(int(match[1]) / 1000, UTC)
    if match := _MUTT.match(message_id):
        try:
            return datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        except ValueError:
            return None
    match = _EXIM.match(message_id)
    return exim_time(match[1]) if match else None
