"""Addresses, fields, dates, stages and the words beside a machine-readable part, one by one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.bounces import address, delivery_status, narrative, original, read, stages
from analyzer.bounces.mail import Mail


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("rfc822; eva@example.net", "eva@example.net"),
        ("RFC822;<Eva.Berg@Example.NET>", "Eva.Berg@Example.NET"),
        ("eva@example.net", "eva@example.net"),
        ('rfc822; "eva berg"@example.net', '"eva berg"@example.net'),
        ("rfc822; eva@[192.0.2.1]", "eva@[192.0.2.1]"),
        ("rfc822; eva@example.net (Eva)", "eva@example.net"),
        ("utf-8; \\x{434}@example.net", "д@example.net"),
        ("X-LOCAL; root", "root"),
        ("LOCAL; <\\root>", "\\root"),
        ("rfc8", None),
        ("rfc822;", None),
        ("rfc822; undisclosed recipients", None),
        ("", None),
    ],
)
def test_typed_addresses(value, found):
    assert address.typed(value) == found


@pytest.mark.parametrize(
    ("value", "decoded"),
    [
        ("eva+2Bnews@example.net", "eva+news@example.net"),
        ("eva+3Dex@example.net", "eva=ex@example.net"),
        ("eva+40example.net", "eva@example.net"),
        ("eva+news@example.net", "eva+news@example.net"),
        ("eva+AB@example.net", "eva+AB@example.net"),
        ("eva+20@example.net", "eva+20@example.net"),
        ("eva+41@example.net", "eva+41@example.net"),
        ("eva@example.net", "eva@example.net"),
    ],
)
def test_xtext_is_undone_only_where_it_is_xtext(value, decoded):
    assert address.xtext(value) == decoded


@pytest.mark.parametrize(
    ("value", "inside"),
    [
        ("SRS0=a1b2=cd=example.com=otto@forwarder.example", "otto@example.com"),
        ("SRS0+a1b2=cd=example.com=otto=x@forwarder.example", "otto=x@example.com"),
        ("SRS1=h4=first.example==a1b2=cd=example.com=otto@second.example", "otto@example.com"),
        ("prvs=0123abcdef=otto@example.com", "otto@example.com"),
        ("prvs=otto/0123abcdef@example.com", "otto@example.com"),
        ("btv1==0123456789a==otto@example.com", "otto@example.com"),
        ("otto@example.com", None),
        ("otto", None),
    ],
)
def test_rewritten_senders(value, inside):
    assert address.rewritten(value) == inside


@pytest.mark.parametrize(
    ("value", "recipient"),
    [
        ("bounce-17-eva=example.net@lists.example.org", "eva@example.net"),
        ("bounces+4711-ab12-eva=example.net@em.example.org", "eva@example.net"),
        ("list-return-5-eva.berg=mail.example.net@lists.example.org", "eva.berg@mail.example.net"),
        ("eva@example.net", None),
        ("a=b@example.net", None),
        ("SRS0=a1b2=cd=example.com=otto@forwarder.example", None),
    ],
)
def test_variable_return_paths(value, recipient):
    assert address.verp(value) == recipient


@pytest.mark.parametrize(
    ("value", "name", "number"),
    [
        ("dns; MX.Example.NET.", "mx.example.net", None),
        (
            "dns;mx.example.net (192.0.2.7, the server for the domain example.net.)",
            "mx.example.net",
            "192.0.2.7",
        ),
        ("dns; [192.0.2.7]", None, "192.0.2.7"),
        ("DNS; 192.0.2.7", None, "192.0.2.7"),
        ("dns; mx.example.net. (2001:db8::7, the server)", "mx.example.net", "2001:db8::7"),
        ("smtp; mx.example.net ([192.0.2.7])", "mx.example.net", "192.0.2.7"),
        ("dns;localhost", "localhost", None),
        ("mx.example.net version 1.2.3.400", "mx.example.net", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_hosts(value, name, number):
    assert delivery_status.host(value) == name
    assert delivery_status.ip(value) == number


@pytest.mark.parametrize(
    ("value", "stamp"),
    [
        ("Mon, 16 Nov 2026 11:00:07 +0100", datetime(2026, 11, 16, 10, 0, 7, tzinfo=UTC)),
        ("16 Nov 2026 10:00:07 GMT (comment)", datetime(2026, 11, 16, 10, 0, 7, tzinfo=UTC)),
        ("Mon, 16 Nov 2026 10:00:07", datetime(2026, 11, 16, 10, 0, 7, tzinfo=UTC)),
        ("Mon, 99 Nov 2026 10:00:07 +0000", None),
        ("Mon, 16 Nov 2026 10:00:07 +9999999999", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(value, stamp):
    assert delivery_status.date(value) == stamp


@given(st.text(max_size=300))
def test_any_text_is_a_delivery_status_of_some_kind(text):
    report = delivery_status.parse(text)
    assert len(delivery_status.refusals(report)) == len(report.recipients)


POSTFIX = """This is the mail system at host mail.example.org.

<eva@example.net>: host mx.example.net[192.0.2.7] said: 550 no such user (in reply
    to RCPT TO command)

<otto@example.com>: unknown user: "otto"
"""
SENDMAIL = """   ----- The following addresses had permanent fatal errors -----
<eva@example.net>
    (reason: 550 No such user)

   ----- Transcript of session follows -----
