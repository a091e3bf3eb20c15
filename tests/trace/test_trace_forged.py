"""Signs of an invented hop are told of claimed hops only, and real fields show none."""

from datetime import UTC, datetime

import pytest

from analyzer.trace import trace
from analyzer.trace.queue_ids import exim_time, made_at
from analyzer.trace.received import read_received

TOP = "Received: from out.a.example (out.a.example [192.0.2.9]) by mx.b.example (Postfix) with ESMTPS id 4;"
HEAD = f"{TOP} Mon, 1 Jan 2024 10:00:09 +0000\n"
MONDAY = "; Mon, 1 Jan 2024 10:00:00 +0000"


def signs(body):
    raw = f"{HEAD}Received: {body}\nFrom: x@a.example\n\n".encode()
    return [found for found in trace(raw).findings if found.id == "forged-hop-signs"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("from x by a.example with esmtp (Exim 4.97) id 1mABCD-0001yZ-0x" + MONDAY, "was made on 2021-"),
        ("from x by a.example (Postfix) with ESMTP id 4KJLfH04C0z1vP3J" + MONDAY, "was made on 2022-"),
        (
            "from x by mx.google.com with ESMTP id x1si23.45.2019.01.01.02.00.00" + MONDAY,
            "made on 2019-01-01",
        ),
        ("from x by vps.a.example with ESMTP id x17so2204417wrb.11" + MONDAY, "the form that Gmail gives"),
        ("from x by a.example with ESMTP; Fri, 1 Jan 2024 10:00:00 +0000", "the date was no Fri"),
        ("from x by a.example with ESMTP; Mon, 1 Jan 2024 10:00:00 +0800 (CET)", "+0800 is not CET"),
        ("from x ([245.1.2.3]) by a.example with ESMTP" + MONDAY, "245.1.2.3"),
        ("from x ([192.0.2.300]) by a.example with ESMTP" + MONDAY, "192.0.2.300 is no IP address"),
    ],
)
def test_a_field_that_speaks_against_itself(body, words):
    (found,) = signs(body)
    assert found.severity == "note"
    assert words in found.detail
    assert "no proof" in found.detail
    assert found.title == "Signs that hop 1 may be invented"


@pytest.mark.parametrize(
    "body",
    [
        "from other.c.example ([192.0.2.1]) by joins.nothing.example with ESMTP id 7" + MONDAY,
        "from x by mail-wr1-f1.google.com with SMTP id x17so2204417wrb.11" + MONDAY,
        "by 2002:a05:6808:1::1 with SMTP id ab12csp345oix" + MONDAY,
        "from x by mx.google.com with ESMTP id x1s2.4.2024.01.01.02.00.00; 1 Jan 2024 02:00:01 -0800 (PST)",
        "from x by a.example with ESMTP; Mon, 1 Jan 2024 18:00:00 +0800 (PST)",
    ],
)
def test_what_real_servers_write_is_no_sign(body):
    assert signs(body) == []


def test_a_believed_hop_is_not_suspected():
    raw = b"Received: from x ([192.0.2.1]) by mx.b.example with esmtp (Exim 4.97) id 1mABCD-0001yZ-0x"
    findings = trace(raw + MONDAY.encode() + b"\n\n").findings
    assert "forged-hop-signs" not in {found.id for found in findings}


def test_times_in_ids():
    assert exim_time("1w0xCo-0007Tb-2c") == datetime(2026, 3, 13, 7, 45, 10, tzinfo=UTC)
    hop = read_received(
        "by a.example (Postfix) with ESMTP id 4fTqXr5Lx1z1cVd; Mon, 9 Mar 2026 08:14:04 +0000"
    )
    assert made_at(hop) == hop.timestamp
    assert exim_time("0A1B2C3D4E") is None
    assert (
        made_at(read_received("by a.example with ESMTP id x.2024.13.45.10.00.00; 1 Jan 2024 10:00:00 +0000"))
        is None
    )
