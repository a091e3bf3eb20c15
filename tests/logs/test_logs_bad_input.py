"""Input that is damaged, hostile or none at all: a problem with its place, all readable records kept."""

from __future__ import annotations

import io
from typing import BinaryIO

import pytest
from logs_helpers import Log, read

from analyzer import logs
from analyzer.model import Problem

GOOD = (
    b"Nov 21 10:00:07 mx1 postfix/smtp[1]: 9C4E12A0F1B: to=<%s@example.net>, "
    b"relay=mx.example.net[192.0.2.7]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, "
    b"status=bounced (host mx.example.net[192.0.2.7] said: %s)\n"
)


def line(name: bytes, reply: bytes = b"550 5.1.1 No such user (in reply to RCPT TO command)") -> bytes:
    return GOOD % (name, reply)


def test_latin_1_is_kept_as_stated_escapes_and_its_neighbours_too() -> None:
    rows, problems = read(line(b"a") + line(b"b", b"550 bo\xeete pleine") + line(b"\xe9va") + line(b"d"))
    assert [row["recipient"] for row in rows] == [
        "a@example.net",
        "b@example.net",
        "\\xe9va@example.net",
        "d@example.net",
    ]
    assert rows[1]["diagnostic"] == "550 bo\\xeete pleine"
    assert [row["position"] for row in rows] == [1, 2, 3, 4]
    assert problems == []


def test_nul_and_other_control_bytes() -> None:
    rows, problems = read(line(b"a", b"550 a\x00b\x0bc\x0cd\x1ce") + b"\x00\x00\x00\n" + line(b"b"))
    assert [row["position"] for row in rows] == [1, 3]
    assert rows[0]["diagnostic"] == "550 a\\x00b\x0bc\x0cd\x1ce"
    assert [(p.id, p.position) for p in problems] == [("line-not-read", 2)]


def test_only_line_feeds_end_lines() -> None:
    rows, _ = read(line(b"a", b"550 one\rtwo\x85three\xe2\x80\xa8four").replace(b"\n", b"\r\n") + line(b"b"))
    assert [row["position"] for row in rows] == [1, 2]
    assert rows[0]["diagnostic"].startswith("550 one\rtwo")


def test_a_line_of_50_mb_is_cut_and_told() -> None:
    rows, problems = read(line(b"a") + b"x" * (50 << 20) + b"\n" + line(b"b"))
    assert [row["position"] for row in rows] == [1, 3]
    assert {(p.id, p.position) for p in problems} == {("line-too-long", 2), ("line-not-read", 2)}


def test_a_long_reply_is_cut_but_its_outcome_is_kept() -> None:
    rows, problems = read(line(b"a", b"550 5.7.1 " + b"spam " * 100_000) + line(b"b"))
    assert [(row["position"], row["outcome"], row["reply_code"]) for row in rows] == [
        (1, "bounced", 550),
        (2, "bounced", 550),
    ]
    assert [(p.id, p.position) for p in problems] == [("line-too-long", 1)]


def test_a_log_that_ends_in_mid_line() -> None:
    rows, problems = read(line(b"a") + line(b"b")[:-30])
    assert [row["recipient"] for row in rows] == ["a@example.net", "b@example.net"]
    assert problems == []


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n\r\n"])
def test_nothing_gives_nothing(content: bytes) -> None:
    assert read(content) == ([], [])


def test_unread_lines_are_counted_not_listed() -> None:
    rows, problems = read(b"junk\n" * 5000 + line(b"a") + b"\n" + b"more\n")
    assert [row["position"] for row in rows] == [5001]
    assert [(p.id, p.position, p.source) for p in problems] == [("line-not-read", 1, "log1")]
    assert "5,001 of 5,003" in problems[0].message


def test_binary_is_no_log() -> None:
    assert logs.sniff(bytes(range(256)) * 16) is None
    rows, problems = read(bytes(range(256)) * 4096)
    assert rows == []
    assert [p.id for p in problems] == ["line-not-read"]


