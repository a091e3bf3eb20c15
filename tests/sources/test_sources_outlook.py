"""Outlook .msg files become messages of RFC 5322 that bounces and trace read like any other."""

from __future__ import annotations

import builtins
import email
import io
import random
import struct
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from email.message import Message as Mail
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sources_msgfile import EMBEDDED, MAGIC, Storage, compound, message

from analyzer.bounces import read
from analyzer.model import Problem
from analyzer.sources import Message, walk
from analyzer.sources.outlook import read_msg
from analyzer.sources.outlook.message import MAX_DEPTH, convert
from analyzer.trace import trace

HEADER = (
    "Received: from mail.example.org (mail.example.org [192.0.2.7]) by mx.example.net with ESMTPS id 4711\r\n"
    " for <eva@example.net>; Sat, 21 Nov 2026 10:00:07 +0000\r\n"
    "From: Müller <mueller@example.org>\r\n"
    "To: eva@example.net\r\n"
    "Subject: Offer\r\n"
    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
    "Message-ID: <17.4@example.org>\r\n"
    "Content-Type: multipart/mixed;\r\n"
    '\tboundary="gone"\r\n'
    "Content-Transfer-Encoding: 7bit\r\n"
    "MIME-Version: 1.0\r\n"
    "X-Mailer: writes to you\r\n\r\n"
)
PLAIN = {0x001A: "IPM.Note", 0x007D: HEADER, 0x0037: "Offer", 0x1000: "Good morning,\r\nhere it is.\r\n"}
DAMAGE = {"truncated", "not-readable", "too-large", "unknown-format", "too-many"}


def converted(storage: Storage) -> Mail:
    raw, flaws = convert(compound(storage))
    assert raw is not None
    assert flaws == []
    return email.message_from_bytes(raw)


def report(*recipients: dict, kind: str = "NDR", header: bool = False, attachments=(), **more) -> bytes:
    properties = {
        0x001A: f"REPORT.IPM.Note.{kind}",
        0x0037: "Undeliverable: Offer",
        0x0C1A: "System Administrator",
        0x1001: "Your message did not reach some or all of the intended recipients.",
        0x6820: "ex1.example.com",
    }
    if header:
        properties[0x007D] = "From: <postmaster@example.com>\r\nSubject: Undeliverable: Offer\r\n"
    properties |= {int(tag, 16): value for tag, value in more.items()}
    return compound(message(properties, list(recipients), list(attachments)))


def told(raw: bytes) -> list[tuple]:
    mail, flaws = convert(raw)
    assert mail is not None
    assert flaws == []
    reading = read(mail)
    assert reading.problems == []
    return [(one.recipient, one.action, one.enhanced_code, one.diagnostic) for one in reading.attempts]


EVA = {0x3001: "Eva Example", 0x3002: "SMTP", 0x3003: "eva@example.net", 0x0C15: 1}
MAX = {
    0x3001: "max@example.net",
    0x3002: "EX",
    0x3003: "/o=Example/cn=Recipients/cn=max",
    0x39FE: "max@example.net",
}


def test_a_plain_mail_keeps_its_header_but_for_mime() -> None:
    mail = converted(message(PLAIN))
    (received,) = mail.get_all("Received")
    assert f"Received: {received}\n" == HEADER[: HEADER.index("From:")].replace("\r\n", "\n")
    assert mail["X-Mailer"] == "writes to you"
    assert mail.get_all("Content-Type") == ["text/plain; charset=utf-8"]
    assert mail.get_all("MIME-Version") == ["1.0"]
    assert mail.get_payload(decode=True) == b"Good morning,\nhere it is.\n"


def test_large_sectors() -> None:
    storage = message(PLAIN | {0x1000: "line\n" * 5000}, [EVA])
    assert convert(compound(storage, sector=4096)) == convert(compound(storage))


