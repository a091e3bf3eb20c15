from datetime import UTC, datetime

import pytest

from analyzer.trace.dates import read_date

DATES = [
    # RFC 5322
    ("Mon, 1 Jan 2024 10:00:00 +0100", "2024-01-01T09:00:00Z", "+01:00"),
    ("1 Jan 2024 10:00:00 -0000", "2024-01-01T10:00:00Z", "-00:00"),
    ("Mon, 1 Jan 2024 10:00 -0330", "2024-01-01T13:30:00Z", "-03:30"),
    ("Mon,1 Jan 2024 9:05:00 +0000", "2024-01-01T09:05:00Z", "+00:00"),
    ("Mon, 01 Jan 2024 10:00:00 +0100 CET", "2024-01-01T09:00:00Z", "+01:00"),
    # obsolete and named zones
    ("Mon, 01 Jan 2024 10:00:00 GMT", "2024-01-01T10:00:00Z", "+00:00"),
    ("Mon, 01 Jan 24 10:00:00 EST", "2024-01-01T15:00:00Z", "-05:00"),
    ("Tue, 31 Jul 01 23:02:18 PDT", "2001-08-01T06:02:18Z", "-07:00"),
    ("Mon, 23 Dec 96 00:07 MET", "1996-12-22T23:07:00Z", "+01:00"),
    ("Fri, 1 Jul 1994 00:07 MET DST", "1994-06-30T22:07:00Z", "+02:00"),
    ("Mon, 01 Jan 2024 10:00:00 MSK", "2024-01-01T07:00:00Z", "+03:00"),
    ("Mon, 01 Jan 2024 10:00:00 JST", "2024-01-01T01:00:00Z", "+09:00"),
    ("Mon, 01 Jan 2024 10:00:00 UT", "2024-01-01T10:00:00Z", "+00:00"),
    ("Mon, 1 Jul 2024 10:00:00 GMT Daylight Time", "2024-07-01T09:00:00Z", "+01:00"),
    ("Mon, 1 Jan 2024 10:00:00 W. Europe Standard Time", "2024-01-01T09:00:00Z", "+01:00"),
    # other offsets
    ("Mon, 02 Sep 2002 01:07:29 -08:00", "2002-09-02T09:07:29Z", "-08:00"),
    ("Wed, 27 Jun 2001 3:36:25 -400", "2001-06-27T07:36:25Z", "-04:00"),
    ("Thu, 05 Nov 1998 22:58:23 +000", "1998-11-05T22:58:23Z", "+00:00"),
    ("Mon, 01 Jan 2024 10:00:00 GMT+2", "2024-01-01T08:00:00Z", "+02:00"),
    ("Mon, 01 Jan 2024 10:00:00 GMT-0800", "2024-01-01T18:00:00Z", "-08:00"),
    # years of two, three and four odd digits (RFC 5322 4.3)
    ("17 Sep 0102 11:08:17 -0600", "2002-09-17T17:08:17Z", "-06:00"),
    ("17 Sep 99 11:08:17 -0600", "1999-09-17T17:08:17Z", "-06:00"),
    ("17 Sep 49 11:08:17 +0000", "2049-09-17T11:08:17Z", "+00:00"),
    ("Sun, 31 Dec 2023 24:00:00 +0000", "2024-01-01T00:00:00Z", "+00:00"),
    ("1/31/2024 1:2:3 PM -0500", "2024-01-31T18:02:03Z", "-05:00"),
    ("2/1/2024 10:00:00 AM +0000", "2024-02-01T10:00:00Z", "+00:00"),
    ("2/1/2024 10:00:00 +0000", "2024-01-02T10:00:00Z", "+00:00"),
    ("Mon, 1 янв 2024 10:00:00 +0300", "2024-01-01T07:00:00Z", "+03:00"),
    # asctime, ISO 8601, Go
    ("Fri Feb 07 10:18:12 2003 -0800", "2003-02-07T18:18:12Z", "-08:00"),
    ("Fri Nov  5 01:02:03 PST 1999", "1999-11-05T09:02:03Z", "-08:00"),
    ("2020-06-17T16:39:24Z", "2020-06-17T16:39:24Z", "+00:00"),
    ("2020-06-17 16:39:24+02:00", "2020-06-17T14:39:24Z", "+02:00"),
    (
        "2020-06-17 16:39:24.757045452 +0000 UTC m=+349867.49",
        "2020-06-17T16:39:24.757045Z",
        "+00:00",
    ),
    # fractions, AM and PM, commas, full names, ordinals
    ("Fri, 28 Jul 2023 19:32:25.608 +0000", "2023-07-28T19:32:25.608Z", "+00:00"),
    ("Jul, 17 2002 11:57:55 AM -0200", "2002-07-17T13:57:55Z", "-02:00"),
    ("Jul, 17 2002 12:57:55 AM -0200", "2002-07-17T02:57:55Z", "-02:00"),
    ("Jul, 17 2002 12:57:55 p.m. -0200", "2002-07-17T14:57:55Z", "-02:00"),
    ("Aug, 28 2002 15:43:47 -0700", "2002-08-28T22:43:47Z", "-07:00"),
    ("Monday, January 1st, 2024 10:00:00 +0000", "2024-01-01T10:00:00Z", "+00:00"),
    ("Mon, 1 Januar 2024 10:00:00 +0100", "2024-01-01T09:00:00Z", "+01:00"),
    # day and month in digits
    ("26/12/2016 05:32:04 -0000", "2016-12-26T05:32:04Z", "-00:00"),
    ("12/26/2016 05:32:04 +0000", "2016-12-26T05:32:04Z", "+00:00"),
    ("26.12.2016 05:32:04 +0100", "2016-12-26T04:32:04Z", "+01:00"),
    ("1-Jan-2024 10:00:00 +0100", "2024-01-01T09:00:00Z", "+01:00"),
    ("2024/01/02 10:00:00 +0100", "2024-01-02T09:00:00Z", "+01:00"),
    ("02-01-2024 10:00:00 GMT", "2024-01-02T10:00:00Z", "+00:00"),
    ("20240102 10:00:00 +0000", "2024-01-02T10:00:00Z", "+00:00"),
    # a number beats a name, and Windows has names of its own
    ("Tue, 2 Jan 2024 10:00:00 GMT +0100", "2024-01-02T09:00:00Z", "+01:00"),
    ("Tue, 2 Jan 2024 10:00:00 -0500 EST", "2024-01-02T15:00:00Z", "-05:00"),
    ("2 Jan 2024 1:02:03 -07", "2024-01-02T08:02:03Z", "-07:00"),
    ("Fri, 13 Dec 1996 15:01:48 Pacific Standard Time", "1996-12-13T23:01:48Z", "-08:00"),
    # a leap second
    ("Sat, 31 Dec 2016 23:59:60 +0000", "2016-12-31T23:59:59Z", "+00:00"),
]


