"""Dates of RFC 5322, as aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_USUAL = re.compile(
    r"(?:[A-Za-z]{3}, {1,2})?([0-9]{1,2}) ([A-Z][a-z]{2}) ((?:19|20)[0-9]{2}) "
    r"((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]) "
    r"([+-][01][0-9][0-5][0-9])(?: \(\w+\))?"
)
_MONTHS = {
    "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
    "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
}  # fmt: skip


def date(value: str | None) -> datetime | None:
    """The date that `value` states; None where it is none."""
    if not value:
        return None
    try:
        # The form that nearly all have, for which `email` takes ten times as long.
        if (usual := _USUAL.fullmatch(value)) and usual[2] in _MONTHS:
            day, month, year, time, zone = usual.groups()
            return datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day:0>2}T{time}{zone}").astimezone(UTC)
        stamp = parsedate_to_datetime(value[:100].strip())
        return (stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
