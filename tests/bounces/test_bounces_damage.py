"""Reports made at random and damaged at random: every recipient is found with its own cause, nobody else."""

import base64
import quopri

from hypothesis import given
from hypothesis import strategies as st

from analyzer.bounces import read

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+_-", min_size=1, max_size=12).filter(
    lambda name: name[0].isalnum() and name[-1].isalnum() and ".." not in name
)
REASONS = st.sampled_from(
    [
        ("550", "5.1.1", "No such user"),
        ("552", "5.2.2", "Mailbox full"),
        ("554", "5.7.1", "Message looks like spam"),
        ("450", "4.2.1", "Try again later"),
        ("550", "5.7.26", "Unauthenticated mail is not accepted; see https://example.net/help"),
    ]
)
FIELDS = ("Final-Recipient", "Action", "Status", "Diagnostic-Code")


@st.composite
def reports(draw):
    """Recipients with their reasons, and the report in bytes."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    recipients = [(f"{name}@example.net", draw(REASONS)) for name in names]
    order = draw(st.permutations(FIELDS))
    case = draw(st.sampled_from([str, str.lower, str.upper]))
    kind = draw(st.sampled_from(["rfc822; {}", "rfc822;{}", "RFC822; <{}>", "{}"]))
    blank = draw(st.sampled_from(["\n", "\n\n", "\n \n", ""]))
    groups = []
    for address, (code, enhanced, text) in recipients:
        values = {
            "Final-Recipient": kind.format(address),
            "Action": "failed",
            "Status": enhanced,
            "Diagnostic-Code": f"smtp; {code} {enhanced} {text}".replace(
                " ", draw(st.sampled_from([" ", "\n  "])), 2
            ),
        }
        groups.append("".join(f"{case(name)}: {values[name]}\n" for name in order))
    message = "Reporting-MTA: dns; mx.example.org\n"
    status = message + blank + blank.join(groups)
    return recipients, wrapped(status, draw)


def wrapped(status, draw):
    encoding = draw(st.sampled_from(["7bit", "base64", "quoted-printable"]))
    raw = status.encode()
    if encoding == "base64":
        raw = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw)
    label = draw(
        st.sampled_from(
            ["message/delivery-status", "Message/Delivery-Status", "message/global-delivery-status"]
        )
    )
    boundary = draw(st.sampled_from(["b", "=_b/1.2", "----=_Part_1", "0000000000ca2d"]))
    outer = draw(st.sampled_from(["multipart/report; report-type=delivery-status", "multipart/mixed"]))
    mail = (
        b"From: MAILER-DAEMON@mx.example.org\nTo: news@example.org\nSubject: Undelivered\n"
        + f'Content-Type: {outer}; boundary="{boundary}"\n\n--{boundary}\n\nSorry.\n\n--{boundary}\n'.encode()
        + f"Content-Type: {label}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        + raw
        + f"\n--{boundary}--\n".encode()
    )
    return mail.replace(b"\n", draw(st.sampled_from([b"\n", b"\r\n", b"\r"])))


@given(reports())
def test_every_recipient_with_its_own_cause_and_nobody_else(made):
    recipients, raw = made
    reading = read(raw)
    assert not reading.problems
    assert [
        (one.recipient, str(one.reply_code), one.enhanced_code, one.diagnostic) for one in reading.attempts
    ] == [
        (address, code, enhanced, f"{code} {enhanced} {text}")
        for address, (code, enhanced, text) in recipients
    ]


@given(reports(), st.floats(0, 1))
def test_a_cut_invents_nobody(made, share):
    recipients, raw = made
    for attempt in read(raw[: int(len(raw) * share)]).attempts:
        assert attempt.recipient is None or attempt.recipient in {address for address, _ in recipients}


def test_who_is_lost_in_a_cut_report_is_taken_from_its_words():
    raw = (
        b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: news@example.org\nSubject: Undelivered\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n--b\n\n'
        b"This is the mail system at host mx.example.org.\n\n"
        b"<eva@example.net>: host mx.example.net[192.0.2.5] said: 550 5.1.1 No such\n"
        b"    user (in reply to RCPT TO command)\n\n"
        b"<otto@example.com>: host mx.example.com[192.0.2.6] said: 552 5.2.2 Mailbox\n"
        b"    is full (in reply to RCPT TO command)\n\n"
        b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        b"Final-Recipient: rfc822; eva@example.net\nAction: failed\nStatus: 5.1.1\n"
        b"Diagnostic-Code: smtp; 550 5.1.1 No such user\n\nFinal-Recipient: rfc822; ot"
    )
    reading = read(raw)
    assert [(one.format, one.recipient, one.diagnostic) for one in reading.attempts] == [
        ("dsn", "eva@example.net", "550 5.1.1 No such user"),
        ("dsn", "otto@example.com", "552 5.2.2 Mailbox is full"),
    ]
    assert [problem.id for problem in reading.problems] == ["truncated"]
