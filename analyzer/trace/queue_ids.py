"""Queue ids that state when they were made."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from analyzer.model import Hop
from analyzer.trace.zones import read_zone

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
# An Exim message id begins with the seconds since 1970 (Exim specification 3.4), a Postfix long queue id too.
_EXIM_ID = re.compile(r"([0-9A-Za-z]{6})-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})$")
_POSTFIX_ID = re.compile(rf"([{_BASE52}]{{6}})[{_BASE52}]{{4}}z[{_BASE52}]+$")
# Gmail ends an id with its local time.
_GMAIL_ID = re.compile(r"\.(\d{4})\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)$")


def exim_time(identifier: str) -> datetime | None:
    """When an Exim message id was made, None where the text is none."""
    match = _EXIM_ID.match(identifier)
    return datetime.fromtimestamp(_number(match[1], _BASE62), UTC) if match else None


def made_at(hop: Hop) -> datetime | None:
    """When the id of a hop was made, by the clock of its server; None where it doesn't say."""
    if not hop.id:
        return None
    if time := exim_time(hop.id):
        return time
    if "(Postfix)" in hop.raw and (match := _POSTFIX_ID.match(hop.id)):
        return datetime.fromtimestamp(_number(match[1], _BASE52), UTC)
    match = _GMAIL_ID.search(hop.id)
    zone = read_zone(hop.utc_offset, 0) if match and hop.utc_offset else None
    if match is None or zone is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return local - timedelta(minutes=zone.minutes or 0)
    except (ValueError, OverflowError):
        return None


def _number(text: str, digits: str) -> int:
    value = 0
    for digit in text:
        value = value * len(digits) + digits.index(digit)
    return value
