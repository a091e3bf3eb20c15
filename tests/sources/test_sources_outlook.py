"""Outlook .msg files become messages of RFC 5322 that bounces and trace read like any other."""

from __future__ import annotations

import builtins
import email
import io
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from email.message import Message as Mail
from pathlib import Path

import pytest
from sources_msgfile import EMBEDDED, MAGIC, Storage, compound, message
from sources_msgs import EVA, HEADER, MAX, PLAIN

from analyzer.sources import Message, walk
from analyzer.sources.outlook import read_msg
from analyzer.sources.outlook.message import MAX_DEPTH, convert
from analyzer.trace import trace


def converted(storage: Storage) -> Mail:
    raw, flaws = convert(compound(storage))
    assert raw is not None
    assert flaws == []
    return email.message_from_bytes(raw)


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
