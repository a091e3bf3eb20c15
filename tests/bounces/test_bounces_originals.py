"""The message that a report returns: what of its header links the report to what was sent."""

import jsonschema
import pytest

from analyzer.bounces import original_of, read
from analyzer.model.schema import schema

REPORT = """Return-Path: <>
From: MAILER-DAEMON@mx.example.net
To: {path}
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

<eva@example.net> (expanded from <team@example.net>): unknown user
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; eva@example.net
Action: failed
Status: 5.1.1
--b
Content-Type: {kind}

Return-Path: <{path}>
Received: from app.example.org (app.example.org [192.0.2.7]) by mx.example.net
    with ESMTP id 17 for <all@example.com>; Mon, 16 Nov 2026 10:00:00 +0000
Delivered-To: group@example.com
From: =?utf-8?Q?Zo=C3=AB?= <letters@example.org>
To: All <all@example.com>
Subject: =?utf-8?B?R3LDvMOfZQ==?=
Date: Mon, 16 Nov 2026 10:59:00 +0100
Message-ID: <17.4@example.org>
List-Id: Letters <letters.example.org>
Feedback-ID: 17:winter:example
X-SES-Outgoing: 2026.11.16-192.0.2.7
X-Mailgun-Sid: WyIxNyJd
X-Campaign-ID: winter
X-Spam-Score: 1

Hello.
--b--
"""


def report(path="letters@example.org", kind="message/rfc822"):
    return REPORT.format(path=path, kind=kind).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers", "message/global-headers"])
def test_what_the_header_says(kind):
    found = original_of(report(kind=kind)).to_dict()
    jsonschema.validate(found, schema("original"))
    assert found == {
        "source": "",
        "position": 1,
        "message_id": "17.4@example.org",
        "from": "Zoë <letters@example.org>",
        "to": "All <all@example.com>",
        "subject": "Grüße",
        "date": "2026-11-16T09:59:00Z",
        "list_id": "Letters <letters.example.org>",
        "feedback_id": "17:winter:example",
        "return_path": "letters@example.org",
        "verp": None,
        "srs": None,
        "sender_ids": {
            "x-ses-outgoing": "2026.11.16-192.0.2.7",
            "x-mailgun-sid": "WyIxNyJd",
            "x-campaign-id": "winter",
        },
        "also_expanded_from": ["all@example.com", "group@example.com", "team@example.net"],
    }


@pytest.mark.parametrize(
    ("path", "verp", "srs"),
    [
        ("bounce-17-eva=example.net@example.org", "eva@example.net", None),
        ("SRS0=HHH=TT=example.com=ida@example.org", None, "ida@example.com"),
        ("prvs=0123456789=ida@example.com", None, "ida@example.com"),
    ],
)
def test_paths_that_carry_another_address(path, verp, srs):
    found = original_of(report(path))
    assert (found.return_path, found.verp, found.srs) == (path, verp, srs)


def test_only_a_report_returns_an_original_and_only_where_it_is_asked_for():
    raw = report()
    assert read(raw, source="box", position=3).originals == []
    (found,) = read(raw, source="box", position=3, originals=True).originals
    assert (found.source, found.position) == ("box", 3)
    assert original_of(raw.partition(b"Content-Type: message/rfc822")[0]) is None
    assert original_of(b"From: ida@example.com\nSubject: hi\n\nFrom: me\nTo: you\nSubject: x\n") is None


def test_each_enclosed_report_has_its_own():
    inner = report().replace(b"boundary=b", b"boundary=i").replace(b"--b", b"--i")
    part = b"\n--o\nContent-Type: message/rfc822\n\n" + inner
    other = part.replace(b"17.4@", b"18.4@")
    head = b"From: ida@example.com\nSubject: two\nContent-Type: multipart/mixed; boundary=o\n"
    found = read(head + part + other + b"\n--o--\n", originals=True).originals
    assert [one.message_id for one in found] == ["17.4@example.org", "18.4@example.org"]