def test_trace_reads_it() -> None:
    raw, _ = convert(compound(message(PLAIN)))
    found = trace(raw)
    assert (found.message_id, found.from_) == ("17.4@example.org", "Müller <mueller@example.org>")
    assert [(hop.from_name, hop.by, hop.for_) for hop in found.hops] == [
        ("mail.example.org", "mx.example.net", "eva@example.net")
    ]


def test_exchange_2003_puts_a_line_above_the_header_and_the_parts_below() -> None:
    above, below = (
        "Microsoft Mail Internet Headers Version 2.0\r\n",
        "--=_NextPart\r\nContent-Type: text/html\r\n",
    )
    kept = above + HEADER + below
    mail = converted(message(PLAIN | {0x007D: kept}))
    assert mail.keys()[0] == "Received"
    assert mail.get_content_type() == "text/plain"
    assert "NextPart" not in mail.as_string()


def test_html_in_the_code_page_of_the_internet_message() -> None:
    html = "<p>Grüße, 5 €</p>"
    mail = converted(message({0x007D: HEADER, 0x1013: html.encode("iso8859-15"), 0x3FDE: 28605, 0x3FFD: 932}))
    assert mail.get_content_type() == "text/html"
    assert mail.get_payload(decode=True).decode() == html


def test_plain_and_html_are_alternatives_beside_attachments() -> None:
    attached = [
        {0x3701: b"\x00\x01" * 3000, 0x3707: 'a "b".bin', 0x370E: "application/x-thing"},
        {0x3701: MAIL_CRLF, 0x3704: "FORWARD.EML"},
        {0x3701: b"x", 0x3707: "none", 0x370E: "no type\r\nX-Evil: 1"},
        {0x3707: "without data"},
    ]
    mail = converted(message(PLAIN | {0x1013: "<p>Good morning</p>"}, [], attached))
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/x-thing",
        "message/rfc822", "text/plain", "application/octet-stream",
    ]  # fmt: skip
    parts = mail.get_payload()
    assert parts[1].get_payload(decode=True) == b"\x00\x01" * 3000
    assert parts[1].get_filename() == "a 'b'.bin"
    assert parts[2].get_payload(0)["Subject"] == "inner"
    assert "X-Evil" not in parts[3]


MAIL_CRLF = b"\xef\xbb\xbfSubject: inner\r\nFrom: a@example.org\r\n\r\nbody\r\n"


def test_strings_of_8_bits_are_in_the_code_page() -> None:
    properties = {
        0x3FFD: 1251,
        0x0037: "Привет",
        0x0C1A: "Ева",
        0x0C1F: "eva@example.net",
        0x1000: "Доставлено",
    }
    mail = converted(
        message(properties, [{0x3001: "Макс", 0x39FE: "max@example.org", 0x0C15: 1}], narrow="cp1251")
    )
    assert mail.get_payload(decode=True).decode() == "Доставлено"
    raw = mail.as_bytes()
    assert 'From: "Ева" <eva@example.net>'.encode() in raw
    assert 'To: "Макс" <max@example.org>'.encode() in raw
    assert "Subject: Привет".encode() in raw


@pytest.mark.parametrize(
    ("page", "charset"),
    [(65001, "utf-8"), (932, "cp932"), (20866, "koi8-r"), (28592, "iso8859-2"), (54936, "gb18030")],
)
def test_code_pages(page: int, charset: str) -> None:
    text = {"cp932": "配信", "koi8-r": "почта", "iso8859-2": "wiadomość"}.get(charset, "邮件")
    assert (
        converted(message({0x3FFD: page, 0x1000: text}, narrow=charset)).get_payload(decode=True).decode()
        == text
    )


