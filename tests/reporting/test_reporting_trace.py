"""The trace report says what the trace says: delays, skew, TLS, authentication, findings first."""

import re

import pytest
from reporting_html import parse
from reporting_samples import GENERATED, at, trace

from analyzer.model import Finding, Hop
from analyzer.reporting import render, render_trace
from analyzer.reporting.timeline import timeline
from analyzer.store import Store


@pytest.fixture(scope="module")
def tree():
    return parse(render_trace(trace(), generated_at=GENERATED))


def card(tree, name):
    return next(each.parent for each in tree.all("h4") if each.get("id") == f"m1-{name}")


def cells(table):
    return [[cell.text.replace("\xa0", " ") for cell in row.all("th", "td")] for row in table.all("tr")][1:]


def bars(hops):
    """Read each bar of a timeline: (x, width in per cent, row, class, fill)."""
    found = re.findall(
        r'<rect x="([\d.]+)%" width="([\d.]+)%" y="([\d.]+)" height="[\d.]+" class="([^"]*)"'
        r'(?: fill="([^"]*)")?',
        timeline("t", hops),
    )
    return [(float(x), float(width), int(float(y) // 46), css, fill) for x, width, y, css, fill in found]


def test_findings_come_first_in_their_order(tree):
    cards = [each.get("id") for each in tree.all("h4")]
    assert cards[:3] == ["m1-findings", "m1-hops", "m1-auth"]
    titles = [heading.text for heading in card(tree, "findings").all("h5")]
    assert [title.split()[1] for title in titles] == ["problem", "warning", "Public"]
    assert "held the message for 30 min 40 s" in titles[0]
    assert "Received: from out-relay-07" in card(tree, "findings").text


def test_the_hop_table_has_every_hop_and_its_delay(tree):
    table = next(card(tree, "hops").all("table"))
    assert [(row[0], row[1], row[3]) for row in cells(table)] == [
        ("1", "mail.shop.example", "start"),
        ("2", "out-relay-07.transit.example.org", "+4 s"),
        ("3", "filter.example.net", "+30 min 40 s"),
        ("4", "scan.example.net", "not known"),
        ("5", "mx.example.net", "−1 min 55 s skew"),
        ("6", "store.example.net", "+3 min 21 s skew"),
    ]
    assert [row[5] for row in cells(table)] == [
        "✓ TLSv1.3",
        "✓ TLSv1.2",
        "not stated",
        "not stated",
        "✓ yes",
        "not stated",
    ]
    assert [row[6] for row in cells(table)] == ["claimed"] * 2 + ["trusted"] * 4


def test_every_field_and_the_raw_text_of_each_hop_is_there(tree):
    text = card(tree, "hops").text
    for part in (
        "TLS_AES_256_GCM_SHA384",
        "192.0.2.10",
        "Not understood (some leftover)",
        "held for 30 minutes",
    ):
        assert part in text
    for hop in trace().hops:
        assert hop.raw in text


def test_authentication_with_what_each_method_looked_at(tree):
    table = next(card(tree, "auth").all("table"))
    assert "by mx.example.net, trusted" in next(table.all("caption")).text
    assert cells(table) == [
        ["spf", "✓ pass", "smtp.mailfrom bounces@shop.example"],
        ["dkim", "✕ fail", "header.d shop.example header.s s1 body hash did not verify"],
        ["dmarc", "✓ pass", "header.from shop.example"],
    ]


def test_filters_and_problems_are_told(tree):
    assert "Rspamd: not spam, score 1.2" in card(tree, "filters").text
    assert "mail.eml:1 field Received 2" in card(tree, "problems").text


def test_a_bar_ends_where_its_hop_wrote_and_begins_at_the_hop_before():
    hops = [
        Hop(index=1, timestamp=at(0)),
        Hop(index=2, timestamp=at(25), delay_seconds=25),
        Hop(index=3),
        Hop(index=4, timestamp=at(100), delay_seconds=75),
    ]
    assert bars(hops) == [(0, 25, 1, "part step", ""), (25, 75, 3, "part slow", "")]


def test_skew_runs_to_the_left_and_is_never_clamped():
    hops = [
        Hop(index=1, timestamp=at(0)),
        Hop(index=2, timestamp=at(-100), delay_seconds=-100),
        Hop(index=3, timestamp=at(0), delay_seconds=100),
    ]
    (back, forth) = bars(hops)
    assert back == (0, 100, 1, "part", "url(#p-skew)")
    assert forth == (0, 100, 2, "part", "url(#p-skew)"), "what makes up for skew is skew, nobody waited"
    text = timeline("t", hops)
    assert "◂ −1\xa0min 40\xa0s skew" in text
    assert "2 of the delays are skew" in text


def test_a_second_backwards_is_rounding_and_no_drama():
    hops = [Hop(index=1, timestamp=at(1)), Hop(index=2, timestamp=at(0), delay_seconds=-1)]
    ((_, width, _, _, fill),) = bars(hops)
    assert width == 10
    assert fill == ""
    assert "skew" not in timeline("t", hops)


@pytest.mark.parametrize(
    "hops",
    [
        [],
        [Hop(index=1)],
        [Hop(index=1, timestamp=at(0))],
        [Hop(index=n, timestamp=at(0), delay_seconds=0 if n else None) for n in range(3)],
        [Hop(index=n, timestamp=at(n), delay_seconds=1) for n in range(10_000)],
        [Hop(index=1, timestamp=at(0)), Hop(index=2, timestamp=at(10**9), delay_seconds=10**9)],
        [Hop(index=1, timestamp=at(0)), Hop(index=2, timestamp=at(5), delay_seconds=-(10**12))],
    ],
)
def test_odd_chains_draw_inside_the_frame(hops):
    for x, width, *_ in bars(hops):
        assert 0 <= x <= 100
        assert 0 < width <= 100
        assert x + width <= 100.6
    page = render_trace(trace(hops=hops))
    parse(page)
    assert len(page) < 400_000


def test_a_bare_trace_says_what_is_missing():
    bare = trace(
        subject=None,
        from_=None,
        to=None,
        date=None,
        message_id=None,
        return_path=None,
        source=None,
        hops=[],
        total_seconds=None,
        authentication=[],
        dkim_signatures=[],
        arc=[],
        spam_verdicts=[],
        findings=[],
        problems=[],
    )
    text = parse(render_trace(bare)).text
    assert "Message without a subject" in text
    assert "The header has no Received field" in text
    assert "No server wrote down authentication results." in text


def test_of_many_traces_those_with_problems_are_shown_in_full():
    with Store() as store:
        for number in range(30):
            store.add_trace(trace(subject=f"dull {number}", findings=[]))
        wrong = Finding(id="x", severity="problem", title="wrong", detail="d")
        store.add_trace(trace(subject="the bad one", findings=[wrong]))
        tree = parse(render(store))
    headings = [each.text for each in tree.all("h3") if each.get("class") == "subject"]
    assert len(headings) == 20
    assert headings[0] == "the bad one"
    overview = next(each.parent for each in tree.all("h3") if each.get("id") == "overview-heading")
    assert len(cells(next(overview.all("table")))) == 31
    assert "31 messages. The 20 with most to tell are shown in full" in tree.text


def test_a_trace_with_broken_text_still_renders():
    parse(render_trace(trace(subject="caf\udce9")))
