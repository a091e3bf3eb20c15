"""Chains of servers by construction: who held the message, whose clock is off, and no false alarms."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trace import trace
from analyzer.trace.delays import duration

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def host(number):
    return f"h{number}.d{number}.example"


def chain(delays, skews=None, *, date=True, undated=()):
    """A message through hosts h0 … hn: `delays[i]` seconds pass at h<i>, whose clock is `skews[i]` ahead."""
    skews = skews or {}
    now, fields = START, []
    for number in range(len(delays) + 1):
        stamp = (now + timedelta(seconds=skews.get(number, 0))).astimezone(
            timezone(timedelta(hours=number - 2))
        )
        when = "" if number in undated else f"; {format_datetime(stamp)}"
        fields.append(
            f"Received: from {host(number - 1)} ({host(number - 1)} [192.0.2.{number}])\n"
            f"\tby {host(number)} (Postfix) with ESMTP id 4F{number}{when}\n"
        )
        now += timedelta(seconds=delays[number] if number < len(delays) else 0)
    head = f"Date: {format_datetime(START)}\n" if date else ""
    return ("".join(reversed(fields)) + head + "Subject: x\n\n").encode()


def findings(raw, finding="clock-skew"):
    return [found for found in trace(raw).findings if found.id == finding]


def test_delays_and_total():
    got = trace(chain([1, 45, 0]))
    assert [hop.delay_seconds for hop in got.hops] == [None, 1, 45, 0]
    assert got.total_seconds == 46


def test_undated_hop_is_crossed():
    got = trace(chain([1, 45, 5], undated={1}))
    assert [hop.delay_seconds for hop in got.hops] == [None, None, 46, 5]
    assert got.hops[1].timestamp is None
    assert "delay across 1 hop without a time" in got.hops[2].notes


def test_negative_delay_stays_negative():
    got = trace(chain([0, 0], {1: -7380}))
    assert [hop.delay_seconds for hop in got.hops] == [None, -7380, 7380]
    assert got.total_seconds == 0


@pytest.mark.parametrize("ahead", [-86400, -7380, -660, -90, 90, 660, 2820, 7380])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_clock_out_of_line_with_both_neighbours_is_named(ahead, at):
    (found,) = findings(chain([1, 0, 2, 1], {at: ahead}))
    word = "ahead" if ahead > 0 else "behind"
    assert found.title.startswith(f"The clock of h{at}.d{at}.example is about ")
    assert found.title.endswith(word)
    assert findings(chain([1, 0, 2, 1], {at: ahead}), "slow-hop") == []


def test_first_clock_ahead_is_named_by_majority():
    (found,) = findings(chain([0, 1, 0], {0: 2820}))
    assert found.title == "The clock of h0.d0.example is about 47 min ahead"


def test_first_clock_behind_is_told_from_a_delay_by_the_date():
    (found,) = findings(chain([0, 1, 0], {0: -7380}))
    assert found.title == "The clock of h0.d0.example is about 2 h 3 min behind"
    # Without the Date field nothing tells it from a server that held the message.
    assert findings(chain([0, 1, 0], {0: -7380}, date=False)) == []


def test_two_clocks_without_a_third_cannot_be_attributed():
    (found,) = findings(chain([0], {0: 2820}, date=False))
    assert found.title == "The clocks of h0.d0.example and h1.d1.example differ by at least 47 min"
    assert "can't be attributed" in found.detail


@pytest.mark.parametrize("delays", [[0, -1, 1], [1, -2, -1], [-3, 0, 2], [0, -5, 0]])
def test_rounding_is_no_skew(delays):
    assert findings(chain(delays)) == []


@pytest.mark.parametrize(
    ("seconds", "severity"), [(45, "note"), (900, "warning"), (10800, "problem"), (93600, "problem")]
)
def test_the_host_that_held_the_message_is_named(seconds, severity):
    (found,) = findings(chain([1, seconds, 0]), "slow-hop")
    assert found.title == f"h1.d1.example held the message for {duration(seconds)}"
    assert found.severity == severity
    assert "4F1" in (found.advice or "")


def test_a_delay_behind_a_wrong_clock_is_still_seen():
    raw = chain([0, 0, 1800], {1: -7380})
    assert len(findings(raw)) == 1
    (slow,) = findings(raw, "slow-hop")
    assert "h2.d2.example held the message for 30 min" in slow.title


def test_greylisting_is_named_as_the_cause_where_the_header_says_so():
    raw = b"X-Greylist: delayed 905 seconds by postgrey-1.37 at h2.d2.example; x\n" + chain([1, 910, 0])
    (slow,) = findings(raw, "slow-hop")
    assert "h2.d2.example greylisted it" in slow.detail
    other = b"X-Greylist: delayed 20 seconds by postgrey-1.37 at h2.d2.example; x\n" + chain([1, 910, 0])
    (slow,) = findings(other, "slow-hop")
    assert "does not say why" in slow.detail


def test_time_before_the_first_server_is_the_senders():
    raw = chain([0, 0]).replace(b"Date: Sun, 01 Mar 2026 12:00:00", b"Date: Sun, 01 Mar 2026 10:00:00")
    (found,) = findings(raw, "late-submission")
    assert "2 h" in found.title
    raw = chain([0, 0]).replace(b"Date: Sun, 01 Mar 2026 12:00:00", b"Date: Sun, 01 Mar 2026 14:00:00")
    (found,) = findings(raw, "date-ahead")
    assert "2 h" in found.title


def test_microsofts_own_measure_is_told():
    raw = b"X-MS-Exchange-Transport-EndToEndLatency: 00:07:30.1234567\n" + chain([0])
    (found,) = findings(raw, "receiver-latency")
    assert "7 min 30 s" in found.title


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([-2, -1, 0, 1, 2, 20, 45, 300, 5400, 93600]), min_size=1, max_size=6),
    st.booleans(),
)
def test_right_clocks_are_never_called_wrong(delays, date):
    assert findings(chain(delays, date=date)) == []


@settings(max_examples=80, deadline=None)
@given(
    st.data(), st.integers(2, 6), st.sampled_from([-86400, -7380, -660, 90, 660, 2820, 86400]), st.booleans()
)
def test_a_clock_that_is_called_wrong_is(data, hosts, ahead, date):
    at = data.draw(st.integers(0, hosts - 1))
    raw = chain([0] * (hosts - 1), {at: ahead}, date=date)
    backwards = any((hop.delay_seconds or 0) < -5 for hop in trace(raw).hops)
    found = findings(raw)
    assert len(found) == 1 or not backwards
    assert all(f"h{at}.d{at}.example" in one.title for one in found)


def test_a_server_that_says_why_it_held_the_message_is_believed():
    raw = chain([1, 7200]).replace(b"with ESMTP id 4F2", b"with ESMTP id 4F2 state quarantine")
    (slow,) = findings(raw, "slow-hop")
    assert "Likely cause: it was held in quarantine." in slow.detail


def test_hops_with_a_wrong_clock_carry_a_note():
    hops = trace(chain([0, 0], {1: -7380})).hops
    said = [[note for note in hop.notes if note.startswith("clock")] for hop in hops]
    assert said == [[], ["clock about 2 h 3 min behind"], []]


@pytest.mark.parametrize(("ahead", "zone"), [(-3600, True), (5400, True), (7380, False), (2820, False)])
def test_whole_hours_point_to_a_time_zone(ahead, zone):
    (found,) = findings(chain([1, 0, 2], {1: ahead}))
    assert ("time zone" in found.detail) is zone