@pytest.mark.parametrize(
    ("stated", "charset"),
    [
        ({0x3FFD: 99999}, "cp1252"),
        ({0x3FFD: -1}, "utf-8"),
        ({}, "utf-8"),
        ({}, "cp1252"),
        ({0x3FDE: 28591}, "latin-1"),
        ({0x3FDE: 65001}, "cp1252"),
        ({0x3FDE: 65001, 0x3FFD: 1252}, "cp1252"),
    ],
)
def test_a_code_page_that_is_missing_or_untrue(stated: dict, charset: str) -> None:
    for tag in (0x1000, 0x1013):
        mail = converted(message(stated | {tag: "Grüße"}, narrow=charset))
        assert mail.get_payload(decode=True).decode() == "Grüße"


def test_a_signed_mail_is_its_only_attachment() -> None:
    signed = b"Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\nsigned text\r\n--b--\r\n"
    attached = [{0x3701: signed, 0x370E: "multipart/signed", 0x3707: "smime.p7m"}]
    mail = converted(message({0x001A: "IPM.Note.SMIME.MultipartSigned", 0x007D: HEADER}, [], attached))
    assert [part.get_content_type() for part in mail.walk()][-2:] == ["multipart/signed", "text/plain"]
    assert mail.get_payload(1).get_payload(0).get_payload() == "signed text"


def test_without_a_transport_header_the_properties_make_one() -> None:
    properties = {
        0x001A: "IPM.Note", 0x0037: "Offer\r\nX-Evil: 1", 0x0042: "Eva", 0x5D02: "eva@example.net",
        0x0065: "/o=Example/cn=eva",
        0x0039: datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC), 0x1035: "<1@example.net>",
        0x1042: "<0@example.org>", 0x1000: "text",
    }  # fmt: skip
    recipients = [EVA | {0x0C15: 1}, MAX | {0x0C15: 2}, {0x3001: "Team", 0x0C15: 1}]
    mail = converted(message(properties, recipients))
    assert dict(mail.items()) == {
        "From": '"Eva" <eva@example.net>',
        "To": '"Eva Example" <eva@example.net>, Team',
        "Cc": "max@example.net",
        "Subject": "Offer X-Evil: 1",
        "Date": "Sat, 21 Nov 2026 10:00:07 +0000",
        "Message-ID": "<1@example.net>",
        "In-Reply-To": "<0@example.org>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }


def test_a_report_on_two_recipients_with_their_own_causes() -> None:
    raw = report(
        EVA
        | {
            0x0C1B: "<mx.example.net #5.1.1 smtp;550 5.1.1 User unknown>",
            0x0C21: "mx.example.net",
            0x0C20: 511,
        },
        MAX | {0x0C1B: "#< #5.2.2 smtp;552 5.2.2 Mailbox full> #SMTP#", 0x0C05: 0, 0x1001: "It is full."},
        {0x3001: "Sender", 0x39FE: "sender@example.com"},
    )
    assert told(raw) == [
        ("eva@example.net", "failed", "5.1.1", "550 5.1.1 User unknown"),
        ("max@example.net", "failed", "5.2.2", "552 5.2.2 Mailbox full"),
    ]
    mail, _ = convert(raw)
    first, second = read(mail).attempts
    assert (first.format, first.reporting_mta, first.remote_mta) == (
        "dsn",
        "ex1.example.com",
        "mx.example.net",
    )
    assert second.remote_mta is None


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("NDR", "5.1.1", "failed"),
        ("ndr", "4.4.7", "failed"),
        ("NDR", "2.0.0", "delivered"),
        ("Delayed.DR", "4.4.1", "delayed"),
        ("DELAYED", "4.4.1", "delayed"),
        ("Relayed.DR", "2.0.0", "relayed"),
        ("Expanded.DR", "2.0.0", "expanded"),
        ("DR", "2.0.0", "delivered"),
    ],
)
def test_the_class_says_what_was_done(kind: str, status: str, expected: str) -> None:
    assert told(report(EVA | {0x0C1B: f"<mx.example.net #{status}>"}, kind=kind)) == [
        ("eva@example.net", expected, status, None)
    ]


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (511, "5.1.1"),
        (447, "4.4.7"),
        (520, None),
        (550, None),
        (703, None),
        (0, None),
        (-1, None),
        (571, "5.7.1"),
    ],
)
def test_a_status_as_a_number_counts_where_it_can_be_only_one(number: int, status: str | None) -> None:
    ((_, action, found, diagnostic),) = told(report(EVA | {0x0C20: number}))
    assert (action, found, diagnostic) == ("failed", status, None)


