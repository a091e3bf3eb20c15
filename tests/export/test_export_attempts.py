"""What is written is what was read, whatever the text in it tries."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from analyzer.export.attempts import FORMATS, open_writer
from analyzer.export.summary import Summary
from analyzer.export.visible import cells, fit, visible
from analyzer.model import Attempt
from analyzer.model.durations import duration
from analyzer.model.tables import attempts_to_batch

HOSTILE = "=HYPERLINK(1)\x1b[31m\r\nred\u202e"


def attempt(**fields) -> Attempt:
    base = {"source": "in", "position": 1, "format": "dsn", "action": "failed", "outcome": "bounced"}
    return Attempt(**(base | fields))


def written(form: str, *attempts: Attempt, width: int = 120, colour: bool = False) -> bytes:
    stream = io.BytesIO()
    writer = open_writer(form, stream, width=width, colour=colour)
    for one in attempts:
        writer.write(attempts_to_batch([one]))
    writer.close()
    return stream.getvalue()


ROWS = [
    attempt(
        recipient="eva@example.net", timestamp=datetime(2026, 11, 21, 10, 0, 7, tzinfo=UTC), reply_code=550
    ),
    attempt(position=2, recipient="ünï@example.net", suppress=True, classification="Invalid Address"),
]


def test_json_lines_say_everything() -> None:
    rows = [json.loads(line) for line in written("jsonl", *ROWS).splitlines()]
    assert rows == [row.to_dict() for row in ROWS]
    assert rows[0]["timestamp"] == "2026-11-21T10:00:07Z"


def test_csv_reads_back() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", *ROWS).decode())))
    assert rows[0]["timestamp"] == "2026-11-21T10:00:07Z"
    assert rows[0]["sender"] == ""
    assert rows[1]["recipient"] == "ünï@example.net"
    assert rows[1]["suppress"] == "true"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_csv_cell_is_a_formula(start: str) -> None:
    (row,) = csv.DictReader(
        io.StringIO(written("csv", attempt(diagnostic=f"{start}cmd|' /C calc'!A0")).decode())
    )
    assert row["diagnostic"].startswith("'")


def test_csv_cells_hold_one_line() -> None:
    assert written("csv", attempt(diagnostic="a\r\nb")).count(b"\n") == 2


def test_parquet_reads_back() -> None:
    table = pq.read_table(io.BytesIO(written("parquet", *ROWS)))
    assert [Attempt(**row) for row in table.to_pylist()] == ROWS


@pytest.mark.parametrize("width", [20, 64, 80, 120, 200])
def test_a_table_line_fits_and_holds_no_control_character(width: int) -> None:
    out = written("table", attempt(recipient=HOSTILE, diagnostic=HOSTILE * 9), width=width).decode()
    lines = out.splitlines()
    assert len(lines) == 2
    assert all(cells(line) <= max(64, width) for line in lines)
    assert "\x1b" not in out
    assert "\u202e" not in out


def test_a_table_asks_back_about_a_likely_typo() -> None:
    dead = {"recipient": "eva@gmial.com", "diagnostic": "550 no such user"}
    asked = "did you mean eva@gmail.com? 550 no such user"
    assert asked in written("table", attempt(classification="Invalid Address", **dead), width=160).decode()
    for classification in (None, "Mailbox Unavailable"):
        assert "did you mean" not in written("table", attempt(classification=classification, **dead)).decode()
    for form in ("jsonl", "csv"):
        row = written(form, attempt(classification="Invalid Address", advice="suppress", **dead)).decode()
        assert "did you mean" not in row


def test_table_colours_only_when_asked() -> None:
    row = attempt(classification="Content")
    assert b"\x1b[36m" in written("table", row, colour=True)
    assert b"\x1b" not in written("table", row)


def test_nothing_in_gives_valid_empty_output() -> None:
    for form in FORMATS:
        written(form)
    assert written("csv").decode().startswith('"source"') or written("csv").decode().startswith("source")


def test_fit_counts_wide_characters() -> None:
    assert cells("日本") == 4
    assert cells(fit("日本語テキスト", 7)) == 7
    assert fit("abc", 5) == "abc  "
    assert visible("a\x00b\nc") == "a b c"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (0.25, "0.2 s"),
        (185, "3 min 5 s"),
        (-115, "-1 min 55 s"),
        (3600, "1 h"),
        (93784, "1 d 2 h"),
    ],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_summary_counts() -> None:
    summary = Summary()
    for row in [*ROWS, attempt(action="complaint", outcome=None)]:
        summary.add(attempts_to_batch([row]))
    lines = summary.lines(1)
    assert lines[0] == "3 attempts: 2 bounced, 1 complaint; 1 problem (see above)"
    assert lines[1].split()[:3] == ["Invalid", "Address", "1"]
    assert lines[2].strip() == "1 to suppress: the address is dead, stated permanently"
