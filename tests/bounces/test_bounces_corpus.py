"""Whole mails against what they report: every sample and every damaged mail, in every disguise."""

import json
import random
import re
from pathlib import Path

import pytest

from analyzer.bounces import read
from analyzer.sources import walk

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests/corpus/bounces"
CASES = sorted(CORPUS.glob("*.jsonl"))
DISGUISES = {
    "lf": lambda raw: raw,
    "crlf": lambda raw: raw.replace(b"\n", b"\r\n"),
    "cr": lambda raw: raw.replace(b"\n", b"\r"),
    "byte-order-mark": lambda raw: b"\xef\xbb\xbf" + raw,
    "utf-16": lambda raw: b"\xff\xfe" + raw.decode().encode("utf-16-le"),
    "mbox-line": lambda raw: b"From MAILER-DAEMON Mon Nov 16 10:00:07 2026\n" + raw,
    "blank-lines-before": lambda raw: b"\n\n" + raw,
    "blank-lines-behind": lambda raw: raw + b"\n\n",
}


def mail_of(case):
    mail = case.with_suffix(".eml")
    return (mail if mail.exists() else ROOT / "sample_data/bounces" / mail.name).read_bytes()


def expected_of(case):
    rows = [json.loads(line) for line in case.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if "problem" not in row], [row for row in rows if "problem" in row]


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case(case, disguise):
    reading = read(disguise(mail_of(case)), source="box", position=3)
    attempts, problems = expected_of(case)
    got = [attempt.to_dict() for attempt in reading.attempts]
    assert [(row["recipient"], row["action"]) for row in got] == [
        (row["recipient"], row["action"]) for row in attempts
    ]
    for row, wanted in zip(got, attempts, strict=True):
        assert {key: row[key] for key in wanted} == wanted
        assert (row["source"], row["position"], row["tries"]) == ("box", 3, None)
        assert (row["classification"], row["suppress"]) == (None, False)
    assert [problem.id for problem in reading.problems] == [row["problem"] for row in problems]
    for problem, wanted in zip(reading.problems, problems, strict=True):
        assert (problem.source, problem.position) == ("box", 3)
        assert "place" not in wanted or problem.place == wanted["place"]


def complete_groups(raw):
    """Recipients of an undamaged report, lower-case, with the place where each one's fields end."""
    found = []
    start = raw.find(b"\nFinal-Recipient:")
    while start >= 0:
        end = raw.find(b"\n\n", start)
        address = raw[start:].split(b"\n", 2)[1].partition(b";")[2].strip().decode().lower()
        found.append((address, len(raw) if end < 0 else end))
        start = raw.find(b"\nFinal-Recipient:", start + 1)
    return found


@pytest.mark.parametrize(
    "name",
    ["dsn-postfix-several", "dsn-google", "dsn-microsoft-365", "dsn-sendmail-delayed", "dsn-delivered"],
)
def test_a_cut_keeps_what_came_before_it_and_is_told(name):
    raw = (ROOT / f"sample_data/bounces/{name}.eml").read_bytes()
    groups = complete_groups(raw)
    everyone = {address for address, _ in groups} | {"otto@slow.example"}
    body, last = raw.index(b"\n\n"), raw.rindex(b"\n--")
    places = random.Random(name).sample(range(len(raw)), 200)
    for place in places:
        reading = read(raw[:place])
        found = {(attempt.recipient or "").lower() for attempt in reading.attempts}
        assert {address for address, end in groups if end < place} <= found
        whole = {attempt.recipient for attempt in reading.attempts if attempt.recipient}
        assert all(any(address.startswith(one.lower()) for address in everyone) for one in whole), place
        if body < place < last:
            assert "truncated" in {problem.id for problem in reading.problems}


def test_any_case_survives_any_cut():
    for case in CASES:
        raw = mail_of(case)
        known = {row["recipient"] for row in expected_of(case)[0]}
        for place in random.Random(case.stem).sample(range(len(raw) + 1), min(40, len(raw))):
            for attempt in read(raw[:place]).attempts:
                assert attempt.recipient is None or known, (case.stem, place)


def test_in_a_mailbox_nothing_changes(tmp_path):
    mails = [mail_of(case) for case in CASES if mail_of(case).strip()]
    mailbox = tmp_path / "all.mbox"
    separator = b"From someone Mon Nov 16 10:00:07 2026\n"
    quoted = [re.sub(rb"(?m)^(>*From )", rb">\1", raw).rstrip(b"\n") for raw in mails]
    mailbox.write_bytes(b"".join(separator + raw + b"\n\n" for raw in quoted))
    messages = [one for one in walk([str(mailbox)]) if hasattr(one, "raw")]
    assert len(messages) == len(mails)
    for message, raw in zip(messages, mails, strict=True):
        assert read(message.raw).attempts == read(raw).attempts


def test_the_sample_mailbox(root):
    messages = [one for one in walk([str(root / "sample_data/bounces.mbox")]) if hasattr(one, "raw")]
    found = [
        (message.position, attempt.recipient, attempt.action)
        for message in messages
        for attempt in read(message.raw, source=message.source, position=message.position).attempts
    ]
    assert found == [
        (1, "eva@example.net", "failed"),
        (1, "team@example.com", "failed"),
        (1, "otto@slow.example", "failed"),
        (2, "eva@example.net", "failed"),
        (2, "ida@example.com", "failed"),
        (3, "eva@example.net", "failed"),
        (4, "eva@example.net", "failed"),
        (4, "ida@example.com", "failed"),
        (6, "eva@isp.example", "complaint"),
        (7, "zoe@example.net", "auto-reply"),
        (8, "eva@example.net", "delayed"),
        (9, "eva@corp.example", "failed"),
    ]
