"""Mails about many recipients, and hostile ones: time grows with their size, nobody is lost silently."""

import gc
import time

import pytest

from analyzer.bounces import read
from analyzer.bounces.dialects import shapes

HEAD = (
    "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.org\nTo: news@example.org\n"
    "Subject: Mail delivery failed\nDate: Fri, 20 Nov 2026 10:02:10 +0100\n"
)
INTRODUCTION = "Your message could not be delivered to the following recipients:\n\n"
SESSION = "\n   ----- Transcript of session follows -----\n... while talking to mx.d1.example.:\n>>> DATA\n"
FATAL = "   ----- The following addresses had permanent fatal errors -----\n"


def each(line, before=INTRODUCTION, behind=""):
    def make(size):
        return (
            HEAD + "\n" + before + "".join(line(f"u{n}@d{n // 2}.example", n) for n in range(size)) + behind
        )

    return make


def groups(group, words="Sorry.\n"):
    head = HEAD + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n" + words

    def make(size):
        fields = "".join(group(f"u{n}@d{n // 2}.example", n) for n in range(size))
        status = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        return f"{head}\n--b\n{status}{fields}\n--b--\n"

    return make


def named_in_header(size):
    names = [f"u{n}@example.net" for n in range(size)]
    fields = "".join(f"X-Failed-Recipients: {name}\n" for name in names)
    return HEAD + fields + "\nfailed:\n" + "\n".join(names) + "\n"


FAILED = "Action: failed\nStatus: 5.1.1\n"
LONG = {
    "alone": each(lambda one, _: f"{one}\n"),
    "alone, a reply behind": each(lambda one, _: f"<{one}>\n", behind="\n550 5.1.1 User unknown\n"),
    "one reply above": each(lambda one, _: f"  {one}\n", before="550 5.1.1 User unknown:\n"),
    "the same words beside": each(lambda one, _: f"{one}: 550 5.1.1 user unknown at example.org\n"),
    "words of their own beside": each(lambda one, n: f"{one} - zwg frb {n}\n"),
    "words of their own below": each(lambda one, n: f"{one}\n    no such user {n}\n\n"),
    "labels": each(lambda one, n: f"Recipient: {one}\nReason: mailbox {n} is full\n\n"),
    "sentences": each(lambda one, n: f"The mail to {one} was not delivered: over quota {n}\n\n"),
    "two lists": lambda size: (
        each(lambda one, _: f"{one}\n", behind="\nThe reasons were:\n\n")(size)
        + each(lambda one, n: f"<{one}>:\n  no {n} here\n\n", "")(size).partition("\n\n")[2]
    ),
    "replies that name them": lambda size: (
        each(lambda one, _: f"<{one}>\n", behind="\n")(size)
        + each(lambda one, _: f"550 5.1.1 <{one}> unknown\n", "")(size).partition("\n\n")[2]
    ),
    "Sendmail, few replies": each(
        lambda one, _: f"<{one}>\n", FATAL, f"{SESSION}<<< 550 no\n<<< 551 nobody\n"
    ),
    "fields": groups(
        lambda one, n: f"Final-Recipient: rfc822; {one}\n{FAILED}Diagnostic-Code: smtp; 550 {n}\n\n"
    ),
    "fields without a reason": groups(lambda one, _: f"Final-Recipient: rfc822; {one}\n{FAILED}\n"),
    "fields that name a neighbour": groups(
        lambda one, n: (
            f"Final-Recipient: rfc822; {one}\n{FAILED}Diagnostic-Code: smtp; 550 u{n + 1}@d{n // 2}.example\n"
            "\n"
        )
    ),
    "fields of the header": named_in_header,
}
HOSTILE = {
    "heads": each(lambda one, _: "<a@b>:\n"),
    "arrows": each(lambda one, n: f"<<< 550 no {n}\n", behind="<eva@example.net>: no\n"),
    "one line": each(lambda one, _: f"{one}, "),
    "boundaries": lambda size: (
        HEAD
        + "Content-Type: multipart/mixed; boundary=b0\n\n"
        + "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(size))
    ),
    "messages in messages": lambda size: HEAD + "Content-Type: message/rfc822\n\nSubject: x\n" * size,
}


def seconds(raw):
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        reading = read(raw)
        return time.process_time() - start, reading
    finally:
        gc.enable()


def ratio(small, large):
    """How many times as long the large mail takes; small ones count as a twentieth of a second."""
    return seconds(large)[0] / max(seconds(small)[0], 0.05)


@pytest.mark.parametrize("name", [*LONG, *HOSTILE])
def test_time_grows_with_the_size(name):
    make = (LONG | HOSTILE)[name]
    read(make(10).encode())  # what is compiled at first use is
    few, many = make(1500).encode(), make(6000).encode()
    times = (ratio(few, many) for _ in range(3))  # a busy machine may disturb one of them
    assert any(each < 10 for each in times), "four times as much takes sixteen times as long where quadratic"
    if name in LONG:
        reading = read(many)
        assert len(reading.attempts) == 6000
        assert not reading.problems


def test_recipients_behind_what_is_read_of_a_line_are_told():
    names = ", ".join(f"eva{n}@example.net" for n in range(400))
    reading = read(f"{HEAD}\nCould not be delivered to {names}: 550 5.1.1 User unknown\n".encode())
    assert reading.attempts
    assert {one.recipient for one in reading.attempts} <= set(names.split(", "))
    assert [problem.id for problem in reading.problems] == ["too-long"]


def test_recipients_behind_the_lines_that_are_read_are_told():
    more = "and more\n" * shapes.MAX_LINES
    reading = read(
        f"{HEAD}\n{INTRODUCTION}<eva@example.net>: no such user\n\n{more}<otto@example.net>: no\n".encode()
    )
    assert [one.recipient for one in reading.attempts] == ["eva@example.net"]
    assert [problem.id for problem in reading.problems] == ["too-long"]


def test_a_long_line_without_recipients_at_its_end_is_no_problem():
    words = "for reasons that nobody knows " * 200
    reading = read(f"{HEAD}\n<eva@example.net>: 550 5.1.1 User unknown {words}\n".encode())
    assert [one.recipient for one in reading.attempts] == ["eva@example.net"]
    assert not reading.problems