@pytest.mark.parametrize(("text", "instant", "offset"), DATES)
def test_read(text, instant, offset):
    stamp = read_date(text)
    assert stamp is not None
    assert stamp.timestamp == datetime.fromisoformat(instant)
    assert stamp.timestamp.tzinfo is UTC
    assert stamp.utc_offset == offset


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Fri Nov 5 01:02:03 1999", "no time zone stated; taken as UTC"),
        ("Mon, 1 Jan 2024 10:00:00 -9900", "impossible UTC offset -9900; taken as UTC"),
        ("Tue, 1 Jan 2024 10:00:00 +0000", "the date was no Tue"),
        ("17 Sep 0102 11:08:17 -0600", "year written as 102"),
    ],
)
def test_doubts_are_noted(text, note):
    stamp = read_date(text)
    assert stamp is not None
    assert note in stamp.notes


def test_zone_of_a_comment_counts_where_the_date_has_none():
    stamp = read_date("Mon, 1 Jan 2024 10:00:00", comment_zone="PST")
    assert stamp is not None
    assert (stamp.timestamp.hour, stamp.utc_offset, stamp.notes) == (18, "-08:00", ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10:00:00",
        "Thu, 30 Feb 2023 10:00:00 +0000",
        "Mon, 1 Jan 2024 25:00:00 +0000",
        "2001:db8:10:20::1",
        "id 8.14.2/8.14.2",
        "Mon, 1 Jan 2024",
        "0 Jan 2024 10:00 +0000",
        "Mon, 1 Foo 2024 10:00:00 +0000",
    ],
)
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None
