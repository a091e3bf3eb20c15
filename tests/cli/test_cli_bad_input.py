"""Bad input: a clear message or a Problem, exit code 3, no traceback, all readable records kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from test_cli_basics import BOUNCE, HEADERS

LOG = (
    b"Nov 21 10:00:07 mx1 postfix/smtp[4711]: 9C4E12A0F1B: to=<eva@example.net>,"
    b" relay=mx.example.net[192.0.2.7]:25, delay=6.4, delays=0.1/0/5.2/1.1, dsn=5.1.1,"
    b" status=bounced (host mx.example.net[192.0.2.7] said:"
    b" 550 5.1.1 No such user (in reply to RCPT TO command))\n"
)


def bomb(parts: int) -> bytes:
    head = BOUNCE.split(b"--b1--")[0]
    return head + b"--b1\nContent-Type: text/plain\n\nx\n" * parts + b"--b1--\n"


def nested(depth: int) -> bytes:
    inner = b"".join(
        b"--n%d\nContent-Type: multipart/mixed; boundary=n%d\n\n" % (level, level + 1)
        for level in range(depth)
    )
    head, tail = BOUNCE.split(b"--b1--")
    return head + b"--b1\nContent-Type: multipart/mixed; boundary=n0\n\n" + inner + b"\n--b1--\n" + tail


def run(mxlens, *paths: Path) -> tuple[int, list[dict], str]:
    done = mxlens("classify", "--format", "jsonl", *map(str, paths))
    assert b"Traceback" not in done.stderr
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.eml"
    file.write_bytes(BOUNCE)
    return file


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("empty", b"", "empty"),
        ("binary", bytes(range(32)) * 500, "binary"),
        ("unknown.log", b"lorem ipsum dolor\n" * 50, "format"),
        ("cut.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03abc", "can't be read"),
    ],
)
def test_unreadable_files_are_named_and_the_rest_is_kept(
    mxlens, tmp_path: Path, good: Path, name: str, data: bytes, word: str
) -> None:
    (tmp_path / name).write_bytes(data)
    code, rows, said = run(mxlens, tmp_path / name, good)
    assert code == 3
    assert [row["recipient"] for row in rows] == ["eva@b.example"]
    assert name in said
    assert word in said


def test_missing_file_and_empty_folder(mxlens, tmp_path: Path, good: Path) -> None:
    (tmp_path / "hollow").mkdir()
    code, rows, said = run(mxlens, tmp_path / "none.eml", tmp_path / "hollow", good)
    assert code == 3
    assert len(rows) == 1
    assert "none.eml" in said
    assert "hollow" in said


@pytest.mark.skipif(
    os.geteuid() == 0, reason="root may read everything; the same is tested in sources with a stub"
)
def test_no_read_permission(mxlens, tmp_path: Path, good: Path) -> None:
    (tmp_path / "locked.eml").write_bytes(BOUNCE)
    (tmp_path / "locked.eml").chmod(0)
    code, rows, said = run(mxlens, tmp_path / "locked.eml", good)
    assert (code, len(rows)) == (3, 1)
    assert "locked.eml" in said


def test_truncated_report_keeps_what_was_complete(mxlens, tmp_path: Path) -> None:
    file = tmp_path / "cut.eml"
    file.write_bytes(BOUNCE.split(b"User unknown")[0])
    code, rows, said = run(mxlens, file)
    assert code == 3
    assert [row["recipient"] for row in rows] == ["eva@b.example"]
    assert "cut.eml" in said


def test_nul_bytes_in_a_report(mxlens, tmp_path: Path) -> None:
    file = tmp_path / "nul.eml"
    file.write_bytes(BOUNCE.replace(b"I'm sorry.", b"I'm\x00 sorry.\x00"))
    _, rows, _ = run(mxlens, file)
    assert [row["recipient"] for row in rows] == ["eva@b.example"]


def test_latin_1_and_nul_bytes_in_a_log(mxlens, tmp_path: Path) -> None:
    file = tmp_path / "mail.log"
    strange = LOG.replace(b"9C4E12A0F1B", b"9C4E12A0F1C").replace(
        b"No such user", b"Empf\xe4nger\x00 unbekannt"
    )
    file.write_bytes(LOG + strange + LOG.replace(b"9C4E12A0F1B", b"9C4E12A0F1D"))
    _, rows, _ = run(mxlens, file)
    assert [row["position"] for row in rows] == [1, 2, 3]
    assert "Empf" in rows[1]["diagnostic"]


def test_a_line_of_50_megabytes(mxlens, tmp_path: Path) -> None:
    file = tmp_path / "mail.log"
    file.write_bytes(LOG + b"x" * 50_000_000 + b"\n" + LOG.replace(b"9C4E12A0F1B", b"9C4E12A0F1D"))
    code, rows, said = run(mxlens, file)
    assert [row["position"] for row in rows] == [1, 3]
    assert code == 3
    assert "mail.log" in said


@pytest.mark.parametrize("data", [bomb(10_000), nested(500)], ids=["10,000 parts", "nested 500 deep"])
def test_mime_bombs(mxlens, tmp_path: Path, good: Path, data: bytes) -> None:
    file = tmp_path / "bomb.eml"
    file.write_bytes(data)
    _, rows, _ = run(mxlens, file, good)
    assert [row["recipient"] for row in rows] == ["eva@b.example"] * 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 10_000,
        b"Received:" + b"(" * 1_000_000,
        b"Received: x\n" * 10_000,
        HEADERS.replace(b"\n", b"\r"),
    ],
)
def test_trace_survives(mxlens, data: bytes) -> None:
    done = mxlens("trace", "--format", "json", "-", stdin=data)
    assert done.returncode in (0, 3)
    assert b"Traceback" not in done.stderr
    if data.startswith(b"Received: x"):
        assert len(json.loads(done.stdout)["hops"]) == 10_000


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "html", "markdown"])
def test_a_subject_that_decodes_to_half_a_character(mxlens, form: str) -> None:
    done = mxlens("trace", "--format", form, "-", stdin=b"Subject: =?utf-7?Q?+2AA-?= x\n" + HEADERS)
    assert done.returncode == 0, done.stderr.decode()
    assert rb"\ud800" in done.stdout


def test_a_reply_with_bytes_that_are_no_text(mxlens) -> None:
    done = mxlens("explain", "--format", "jsonl", os.fsdecode(b"550 5.1.1 no such user \xff"))
    assert json.loads(done.stdout)["classification"] == "Invalid Address"