def test_words_are_the_reason_where_nothing_else_is() -> None:
    words = "The mailbox is full.\r\nTry later."
    assert told(report(EVA | {0x1001: words})) == [
        ("eva@example.net", "failed", None, "The mailbox is full. Try later.")
    ]
    assert told(report(EVA | {0x0C1B: "MSEXCH:MSExchangeMTA:Example:HQ"})) == [
        ("eva@example.net", "failed", None, "MSEXCH:MSExchangeMTA:Example:HQ")
    ]


def test_a_diagnostic_code_of_mapi_is_no_cause() -> None:
    """40 is MAPI_DIAG_MAIL_RECIPIENT_UNKNOWN, which some set for any failure; 0 is unrecognised, or unset."""
    for code in (0, 40):
        assert told(report(EVA | {0x0C05: code, 0x0C04: 0})) == [("eva@example.net", "failed", None, None)]


def test_a_recipient_without_an_address_stays_apart() -> None:
    raw = report(EVA | {0x0C1B: "< #5.2.2>"}, {0x3001: "Max", 0x3003: "/O=A B/CN=max", 0x0C1B: "< #5.1.1>"})
    assert [row[:3] for row in told(raw)] == [
        ("eva@example.net", "failed", "5.2.2"),
        (None, "failed", "5.1.1"),
    ]
    raw = report(EVA | {0x0C05: 0}, {0x3001: "Max", 0x0C1B: "< #5.1.1>"})
    assert [row[:3] for row in told(raw)] == [("eva@example.net", "failed", None), (None, "failed", "5.1.1")]


