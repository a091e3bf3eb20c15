"""Dates as mail servers write them: RFC 5322 3.3 and 4.3, asctime, ISO 8601, Go, AM/PM, dd/mm/yyyy.

One pattern reads the dates that follow the standard; anything else is taken apart word by word around
its time of day, because the pieces come in any order and any of them may be missing.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from analyzer.trace.zones import read_zone

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv ene januar januari janvier january enero gen янв sty",
            "feb fev february februar februari fevrier febrero fév févr février фев lut",
            "mar mär mrz march märz mars marzo maart maa mrt мар",
            "apr abr avr april abril avril апр kwi",
            "may mai mei maj maio mayo mag май мая",
            "jun june juni juin junio giu июн cze",
            "jul july juil juli juillet julio lug июл lip",
            "aug ago aou août aoû august agosto augustus авг sie",
            "sep sept set september septembre septiembre сен wrz",
            "oct okt out october oktober octobre octubre ott окт paź",
            "nov november novembre noviembre ноя lis",
            "dec dez dic déc december dezember decembre diciembre décembre дек gru",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = frozenset(
    [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "lun",
        "mar",
        "mer",
        "jeu",
        "ven",
        "sam",
        "dim",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tues",
        "thur",
        "thurs",
        "wednes",
    ]
)
_STANDARD = re.compile(
    r"\s*(?:([A-Za-z]{3})\s*,\s*)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{1,2}):(\d\d)(?::(\d\d))?"
    r"\s+([+-])(\d\d)([0-5]\d)(?![\d:])"
)
_TIME = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2}|\d(?=:\d))(?:: ?(\d{1,2})(?:[.,](\d{1,9}))?)?(?![:\d])")
# With AM or PM the month comes first, as Americans write.
_AMERICAN = re.compile(r"\d{1,2}/\d{1,2}/")
_DATE_WORD = re.compile(
    r"(?P<iso>\d{4}([-/.])\d{1,2}\2\d{1,2})(?=T|\b)"
    r"|(?P<slash>\d{1,2}([-/.])\d{1,2}\4(?:\d{4}|\d\d))\b"
    r"|(?P<packed>(?:19|20)\d{6})\b"
    r"|(?P<dash>\d{1,2}-[A-Za-z]{3}-(?:\d{4}|\d\d))\b"
    r"|(?P<number>\d{1,4})(?:st|nd|rd|th)?(?!\d)"
    r"|(?P<word>[^\W\d_]+)"
)
_AFTER = re.compile(
    r"\s*(?:(?P<half>[AaPp])\.?\s?[Mm]\.?(?![\w])|(?P<year>\d{4})(?![\d.:/-])|(?P<go>m=[+-][\d.]+))"
)
_WINDOW = 64
_MAX_TIMES = 50


class Stamp(NamedTuple):
    """A date as read: the instant in UTC, its UTC offset as stated, where it stood, and remarks.

    `utc_offset` is None where no zone was stated or it could not be believed: the time is then taken
    as UTC and a note says so. `-00:00` means UTC with unknown local time (RFC 5322 3.3).
    """

    timestamp: datetime
    utc_offset: str | None
    start: int
    end: int
    notes: tuple[str, ...] = ()


def read_date(text: str, start: int = 0, *, comment_zone: str | None = None) -> Stamp | None:
    """The first date in `text` from `start` on, None where there is none.

    `comment_zone` is the zone that stands in a comment after it, used where the date itself has none.
    """
    match = _STANDARD.match(text, start)
    if match:
        stamp = _standard(match, start)
        if stamp:
            return stamp
    for time in islice(_TIME.finditer(text, start), _MAX_TIMES):
        stamp = _around(text, start, time, comment_zone)
        if stamp:
            return stamp
    return None


def _standard(match: re.Match[str], start: int) -> Stamp | None:
    weekday, day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    number = _MONTHS.get(month.lower())
    offset = int(zone_hours) * 60 + int(zone_minutes)
    if number is None or int(year) < 1900 or offset > 14 * 60:
        return None
    local = _moment(int(year), number, int(day), int(hour), int(minute), int(second or 0))
    if local is None:
        return None
    try:
        stamp = local - timedelta(minutes=-offset if sign == "-" else offset)
    except OverflowError:
        return None
    return Stamp(
        stamp, f"{sign}{zone_hours}:{zone_minutes}", start, match.end(), _weekday_note(weekday, local)
    )


def _around(text: str, start: int, time: re.Match[str], comment_zone: str | None) -> Stamp | None:
    """The date whose time of day is `time`: its day, month and year before it, the zone after it."""
    begin, year, month, day, weekday = _before(text, max(start, time.start() - _WINDOW), time.start())
    end = time.end()
    half = go = None
    offset: int | None = None
    stated: str | None = None
    numeric = False
    notes: list[str] = []
    while True:
        after = _AFTER.match(text, end)
        if after and after["half"] and not half:
            half = after["half"].lower()
        elif after and after["year"] and year is None:
            year = int(after["year"])
        elif after and after["go"] and not go:
            go = after["go"]
        else:
            zone = read_zone(text, end)
            if zone is None or (zone.minutes is None and offset is not None):
                break
            if zone.minutes is None:
                notes.append(f"impossible UTC offset {zone.text}; taken as UTC")
                offset = 0
            elif offset is None or (zone.numeric and not numeric):
                # A numeric offset beats a name beside it.
                offset, stated, numeric = zone.minutes, zone.text, zone.numeric
            end = zone.end
            continue
        end = after.end()
    if day is None or month is None or year is None:
        return None
    zone = read_zone(comment_zone, 0) if offset is None and comment_zone else None
    if zone and zone.minutes is not None:
        offset, stated = zone.minutes, zone.text
    hour = int(time[1])
    if half and day <= 12 and _AMERICAN.match(text, begin):
        day, month = month, day
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    local = _moment(_year(year, notes), month, day, hour, int(time[2]), int(time[3] or 0))
    if local is None:
        return None
    if time[4]:
        local = local.replace(microsecond=int(time[4][:6].ljust(6, "0")))
    if offset is None:
        notes.append("no time zone stated; taken as UTC")
    try:
        stamp = local - timedelta(minutes=offset or 0)
    except OverflowError:
        return None
    notes.extend(_weekday_note(weekday, local))
    return Stamp(stamp, stated, begin, end, tuple(notes))


def _before(text: str, start: int, end: int) -> tuple[int, int | None, int | None, int | None, str | None]:
    """What of a date stands in text[start:end], read backwards from its end until something else comes."""
    year = month = day = None
    weekday: str | None = None
    begin = end
    position = end
    for word in reversed(list(_DATE_WORD.finditer(text, start, end))):
        between = text[word.end() : position]
        if between.strip(" \t,.-/T") or (between.strip(" \t") and begin == end and between.strip() == "-"):
            break
        value = word[0]
        if word["iso"] and month is None:
            year, month, day = (int(part) for part in re.split(r"[-/.]", value))
        elif word["packed"] and month is None:
            year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
        elif word["slash"] and month is None:
            day, month, year = (int(part) for part in re.split(r"[-/.]", value))
            if month > 12:
                day, month = month, day
        elif word["dash"] and month is None:
            first, name, last = value.split("-")
            if name.lower() not in _MONTHS:
                break
            day, month, year = int(first), _MONTHS[name.lower()], int(last)
        elif word["number"] and _plain(text, word):
            number = int(word["number"])
            if (
                year is None
                and day is None
                and month is None
                and len(word["number"]) >= 2
                and (len(word["number"]) > 2 or _month_before(text, start, word.start()))
            ):
                year = number
            elif day is None and 1 <= number <= 31:
                day = number
            else:
                break
        elif word["word"]:
            lower = value.lower()
            if month is None and lower in _MONTHS:
                month = _MONTHS[lower]
            elif weekday is None and lower in _WEEKDAYS and day is not None and month is not None:
                weekday = value
            elif lower in ("at", "t") and begin == end:
                pass
            else:
                break
        else:
            break
        begin = position = word.start()
        if weekday:
            break
    return begin, year, month, day, weekday


def _plain(text: str, word: re.Match[str]) -> bool:
    """Whether a number stands alone and is no part of an id, a version or an address."""
    return text[word.start() - 1 : word.start()] in ("", " ", "\t", ",", ";") or word.start() == 0


_MONTH_DAY = re.compile(r"([^\W\d_]{3,9})\.?,?\s+\d{1,3},?\s+$|(?:\d{1,3}\s+|[-])([^\W\d_]{3,9})\.?,?\s+$")


def _month_before(text: str, start: int, end: int) -> bool:
    """Whether a month with a day stands before text[end], so that the number there is a year."""
    match = _MONTH_DAY.search(text, max(start, end - 24), end)
    return bool(match) and (match[1] or match[2] or "").lower() in _MONTHS  # type: ignore[index]


def _year(year: int, notes: list[str]) -> int:
    """Two and three digits as RFC 5322 4.3 says."""
    if year >= 1000:
        return year
    full = year + (2000 if year < 50 else 1900)
    if year >= 100:
        notes.append(f"year written as {year}")
    return full


def _moment(year: int, month: int, day: int, *clock: int) -> datetime | None:
    hour, minute, second = clock
    try:
        if clock == (24, 0, 0):  # ISO 8601: midnight at the end of the day
            return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
        # A leap second has no place in a datetime.
        return datetime(year, month, day, hour, minute, 59 if second == 60 else second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday_note(weekday: str | None, local: datetime) -> tuple[str, ...]:
    if not weekday or weekday[:3].lower() not in _DAYS:
        return ()
    stated = _DAYS.index(weekday[:3].lower())
    midnight = (local.hour, local.minute, local.second) == (0, 0, 0)  # may have been written as 24:00
    right = stated == local.weekday() or (midnight and (stated + 1) % 7 == local.weekday())
    return () if right else (f"the date was no {weekday}",)
