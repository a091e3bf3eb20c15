"""What holds for any input: nothing raises, no hop is lost, and time is linear."""

import time
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trace import trace
from analyzer.trace.received import read_received
from analyzer.trace.tokens import tokens

WORDS = [
    "from",
    "by",
    "via",
    "with",
    "id",
    "for",
    ";",
    "(",
    ")",
    "((",
    "))",
    "[",
    "]",
    "<",
    ">",
    '"',
    "\\",
    ",",
    "[192.0.2.1]",
    "([192.0.2.1])",
    "(HELO",
    "x)",
    "(helo=x)",
    "a.example",
    "<u@b.example>",
    "ESMTPS",
    "(Exim",
    "4.97)",
    "(TLS1.3)",
    "tls",
    "10:00:00",
    "1",
    "Jan",
    "2024",
    "+0000",
    "Mon,",
    "(CET)",
    "2001:db8::1",
    "uid",
    "89",
    "(envelope-from",
    "<s@a.example>)",
    "(Authenticated",
    "sender:",
    "u)",
    "-9900",
    "☃",
    "=",
    ":",
    "@",
    "%",
]
bodies = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.text(st.characters(blacklist_characters="\r\n\0", blacklist_categories=("Cs",)), max_size=200),
)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_read(raw):
    assert trace(raw, source="x", position=1).source == "x"


@settings(max_examples=200, deadline=None)
@given(st.lists(bodies, max_size=8))
def test_each_received_field_is_one_hop(fields):
    raw = (
        "".join(f"Received: {body}\nX-Received: {body}\n" for body in fields).encode()
        + b"Subject: x\n\nReceived: no\n"
    )
    hops = trace(raw).hops
    assert [hop.index for hop in hops] == list(range(1, len(fields) + 1))
    assert [" ".join(hop.raw.split()) for hop in hops] == [
        " ".join(body.split()) for body in reversed(fields)
    ]


@settings(max_examples=200, deadline=None)
@given(bodies)
def test_tokens_cover_the_text_in_order(text):
    position = 0
    for token in tokens(text):
        assert text[position : token.start].strip() == ""
        assert token.end > token.start >= position
        position = token.end
    assert text[position:].strip() == ""


label = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
host = st.builds("{}.{}.example".format, label, label)
address = st.one_of(
    st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).filter(lambda ip: not ip.ipv4_mapped).map(str)
)
queue_id = st.from_regex(r"[A-F0-9]{6,12}", fullmatch=True)
stamp = st.datetimes(
    min_value=datetime(1990, 1, 1),
    max_value=datetime(2037, 1, 1),
)


def v6(ip):
    return f"IPv6:{ip}" if ":" in ip else ip


FORMS = {
    "postfix": lambda h, r, ip, b, i: (
        f"from {h} ({r} [{v6(ip)}]) by {b} (Postfix) with ESMTP id {i} for <u@{b}>"
    ),
    "exim": lambda h, r, ip, b, i: (
        f"from {r} ([{ip}] helo={h}) by {b} with esmtp (Exim 4.97) id {i} for u@{b}"
    ),
    "qmail": lambda h, r, ip, b, i: f"from {r} (HELO {h}) ({ip}) by {b} with ESMTP id {i} for <u@{b}>",
    "gmx": lambda h, r, ip, b, i: f"from {r} (EHLO {h}) [{ip}] by {b} with ESMTP id {i} for u@{b}",
    "any order": lambda h, r, ip, b, i: f"BY {b} FOR <u@{b}> ID <{i}> WITH ESMTP FROM {h} ({r} [{ip}])",
}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(FORMS)), host, host, address, host, queue_id, stamp, st.integers(-12 * 60, 14 * 60)
)
def test_a_field_made_from_the_grammar_is_read_back(form, helo, rdns, ip, by, identifier, local, minutes):
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
    body = FORMS[form](helo, rdns, ip, by, identifier)
    hop = read_received(
        f"{body}; {local:%d %b %Y %H:%M:%S} {offset}".replace(local.strftime("%Y"), f"{local.year:04}")
    )
    assert (hop.from_name, hop.from_host, hop.from_ip, hop.by) == (helo, rdns, ip, by)
    assert ((hop.with_ or "").upper(), hop.id, hop.for_, hop.unread) == ("ESMTP", identifier, f"u@{by}", None)
    assert hop.timestamp is not None
    assert (
        hop.timestamp.replace(tzinfo=None) - local.replace(microsecond=0)
    ).total_seconds() == -60 * minutes


HOP = (
    b"Received: from a.example (b.example [192.0.2.1]) by c%d.example (Postfix) with ESMTP id 4;"
    b" Mon, 1 Jan 2024 10:00:00 +0100\n"
)
HOSTILE = {
    "nested parentheses": b"Received: from a " + b"(" * 500_000 + b")" * 500_000 + b" by b\n",
    "open parentheses": b"Received: from a " + b"(" * 1_000_000 + b" by b\n",
    "200,000 words": b"Received: " + b"a " * 200_000 + b"\n",
    "keywords": b"Received: " + b"from by " * 60_000 + b"\n",
    "times": b"Received: from a by b; " + b"1:11 " * 60_000 + b"\n",
    "semicolons": b"Received: from a by b" + b"; 10:11" * 60_000 + b"\n",
    "escaped quotes": b"Received: from " + b'\\"' * 100_000 + b"\n",
    "100,000 folded lines": b"Received: from a\n" + b"\tx\n" * 100_000 + b" by b\n",
    "100,000 unfolded lines": b"Received: from a\n" + b"x y\n" * 100_000,
    "10,000 hops": b"".join(HOP % number for number in range(10_000)),
    "100,000 fields": b"X: a\n" * 100_000,
    "one line of 50 MB": b"x" * 50_000_000,
    "results": b"Authentication-Results: a; " + b"dkim=pass header.d=x; " * 10_000 + b"\n",
    "quote marks": b">" * 3_000_000,
    "divided results": (b"Authentication-Results: a.example; " + b"a . " * 16_000 + b"\n") * 30,
    "divided ARC results": b"".join(
        b"ARC-Authentication-Results: i=%d; a.example; " % number + b"dkim = " * 9_000 + b"\n"
        for number in range(1, 31)
    ),
    "signatures": b"DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=b; h=date; l=1; bh=x\n" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_takes_linear_time(name):
    before = time.process_time()
    got = trace(HOSTILE[name])
    assert time.process_time() - before < 4  # 0.1 to 0.7 s each; wide, for a busy machine
    assert len(got.hops) == HOSTILE[name].count(b"Received:")


def test_a_cap_that_bites_is_stated():
    (problem,) = trace(b"From: x\nAuthentication-Results: a; " + b"spf=pass; " * 4_000 + b"\n\n").problems
    assert (problem.id, problem.place) == ("results-too-long", "field 2 (Authentication-Results)")
