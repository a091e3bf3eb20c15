"""Text, numbers, durations and masks as reports show them."""

import itertools
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reporting import charts, text
from analyzer.reporting.domains import registrable
from analyzer.reporting.environment import macros
from analyzer.store import Store


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "—"),
        (0, "0 s"),
        (1.5, "1.5 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (-115, "−1 min 55 s"),
        (90_061, "1 d 1 h"),
        (86_400 * 400, "400 d"),
        (-0.5, "−0.5 s"),
        (3_605, "1 h 5 s"),
        (9.99, "10.0 s"),
    ],
)
def test_durations(seconds, shown):
    assert text.duration(seconds).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 0, "—"),
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 3, "33.3 %"),
        (1, 100_000, "< 0.1 %"),
        (99_999, 100_000, "> 99.9 %"),
    ],
)
def test_shares_never_round_something_to_nothing_or_all(part, whole, shown):
    assert text.percent(part, whole).replace("\xa0", " ") == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("a\x00b\x1b[31m", "a⟨U+0000⟩b⟨U+001B⟩[31m"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\udcff", "⟨U+DCFF⟩"),
        ("x\U000e0041", "x⟨U+E0041⟩"),
        ("Zo\u0308e", "Zo\u0308e"),
        ("e" + "\u0301" * 500, "e" + "\u0301" * 4),
        ("Grüße, 日本語, שלום", "Grüße, 日本語, שלום"),
        ("a\rb", "a⟨U+000D⟩b"),
    ],
)
def test_what_would_be_hidden_is_shown(raw, shown):
    assert text.visible(raw) == shown


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=200))
def test_shown_text_can_be_written_and_turns_nothing_around(raw):
    shown = text.visible(raw)
    shown.encode("utf-8")
    assert not set(shown) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\x00\x1b")
    assert text.visible(shown) == shown


def test_a_huge_text_is_cut_and_says_so():
    assert len(text.visible("x" * 1_000_000)) < 20_100
    assert text.clip("abcdef", 3) == "abc… (3 more characters)"
    assert text.clip(None, 3) == ""
    assert text.middle("mx-01.very-long-name.example.net", 16).endswith("e.net")
    assert len(text.middle("mx-01.very-long-name.example.net", 16)) == 16


def test_a_host_name_breaks_after_dots_and_stays_text():
    assert str(text.breakable("a<b>.example")) == "a&lt;b&gt;.<wbr>example"
    assert str(text.breakable("x@a.example")) == "x<wbr>@a.<wbr>example"
    for odd in ("..a@@b. c", "@", "", " x ", "W" * 50, "a@b@c..", "\n.\n@"):
        assert str(text.breakable(odd)).replace("<wbr>", "") == odd
    assert str(text.breakable("W" * 50)).count("<wbr>") == 4


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("mx1.mail.example.co.uk", "example.co.uk"),
        ("example.com", "example.com"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("co.uk", "co.uk"),
    ],
)
def test_registrable_domains(host, domain):
    assert registrable(host) == domain


@pytest.mark.parametrize(
    ("reply", "template"),
    [
        ("550 5.1.1 <eva@example.net>: unknown", "550 5.1.1 {address}: unknown"),
        ("to=eva@example.net rejected", "to={address} rejected"),
        ("421 4.7.0 mx.example.net [2001:db8::25] busy", "421 4.7.0 {host} {ip} busy"),
        ("554 host[192.0.2.44] refused", "554 host{ip} refused"),
        (
            "452 4.3.1 try in 300 seconds, 45 of 1200 used",
            "452 4.3.1 try in {number} seconds, {number} of {number} used",
        ),
        (
            "550 5.7.1 [TSS04] see https://help.example.com/a?code=12345 x",
            "550 5.7.1 [TSS04] see https://help.example.com/a?code=12345 x",
        ),
        ("451 4.7.1 Greylisted (id 7F3A99B0C1D2E3)", "451 4.7.1 Greylisted (id {id})"),
        (
            "554 delivery error: dd This user doesn't have an account",
            "554 delivery error: dd This user doesn't have an account",
        ),
        ("550 5.7.26 unauthenticated", "550 5.7.26 unauthenticated"),
        ("450 4.1.1 e.g. no", "450 4.1.1 e.g. no"),
        ("", ""),
    ],
)
def test_masks(reply, template):
    with Store() as store:
        store.execute(macros())
        row = store.query("SELECT template($reply) AS it", {"reply": reply}).to_pylist()
    assert row == [{"it": template}]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**9))
def test_an_axis_reaches_the_most_in_few_equal_whole_steps(most):
    scale = charts.ticks(most)
    steps = {later - earlier for earlier, later in itertools.pairwise(scale)}
    assert scale[0] == 0
    assert scale[-1] >= most
    assert len(steps) == 1
    assert 2 <= len(scale) <= 7


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["Technical", "Content", "Reputation"]), st.integers(1, 10**6)),
        min_size=1,
        max_size=60,
    )
)
def test_bars_stay_inside_the_drawing_and_in_proportion(days):
    import re

    buckets = [datetime(2026, 1, 1, day % 24, day // 24) for day in range(len(days))]
    svg = charts.stacked_days("x", buckets, dict(zip(buckets, days, strict=True)), "day")
    found = re.findall(r'<rect x="([\d.]+)%" width="([\d.]+)%" y="(-?[\d.]+)" height="([\d.]+)"', svg)
    assert len(found) == sum(map(len, days))
    for x, width, y, height in (map(float, part) for part in found):
        assert 0 <= x <= 93
        assert x + width <= 93.1
        assert y >= 13.8
        assert y + height <= 204.2
