"""Every kind of input is opened by its content; what can't be read is a problem in its place."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
import zstandard

from analyzer.model import Problem
from analyzer.sources import Lines, Message, walk

MAIL = b"Subject: hello\nFrom: a@example.org\n\nbody\n"
LOG = b"Nov 21 10:00:07 mx1 postfix/smtp[4711]: 9C4E12A0F1B: removed\n"


def ids(*paths: str) -> list[str]:
    return [item.id if isinstance(item, Problem) else type(item).__name__ for item in walk(paths)]


@pytest.mark.parametrize(
    "pack",
    [
        gzip.compress,
        bz2.compress,
        lzma.compress,
        zstandard.compress,
        lambda data: gzip.compress(gzip.compress(data)),
    ],
)
@pytest.mark.parametrize("data", [MAIL, LOG])
def test_compression_is_found_by_content(tmp_path: Path, pack, data: bytes) -> None:
    file = tmp_path / "input"
    file.write_bytes(pack(data))
    (item,) = walk([str(file)])
    if isinstance(item, Lines):
        with item.open() as stream:
            assert stream.read() == data == LOG
        assert item.head == LOG
    else:
        assert item == Message(str(file), 1, MAIL)


def test_lines_can_be_opened_twice(tmp_path: Path) -> None:
    file = tmp_path / "mail.log"
    file.write_bytes(LOG)
    (item,) = walk([str(file)])
    for _ in range(2):
        with item.open() as stream:
            assert stream.read() == LOG


def test_maildir_in_order_without_tmp(tmp_path: Path) -> None:
    for name in ("new/2", "cur/1:2,S", "tmp/0", ".Trash/cur/3", ".Trash/new/.keep"):
        file = tmp_path / "Maildir" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(MAIL)
    (tmp_path / "Maildir/.Trash/tmp").mkdir()
    names = [Path(item.source).name for item in walk([str(tmp_path / "Maildir")])]
    assert names == ["3", "1:2,S", "2"]


def test_mh_folder_by_number(tmp_path: Path) -> None:
    for name in ("10", "9", "1"):
        (tmp_path / name).write_bytes(MAIL)
    assert [Path(item.source).name for item in walk([str(tmp_path)])] == ["1", "9", "10"]


def test_globs_are_expanded(tmp_path: Path) -> None:
    for name in ("a.eml", "b.eml", "c.txt"):
        (tmp_path / name).write_bytes(MAIL)
    assert ids(str(tmp_path / "*.eml")) == ["Message", "Message"]
    assert ids(str(tmp_path / "*.none")) == ["not-found"]


def test_archives(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "mails.tar.gz", "w:gz") as tar:
        for name in ("a.eml", "b.eml.gz"):
            data = gzip.compress(MAIL) if name.endswith("gz") else MAIL
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    with zipfile.ZipFile(tmp_path / "mails.zip", "w") as archive:
        archive.writestr("c.eml", MAIL)
        archive.writestr("log", LOG)
    items = list(walk([str(tmp_path / "mails.tar.gz"), str(tmp_path / "mails.zip")]))
    assert [Path(item.source).name for item in items] == [
        "mails.tar.gz!a.eml",
        "mails.tar.gz!b.eml.gz",
        "mails.zip!c.eml",
        "mails.zip!log",
    ]
    assert [item.raw for item in items[:3]] == [MAIL] * 3
    assert items[3].open().read() == LOG


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (bytes(range(32)) * 100, "unknown-format"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "unknown-format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "unknown-format"),
        (gzip.compress(MAIL * 100, mtime=0)[:-30], "not-readable"),
        (b"PK\x03\x04 not a zip", "not-readable"),
    ],
    ids=["nothing", "control characters", "picture", "Outlook", "cut gzip", "no zip"],
)
def test_what_is_no_mail_is_a_problem(tmp_path: Path, data: bytes, problem: str) -> None:
    (tmp_path / "input").write_bytes(data)
    assert ids(str(tmp_path / "input")) == [problem]


def test_a_missing_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    assert ids(str(tmp_path / "none"), str(tmp_path / "a.eml")) == ["not-found", "Message"]


def test_empty_folder(tmp_path: Path) -> None:
    assert ids(str(tmp_path)) == ["empty"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_read_permission(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "a.eml").chmod(0)
    assert ids(str(tmp_path / "a.eml")) == ["not-readable"]


def test_a_file_that_fails_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    (tmp_path / "b.eml").write_bytes(MAIL)
    true_open = Path.open

    def refusing(self: Path, *args, **kwargs):
        if self.name == "a.eml":
            raise PermissionError(13, "Permission denied")
        return true_open(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refusing)
    problem, message = walk([str(tmp_path / "a.eml"), str(tmp_path / "b.eml")])
    assert (problem.id, problem.source) == ("not-readable", str(tmp_path / "a.eml"))
    assert "Permission denied" in problem.message
    assert isinstance(message, Message)


@pytest.mark.parametrize(
    "stamp",
    [
        b"2026-11-21T10:00:07.123456+01:00 mx1",
        b"2026-11-21T10:00:07Z mx1",
        b"2026-11-21 10:00:07 1xUqaw-00000j-1J",
        b"<22>1 2026-11-21T10:00:07Z mx1",
        b"<22>Nov 21 10:00:07 mx1",
        b"@400000006a2f1b3c0c5d1a24",
        b'{"MESSAGE":',
    ],
)
def test_a_stamp_is_no_header_field(tmp_path: Path, stamp: bytes) -> None:
    (tmp_path / "log").write_bytes(stamp + b" postfix/smtp[1]: 9C4E12A0F1B: to=<eva@example.net>\n")
    (item,) = walk([str(tmp_path / "log")])
    assert isinstance(item, Lines)
    assert item.mtime == (tmp_path / "log").stat().st_mtime


def test_headers_as_pasted_are_one_message_when_asked_for(tmp_path: Path) -> None:
    pasted = b"my headers below\n> Received: from a by b; Mon, 1 Jan 2024 10:00:00 +0000\n"
    (tmp_path / "headers.txt").write_bytes(pasted)
    (item,) = walk([str(tmp_path / "headers.txt")], raw_text=True)
    assert item.raw == pasted