def test_a_report_keeps_the_delivery_status_that_is_attached() -> None:
    status = (
        b"Reporting-MTA: dns; mx.example.net\r\n\r\n"
        b"Final-Recipient: rfc822; eva@example.net\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    )
    attached = [{0x3701: status, 0x370E: "message/delivery-status", 0x3707: "details.txt"}]
    assert [row[:3] for row in told(report(EVA | {0x0C1B: "<#5.1.1>"}, attachments=attached))] == [
        ("eva@example.net", "failed", "5.2.2")
    ]
    # Outlook leaves it so where it does not know the report as one.
    header = HEADER.replace("multipart/mixed", "multipart/report; report-type=delivery-status")
    storage = message(PLAIN | {0x007D: header}, [], attached)
    assert [row[:3] for row in told(compound(storage))] == [("eva@example.net", "failed", "5.2.2")]


def test_a_report_returns_the_message_that_is_embedded() -> None:
    original = message(PLAIN, [EVA], header=EMBEDDED)
    raw = report(
        EVA | {0x0C1B: "<mx.example.net #5.1.1>"},
        header=True,
        attachments=[{0x3701: original, 0x3001: "Offer"}],
    )
    mail, _ = convert(raw)
    reading = read(mail, originals=True)
    (attempt,) = reading.attempts
    assert (attempt.recipient, attempt.message_id) == ("eva@example.net", "17.4@example.org")
    (found,) = reading.originals
    assert (found.subject, found.to) == ("Offer", "eva@example.net")


def test_a_report_without_the_original_says_what_it_knows_of_it() -> None:
    raw = report(EVA | {0x0C1B: "<#5.1.1>"}, **{"1046": "<17.4@example.org>", "0049": "Offer"})
    mail, _ = convert(raw)
    reading = read(mail, originals=True)
    assert [one.message_id for one in reading.attempts] == ["17.4@example.org"]
    assert [(one.message_id, one.subject) for one in reading.originals] == [("17.4@example.org", "Offer")]


def test_a_read_receipt_and_ordinary_mail_report_nothing() -> None:
    receipt = message(
        {0x001A: "REPORT.IPM.Note.IPNRN", 0x0037: "Read: Offer", 0x1000: "Your message was read."}, [EVA]
    )
    for storage in (receipt, message(PLAIN, [EVA])):
        assert told(compound(storage)) == []


def test_messages_in_messages_as_deep_as_they_are_opened() -> None:
    inner = message({0x0037: "bottom", 0x1000: "x"}, header=EMBEDDED)
    for _ in range(MAX_DEPTH - 1):
        inner = message({0x0037: "between", 0x1000: "x"}, [], [{0x3701: inner}], header=EMBEDDED)
    mail = converted(message(PLAIN, [], [{0x3701: inner}]))
    assert [part["Subject"] for part in mail.walk()][-1] == "bottom"
    deeper = message({0x1000: "x"}, [], [{0x3701: inner}], header=EMBEDDED)
    raw, flaws = convert(compound(message(PLAIN, [], [{0x3701: deeper}])))
    assert raw is not None
    assert [flaw for flaw, _ in flaws] == ["too-deep"]


def test_a_message_in_rtf_only_is_said_to_be() -> None:
    raw, flaws = convert(compound(message({0x007D: HEADER, 0x1009: b"LZFu"})))
    assert b"Message-ID: <17.4@example.org>" in raw
    assert [flaw for flaw, _ in flaws] == ["unknown-format"]


def test_files_folders_archives_and_standard_input(tmp_path: Path) -> None:
    raw = compound(message(PLAIN))
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "a.anything").write_bytes(raw)
    (folder / "b.msg").write_bytes(b"From: a@example.org\n\nno Outlook file for all its name\n")
    with zipfile.ZipFile(tmp_path / "mails.zip", "w") as archive:
        archive.writestr("c.msg", raw)
    with tarfile.open(tmp_path / "mails.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("d.msg")
        info.size = len(raw)
        tar.addfile(info, io.BytesIO(raw))
    items = list(
        walk(
            [str(folder), str(tmp_path / "mails.zip"), str(tmp_path / "mails.tgz"), "-"],
            stdin=io.BytesIO(raw),
        )
    )
    assert all(isinstance(item, Message) and item.position == 1 for item in items)
    assert [Path(item.source).name for item in items] == [
        "a.anything",
        "b.msg",
        "mails.zip!c.msg",
        "mails.tgz!d.msg",
        "-",
    ]
    expected, _ = convert(raw)
    assert [item.raw == expected for item in items] == [True, False, True, True, True]


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("olefile", "analyzer.sources.outlook."))]:
        monkeypatch.delitem(sys.modules, name)
    true_import = builtins.__import__

    def without(name: str, *args, **kwargs):
        if name.startswith("olefile"):
            raise ModuleNotFoundError("No module named 'olefile'", name="olefile")
        return true_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    (problem,) = read_msg(compound(message(PLAIN)), "a.msg")
    assert (problem.id, problem.source) == ("missing-extra", "a.msg")
    assert "pip install 'mxlens[msg]'" in problem.message
    # What is no message needs no extra to be told so.
    assert [item.id for item in read_msg(MAGIC + bytes(2000), "a.doc")] == ["unknown-format"]


def test_another_ole_file_is_no_message() -> None:
    (problem,) = read_msg(compound(Storage({"WordDocument": b"text" * 2000})), "a.doc")
    assert (problem.id, problem.source) == ("unknown-format", "a.doc")


BIG = report(
    EVA | {0x0C1B: "<mx.example.net #5.1.1 smtp;550 5.1.1 User unknown>"},
    header=True,
    attachments=[
        {0x3701: message(PLAIN | {0x1000: "body\r\n" * 3000}, [EVA], header=EMBEDDED)},
        {0x3701: bytes(20_000), 0x3707: "a.bin"},
    ],
)


