"""The command as its users meet it: streams, exit codes, formats."""

from __future__ import annotations

import csv
import io
import json
import resource
import subprocess
import sys
from pathlib import Path

import jsonschema
import pyarrow.parquet as pq
import pytest

from analyzer.model.schema import schema

HEADERS = b"""Received: from mx.a.example (mx.a.example [192.0.2.1])
\tby mx.b.example (Postfix) with ESMTPS id 4ABC12 for <u@b.example>; Mon, 1 Jan 2024 10:00:07 +0000
Received: from app.a.example (app.a.example [192.0.2.9]) by mx.a.example (Postfix) with ESMTP id 4ABC11;
\tMon, 1 Jan 2024 10:00:05 +0000
From: A <a@a.example>
To: u@b.example
Subject: hello
Message-ID: <1@a.example>
Date: Mon, 1 Jan 2024 10:00:00 +0000

body
"""
BOUNCE = b"""From: MAILER-DAEMON@mx.a.example (Mail Delivery System)
To: news@a.example
Subject: Undelivered Mail Returned to Sender
Date: Mon, 1 Jan 2024 10:00:09 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

I'm sorry.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.a.example

Final-Recipient: rfc822; eva@b.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.b.example
Diagnostic-Code: smtp; 550 5.1.1 <eva@b.example>: Recipient address rejected: User unknown

--b1--
"""


def test_help_names_every_command_and_is_instant(mxlens) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = mxlens("--help")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    for name in ("trace", "classify", "explain", "report", "rules", "schema"):
        assert name in done.stdout.decode()
    assert (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime) < 0.2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from analyzer.cli import main; main(['-h'], standalone_mode=False); print(*sys.modules)"
    )
    modules = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.decode().split()
    )
    assert not {"duckdb", "pandas", "pyarrow", "jinja2", "re2", "flanker", "mailparser"} & set(modules)


