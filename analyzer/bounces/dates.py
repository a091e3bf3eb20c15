"""Dates of RFC 5322, as aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_USUAL = re.compile(
    r"[A-Za-z]{3}, (\d\d?) ([A-Z][a-z]{2}) ((?:19|20)\d\d) (\d\d):(\d\d):(\d\d) "
    r"([+-])([01]\d)([0-5]\d)(?: \(\w+\))?"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def date(value: str | None) -> datetime | None:
    """The date that `value` states; None where it is none."""
    if not value:
        return None
    try:
        if usual := _USUAL.fullmatch(value):
            return _usual(usual)
        stamp = parsedate_to_datetime(value[:100].strip())
        return (stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _usual(match: re.Match[str]) -> datetime:
    """A date in the form that nearly all have, for which `email` takes many times as long."""
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    number = _MONTHS.index(month) + 1
    there = datetime(int(year), number, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return there - offset if sign == "+" else there + offset