class Failing(Log):
    def open(self) -> BinaryIO:
        raise PermissionError(13, "Permission denied")


class Truncated(Log):
    def open(self) -> BinaryIO:
        class Stream(io.BytesIO):
            served = False

            def read(self, size: int | None = -1, /) -> bytes:
                if self.served:
                    raise EOFError("Compressed file ended before the end-of-stream marker was reached")
                self.served = True
                return super().read(size)

        return Stream(self.content)


def test_what_cannot_be_opened_is_told_and_the_rest_is_read() -> None:
    problems: list[Problem] = []
    inputs = [Failing("secret", b""), Truncated("cut.gz", line(b"a") + b"Nov 2"), Log("good", line(b"b"))]
    rows = [row for batch in logs.read(inputs, "postfix", problems=problems) for row in batch.to_pylist()]
    assert [(row["source"], row["recipient"]) for row in rows] == [
        ("cut.gz", "a@example.net"),
        ("good", "b@example.net"),
    ]
    assert [(p.id, p.source, p.position) for p in problems] == [
        ("not-readable", "secret", None),
        ("not-readable", "cut.gz", None),
        ("line-not-read", "cut.gz", 2),
    ]


def test_text_in_a_reply_is_not_taken_for_the_log_s_own_words() -> None:
    evil = (
        b"550 to=<x@example.com>, status=sent (250 ok) 9C4E12A0F1B: removed "
        b"host h[192.0.2.1] said: (in reply to DATA command) x"
    )
    rows, _ = read(line(b"a", evil))
    assert [(row["outcome"], row["recipient"], row["remote_ip"]) for row in rows] == [
        ("bounced", "a@example.net", "192.0.2.7")
    ]
    assert rows[0]["diagnostic"] == evil.decode()


def test_a_broken_journal_entry_is_told() -> None:
    entry = (
        b'{"__REALTIME_TIMESTAMP":"1795255207123456","_HOSTNAME":"mx1","SYSLOG_IDENTIFIER":"postfix/smtp",'
        b'"MESSAGE":"9C4E12A0F1B: to=<%s@example.net>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, '
        b'status=deferred (connect to mx.example.net[192.0.2.7]:25: Connection timed out)"}\n'
    )
    broken = b'{"MESSAGE":"no stamp"\n{"__REALTIME_TIMESTAMP":"99999999999999999999","MESSAGE":[300]}\n{}\n'
    rows, problems = read(entry % b"a" + broken + entry % b"b")
    assert [row["position"] for row in rows] == [1, 5]
    assert [(p.id, p.position) for p in problems] == [("line-not-read", 2)]


def test_qmail_outcomes_without_their_start_are_told() -> None:
    stamp = b"@400000006b0170220000000a"
    rows, problems = read(
        stamp
        + b" delivery 7: failure: Sorry,_no./\n"
        + stamp
        + b" starting delivery 7: msg 5 to remote a@example.net\n"
        b"" + stamp + b" delivery 7: failure: Sorry,_no_mailbox_here_by_that_name._(#5.1.1)/\n",
        kind="qmail",
    )
    assert [(row["recipient"], row["queue_id"], row["position"]) for row in rows] == [
        ("a@example.net", "5", 3)
    ]
    assert [(p.id, p.position, p.source) for p in problems] == [("delivery-not-read", 1, "log1")]


def test_delivery_lines_that_say_too_little_are_told() -> None:
    damaged = line(b"a").replace(b"to=<a@example.net>", b"to=<>")
    strange = line(b"b").replace(b"status=bounced", b"status=pending")
    rows, problems = read(damaged + line(b"c") + strange)
    assert [row["recipient"] for row in rows] == ["c@example.net"]
    assert [(p.id, p.position) for p in problems] == [("delivery-not-read", 1)]
    assert problems[0].message.startswith("2 ")