... while talking to mx.example.net.:
>>> DATA
<<< 550 <eva@example.net> No such user
550 5.1.1 <eva@example.net>... User unknown
<<< 554 no valid recipients
"""
EXIM_PIPE = """The following address(es) failed:

  pipe to |/usr/local/bin/filter
    generated by eva@example.net
    local delivery failed

The following text was generated during the delivery attempt:

------ pipe to |/usr/local/bin/filter
       generated by eva@example.net ------

filter: message too large
"""


def test_the_words_of_one_recipient():
    assert narrative.of(POSTFIX, "eva@example.net") == (
        "host mx.example.net[192.0.2.7] said: 550 no such user (in reply to RCPT TO command)"
    )
    assert narrative.of(POSTFIX, "otto@example.com") == 'unknown user: "otto"'
    assert narrative.of(POSTFIX, "ida@example.com") is None


def test_a_list_of_recipients_is_no_reason():
    assert (
        narrative.of(
            "Failed:\n\n  eva@example.net\n  otto@example.com\n\nSorry for that.\n", "eva@example.net"
        )
        is None
    )
    assert narrative.of("Failed:\n\n  eva@example.net\n\nNo action is required.\n", "eva@example.net") is None


def test_a_reply_to_rcpt_that_came_pipelined_behind_data_is_rcpts():
    told = narrative.of(SENDMAIL, "eva@example.net")
    assert told.startswith("----- Transcript")
    assert narrative.stage(told, "data") == "rcpt"
    assert narrative.stage(told.replace("<<< 554 no valid recipients", ""), "data") == "data"


def test_what_a_program_printed_is_its_reason():
    assert narrative.of(EXIM_PIPE, "eva@example.net") == "local delivery failed: filter: message too large"


def test_a_host_alone_is_no_reason():
    text = "not yet delivered:\n\n  eva@example.net\n    host mx.example.net [192.0.2.7]\n\nNo action.\n"
    assert narrative.of(text, "eva@example.net") == "host mx.example.net [192.0.2.7]"
    assert narrative.reason(text, "eva@example.net") is None


@pytest.mark.parametrize(
    ("diagnostic", "empty"),
    [
        ("550", True),
        ("550 5.0.0", True),
        ("550 Failed", True),
        ("550 5.1.1 No such user", False),
        ("spam", False),
    ],
)
def test_bare_codes(diagnostic, empty):
    assert narrative.says_nothing(diagnostic) == empty


@pytest.mark.parametrize(
    ("diagnostic", "here", "stage"),
    [
        ("Host or domain name not found. Name service error for name=example.net type=MX", True, "dns"),
        ("connect to mx.example.net[192.0.2.7]:25: Connection timed out", True, "connect"),
        ("Connection refused", True, "connect"),
        ("Cannot start TLS: handshake failure", False, "starttls"),
        ("retry timeout exceeded", True, "queue"),
        ('unknown user: "eva"', True, "local"),
        ('unknown user: "eva"', False, None),
    ],
)
def test_stages_that_no_reply_names(diagnostic, here, stage):
    assert stages.stage_of(diagnostic, here=here) == stage


def test_the_returned_header_links_back():
    raw = b"""From: MAILER-DAEMON@mx.example.org
Content-Type: message/rfc822

Return-Path: <news@example.org>
Received: from relay.example.org by mx.example.org (Postfix) with ESMTP id 4ZQk201v
\tfor <eva@example.net>; Mon, 16 Nov 2026 10:00:00 +0000
Received: from app by relay.example.org with ESMTP id 9C4E12A0F1B
\tfor <staff@example.org>; Mon, 16 Nov 2026 09:59:58 +0000
Received: from ex by ex2.example.org with Microsoft SMTP Server id 15.20.7.1; Mon, 16 Nov 2026 09:59:57 +0000
Message-ID: <17.4@example.org>

body
"""
    found = original.Original(Mail(raw))
    assert found.message_id == "17.4@example.org"
    assert found.sender == "news@example.org"
    assert found.recipient == "staff@example.org"
    hosts = ("mx.example.org", "relay.example.org", "ex2.example.org", "other.example.org", None)
    assert [found.queue_id(host) for host in hosts] == ["4ZQk201v", "9C4E12A0F1B", None, None, None]


def test_the_null_sender_is_not_an_unknown_one():
    raw = (
        b"From: MAILER-DAEMON@mx.example.org\nContent-Type: message/rfc822\n\nReturn-Path: <>\nSubject: x\n\n"
    )
    assert original.Original(Mail(raw)).sender == ""
    assert original.Original(Mail(raw.replace(b"Return-Path: <>\n", b""))).sender is None


def test_ordinary_mail_gives_nothing():
    reading = read(
        b"From: a@example.org\nTo: b@example.net\nSubject: lunch\n\n550 5.1.1 <c@example.com>: unknown\n"
    )
    assert (reading.attempts, reading.problems) == ([], [])


@pytest.mark.parametrize("kind", ["abuse", "fraud", "not-spam", "auth-failure"])
def test_feedback_types_are_told_apart(kind):
    raw = (
        "From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        f"--b\nContent-Type: message/feedback-report\n\nVersion: 1\nFeedback-Type: {kind}\n\n"
        "Original-Rcpt-To: a@isp.example\nOriginal-Rcpt-To: b@isp.example\n\n--b--\n"
    )
    found = read(raw.encode()).attempts
    assert [(one.recipient, one.action, one.diagnostic) for one in found] == [
        ("a@isp.example", "complaint", kind),
        ("b@isp.example", "complaint", kind),
    ]
