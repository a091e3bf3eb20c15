"""SMTP sessions, returned originals, comparison and redaction: what `mxlens trace` adds to headers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.export.comparison_text import comparison_lines, comparison_markdown
from analyzer.export.redaction import redacted
from analyzer.pipeline.tracing import Tracer
from analyzer.sources import Message
from analyzer.trace.comparison import compare
from analyzer.trace.conversation import read_conversation

CORPUS = Path(__file__).parents[1] / "corpus/conversations"
EXPECTED = json.loads((CORPUS / "expected.json").read_text())


def traced(raw: bytes):
    return Tracer()(Message("m", 1, raw))


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_session_is_read_and_its_refusals_are_classified(name: str, end: bytes) -> None:
    want = EXPECTED[name]
    result = traced((CORPUS / name).read_bytes().replace(b"\n", end))
    conversation = result.conversation
    refused = [[each.stage, each.reply_code] for each in conversation.exchanges if each.refused]
    assert refused == want["refused"]
    assert conversation.recipients == want["recipients"]
    assert len(conversation.exchanges) == want["exchanges"]
    first = result.findings[0]
    if want["classification"]:
        assert first.id == "smtp-refused"
        assert f"This is {want['classification']} " in first.detail
    else:
        assert first.id == "smtp-accepted"
        assert "took the message" in first.detail


def test_a_refused_recipient_with_a_likely_typo_is_asked_back_about() -> None:
    mistyped = (CORPUS / "swaks.txt").read_bytes().replace(b"eva@b.example", b"eva@gmial.com")
    assert traced(mistyped).findings[0].advice == "suppress; did you mean eva@gmail.com?"


def test_passwords_are_not_repeated() -> None:
    conversation = read_conversation((CORPUS / "smtplib.txt").read_bytes())
    assert "AGV2YQBzZWNyZXQ" not in str(conversation)


def test_multi_line_reply_is_one_reply() -> None:
    conversation = read_conversation((CORPUS / "swaks.txt").read_bytes())
    (refused,) = [each for each in conversation.exchanges if each.refused]
    assert refused.reply.count("\n") == 1


@pytest.mark.parametrize("raw", [b"", b"Subject: 250 things\n\n220 of them\n", b"250 ok\n", b"DATA\n"])
def test_other_text_is_no_session(raw: bytes) -> None:
    assert read_conversation(raw) is None


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    read_conversation(raw)
    read_conversation(b"220 mx\nEHLO a\n250 ok\n" + raw)


HOP = (
    b"Received: from a.example ([192.0.2.1]) by mx.b.example with ESMTP id %s;"
    b" Mon, 1 Jan 2024 10:00:%s +0000\n"
)
FIRST = (
    HOP % (b"B", b"40") + HOP.replace(b"mx.b", b"mx.a") % (b"A", b"01") + b"From: Eva <eva@a.example>\n\nx\n"
)
SECOND = (
    HOP % (b"B", b"02") + HOP.replace(b"mx.b", b"mx.a") % (b"A", b"01") + b"From: Eva <eva@a.example>\n\nx\n"
)


def test_comparison_names_the_slow_host() -> None:
    comparison = compare(traced(FIRST), traced(SECOND))
    said = {each.what: (each.first, each.second) for each in comparison.differences}
    assert said["seconds until mx.b.example took it"] == ("39", "1")
    assert said["seconds in all"] == ("39", "1")
    assert any("mx.b.example" in line for line in comparison_lines(comparison))
    assert comparison_markdown(comparison)[1] == "|---|---|---|"


def test_equal_traces_have_no_difference() -> None:
    comparison = compare(traced(FIRST), traced(FIRST))
    assert comparison.differences == []
    assert "same way" in comparison_lines(comparison)[0]


def test_redaction_hides_people_and_keeps_the_way() -> None:
    raw = FIRST.replace(b"id B;", b"id B for <eva@a.example>;").replace(
        b"\n\nx", b"\nSubject: secret plan\n\nx"
    )
    plain, hidden = traced(raw), redacted(traced(raw))
    text = json.dumps(hidden.to_dict())
    assert "eva@" not in text
    assert "Eva" not in text
    assert "secret" not in text
    assert [hop.by for hop in hidden.hops] == [hop.by for hop in plain.hops]
    assert hidden.hops[1].for_ == hidden.from_.strip("<>"), "the same address gets the same name"


def test_a_report_shows_both_ways(root: Path) -> None:
    report = (
        b"""Return-Path: <>
Received: by mx.a.example (Postfix) id 1; Mon, 1 Jan 2024 10:00:09 +0000
From: MAILER-DAEMON@mx.a.example
Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.a.example

Final-Recipient: rfc822; eva@b.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

"""
        + FIRST.replace(b"\n\nx\n", b"\nMessage-ID: <orig@a.example>\n\nx\n")
        + b"\n--b--\n"
    )
    result = traced(report)
    assert len(result.hops) == 1
    assert result.original.message_id == "orig@a.example"
    assert [hop.by for hop in result.original.hops] == ["mx.a.example", "mx.b.example"]
    assert traced(FIRST).original is None