@pytest.mark.parametrize("command", ["trace", "classify", "explain", "report", "rules", "schema"])
def test_every_command_has_help(mxlens, command: str) -> None:
    done = mxlens(command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(b"Usage:")


def test_unknown_option_is_usage(mxlens) -> None:
    done = mxlens("classify", "--no-such-option")
    assert done.returncode == 2
    assert done.stdout == b""


def test_trace_text_from_standard_input(mxlens) -> None:
    done = mxlens("trace", stdin=HEADERS)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "2 hops, 2 s in all" in text
    assert "mx.a.example [192.0.2.1] → mx.b.example" in text
    assert "\x1b" not in text


def test_trace_json_fits_its_schema(mxlens) -> None:
    (trace,) = [json.loads(mxlens("trace", "--format", "json", "-", stdin=HEADERS).stdout)]
    jsonschema.validate(trace, schema("trace"))
    assert [hop["by"] for hop in trace["hops"]] == ["mx.a.example", "mx.b.example"]
    assert trace["total_seconds"] == 2


def test_trace_of_many_is_json_lines(mxlens, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes((b"From a@a.example Mon Jan  1 10:00:00 2024\n" + HEADERS + b"\n") * 3)
    lines = mxlens("trace", "--format", "jsonl", str(box)).stdout.splitlines()
    assert [json.loads(line)["position"] for line in lines] == [1, 2, 3]
    refused = mxlens("trace", "--format", "json", str(box))
    assert refused.returncode == 2
    assert b"jsonl" in refused.stderr


@pytest.mark.parametrize(("form", "sign"), [("html", b"<!doctype html>"), ("markdown", b"## hello")])
def test_trace_for_browsers_and_tickets(mxlens, form: str, sign: bytes) -> None:
    assert mxlens("trace", "--format", form, stdin=HEADERS).stdout.lower().startswith(sign)


def test_classify_formats_agree(mxlens, tmp_path: Path) -> None:
    (tmp_path / "bounce.eml").write_bytes(BOUNCE)
    path = str(tmp_path / "bounce.eml")
    row = json.loads(mxlens("classify", "--format", "jsonl", path).stdout)
    jsonschema.validate(row, schema("attempt"))
    assert row["recipient"] == "eva@b.example"
    assert row["classification"] == "Invalid Address"
    assert row["suppress"] is True
    (as_csv,) = csv.DictReader(io.StringIO(mxlens("classify", "--format", "csv", path).stdout.decode()))
    assert as_csv["diagnostic"] == row["diagnostic"]
    (as_parquet,) = pq.read_table(
        io.BytesIO(mxlens("classify", "--format", "parquet", path).stdout)
    ).to_pylist()
    assert as_parquet["rule"] == row["rule"]
    assert b"eva@b.example" in mxlens("classify", path).stdout


def test_data_on_stdout_and_words_on_stderr(mxlens) -> None:
    done = mxlens("classify", "--format", "jsonl", "-", stdin=BOUNCE)
    assert len(done.stdout.splitlines()) == 1
    assert b"1 attempts: 1 bounced" in done.stderr
    assert mxlens("classify", "--quiet", "-", stdin=BOUNCE).stderr == b""


def test_mail_that_is_no_report_is_counted(mxlens) -> None:
    done = mxlens("classify", "--format", "jsonl", "-", stdin=HEADERS)
    assert done.stdout == b""
    assert b"no attempts found; 1 messages read, none is a report" in done.stderr


def test_conditions(mxlens) -> None:
    assert mxlens("classify", "--fail-on", "suppress", "-", stdin=BOUNCE).returncode == 1
    assert mxlens("classify", "--fail-on", "Technical Failure", "-", stdin=BOUNCE).returncode == 0
    only = mxlens(
        "classify", "--only", "frequency or volume too high", "--format", "jsonl", "-", stdin=BOUNCE
    )
    assert only.stdout == b""
    assert mxlens("classify", "--only", "nonsense", "-", stdin=BOUNCE).returncode == 2


def test_explain_gives_one_object_a_line(mxlens) -> None:
    given = b'{"reply": "452 4.2.2 mailbox full\\\\n452 later", "stage": "rcpt"}'
    lines = b"\n".join([b"550 5.1.1 no such user", b"", given, b'{"x": 1}', b""])
    rows = [
        json.loads(line)
        for line in mxlens("explain", "--format", "jsonl", "-", stdin=lines).stdout.splitlines()
    ]
    assert [row["classification"] for row in rows] == [
        "Invalid Address",
        "Unclassified",
        "Mailbox Unavailable",
        "Unclassified",
    ]
    for row in rows:
        jsonschema.validate(row, schema("explain"))
    assert rows[2]["stage"] == "rcpt"


def test_explain_says_why(mxlens) -> None:
    text = mxlens("explain", "550 5.1.1 no such user here").stdout.decode()
    assert "Invalid Address" in text
    assert "user-unknown" in text


def test_a_broken_pipe_ends_quietly(root: Path) -> None:
    command = f"{sys.executable} -c 'from analyzer.cli import main; main()' schema trace | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=root, timeout=60)
    assert done.stderr == b""


def test_output_goes_to_a_file(mxlens, tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    done = mxlens("classify", "--format", "jsonl", "-o", str(target), "-", stdin=BOUNCE)
    assert done.stdout == b""
    assert len(target.read_bytes().splitlines()) == 1
    assert mxlens("classify", "-o", str(tmp_path / "no" / "such"), "-", stdin=BOUNCE).returncode == 1


@pytest.mark.parametrize("arguments", [["explain", "550 no"], ["trace", "sample_data/headers/clean.eml"]])
def test_single_questions_load_no_tables(root: Path, arguments: list[str]) -> None:
    code = (
        "import sys; from analyzer.cli import main\n"
        f"try: main({arguments!r}, standalone_mode=False)\n"
        "except SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=root)
    assert not {"duckdb", "pandas", "pyarrow", "jinja2"} & set(done.stderr.decode().split())
