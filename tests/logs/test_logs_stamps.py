"""Time stamps read by columns, against the standard library's reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.logs.stamps import BSD, LOCAL, NONE, Stamps
from analyzer.logs.stamps import UTC as ABSOLUTE

moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))
zones = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def stamps(*lines: str) -> list[tuple[int, int]]:
    text = "".join(f"{line}\n" for line in lines).encode()
    ends = [index + 1 for index, byte in enumerate(text) if byte == 10]
    wall, zone = Stamps().read(text, np.array([0, *ends], dtype=np.int32))
    return list(zip(wall.tolist(), zone.tolist(), strict=True))


def micros(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@settings(max_examples=60)
@given(st.lists(st.tuples(moments, zones), min_size=1, max_size=8))
def test_rfc_3339_with_zone(cases: list[tuple[datetime, timezone]]) -> None:
    aware = [moment.replace(tzinfo=zone) for moment, zone in cases]
    lines = [f"{moment.isoformat(timespec='microseconds')} host x" for moment in aware]
    assert stamps(*lines) == [(micros(moment), ABSOLUTE) for moment in aware]


@settings(max_examples=60)
@given(moments)
def test_iso_without_zone_and_zulu(moment: datetime) -> None:
    text = moment.isoformat(timespec="seconds")
    expected = micros(moment.replace(microsecond=0, tzinfo=UTC))
    assert stamps(f"{text.replace('T', ' ')} id text", f"{text}Z host", f"<22>1 {text}Z host") == [
        (expected, LOCAL),
        (expected, ABSOLUTE),
        (expected, ABSOLUTE),
    ]


@settings(max_examples=60)
@given(moments)
def test_bsd(moment: datetime) -> None:
    text = f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S}"
    days = (moment.month - 1) * 31 + moment.day - 1
    seconds = days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second
    expected = (seconds * 1_000_000, BSD)
    assert stamps(f"{text} host", f"<22>{text} host", text) == [expected] * 3


def test_exim_zone_and_fraction() -> None:
    assert stamps("2026-11-21 10:00:00.250 +0100 id") == [
        (micros(datetime(2026, 11, 21, 9, 0, 0, 250_000, tzinfo=UTC)), ABSOLUTE)
    ]


def test_tai64n() -> None:
    seconds = 2**62 + 1_795_255_207 + 10
    assert stamps(f"@{seconds:016x}{500_000_000:08x} new msg 1") == [(1_795_255_207_500_000, ABSOLUTE)]


@settings(max_examples=100)
@given(st.text(max_size=60).filter(lambda text: "\n" not in text))
def test_other_text_is_no_stamp_and_no_error(text: str) -> None:
    (found,) = stamps(text)
    assert found == (0, NONE) or text[:1] in "<@J FMASOND0123456789"


def test_the_year_turns_forth_and_back() -> None:
    year = 372 * 86_400 * 1_000_000
    found = stamps(
        "Dec 31 23:59:59 h",
        "Jan  1 00:00:00 h",
        "Dec 31 23:59:59 h",
        "Jan  1 00:00:01 h",
        "Feb 29 00:00:00 h",
    )
    assert [wall // year for wall, _ in found] == [0, 1, 0, 1, 1]