def test_cut_anywhere_it_is_a_problem_and_keeps_what_it_can() -> None:
    whole = {row[0] for row in told(BIG)}
    entire, _ = convert(BIG)
    kept = 0
    for cut in random.Random(4).sample(range(len(BIG) - 1), 200):
        items = read_msg(BIG[:cut], "a.msg")
        problems = [item for item in items if isinstance(item, Problem)]
        if not problems:  # only what fills the last sector is gone
            assert items == [Message("a.msg", 1, entire)]
            continue
        assert {problem.id for problem in problems} <= DAMAGE
        for item in items:
            if isinstance(item, Message):
                found = {attempt.recipient for attempt in read(item.raw).attempts}
                assert found <= whole
                kept += bool(found)
    assert kept > 50


@given(st.lists(st.tuples(st.integers(0, len(BIG) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_wrong_bytes_never_raise(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(BIG)
    for place, value in changes:
        raw[place] = value
    assert all(isinstance(item, Message | Problem) for item in read_msg(bytes(raw), "a.msg"))


@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.sampled_from([0, 1, 2, 7, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])),
        max_size=12,
    )
)
def test_wrong_numbers_in_header_tables_and_directory_never_raise(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(BIG)
    for place, value in changes:
        struct.pack_into("<I", raw, 24 + place * 4 % 10_000 // 4 * 4, value)
    raw[:8] = MAGIC
    assert all(isinstance(item, Message | Problem) for item in read_msg(bytes(raw), "a.msg"))


def hostile(place: int, form: str, *values: int, raw: bytes = BIG) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(form, changed, place, *values)
    return bytes(changed)


def directory_entry(raw: bytes, name: str) -> int:
    return raw.index(name.encode("utf-16-le") + b"\0\0")


FAT_AT, DIRECTORY_AT = 512, directory_entry(BIG, "Root Entry")


@pytest.mark.parametrize(
    "raw",
    [
        hostile(30, "<H", 0xFFFF),
        hostile(32, "<H", 0xFFFF),
        hostile(44, "<I", 0xFFFFFFFF),
        hostile(64, "<I", 0xFFFFFFFF),
        hostile(DIRECTORY_AT + 120, "<Q", 0xFFFFFFFF),
        hostile(FAT_AT, "<128I", *[1] * 128),
        hostile(FAT_AT, "<128I", *range(128)),
        hostile(DIRECTORY_AT + 76, "<I", 0),
    ],
    ids=[
        "sectors",
        "small sectors",
        "tables",
        "small tables",
        "size",
        "all to one",
        "all to itself",
        "root in root",
    ],
)
def test_hostile_structure_ends(raw: bytes) -> None:
    assert read_msg(raw, "a.msg")


def test_a_table_of_tables_that_goes_in_circles_is_not_followed() -> None:
    """Each sector of the allocation table named over and over, by a list that is its own next sector."""
    raw = bytearray(BIG)
    struct.pack_into("<I", raw, 44, 109 + 127 * 1_000_000)
    struct.pack_into("<II", raw, 68, 1, 1_000_000)
    struct.pack_into("<128I", raw, 1024, *[0] * 127, 1)
    (problem,) = read_msg(bytes(raw), "a.msg")
    assert problem.id == "not-readable"


def test_streams_that_share_their_sectors_are_bounded() -> None:
    attached = [{0x3701: bytes(200_000), 0x3707: f"{number}.bin"} for number in range(20)]
    raw = bytearray(compound(message(PLAIN, [], attached)))
    name = "__substg1.0_37010102".encode("utf-16-le") + b"\0\0"
    place = raw.find(name)
    while place >= 0:
        struct.pack_into("<Q", raw, place + 120, 60 << 20)
        place = raw.find(name, place + 1)
    (first, *problems) = read_msg(bytes(raw), "a.msg")
    assert isinstance(first, Message)
    assert len(first.raw) < 2 * len(raw)
    assert {problem.id for problem in problems} == {"truncated", "too-large"}
