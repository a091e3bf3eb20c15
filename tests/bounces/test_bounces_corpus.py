"""Whole mails against what they report: every sample and every damaged mail, in every disguise."""

import json
import random
import re
from pathlib import Path

import pytest

from analyzer.bounces import read
from analyzer.bounces.dialects import evidence
from analyzer.bounces.mail import Mail
from analyzer.sources import walk

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests/corpus/bounces"
CASES = sorted(CORPUS.glob("*.jsonl"))
DISGUISES = {
    "lf": lambda raw: raw,
    "crlf": lambda raw: raw.replace(b"\n", b"\r\n"),
    "cr": lambda raw: raw.replace(b"\n", b"\r"),
    "cr-crlf": lambda raw: raw.replace(b"\n", b"\r\r\n"),
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


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_cut_invents_nobody_and_makes_no_failure(case):
    raw = mail_of(case)
    whole = read(raw).attempts
    known = {name for one in whole for name in (one.recipient, one.original_recipient)}
    known |= {name.lower() for name in known if name}
    text, own = Mail(raw).text, evidence.own_addresses(Mail(raw))
    for place in random.Random(case.stem).sample(range(len(raw) + 1), min(200, len(raw))):
        reading = read(raw[:place])
        for attempt in (one for one in reading.attempts if one.recipient):
            # Before the fields that say it exactly, the words may name the address that was written to.
            told = attempt.recipient in text and attempt.recipient.lower() not in own
            assert attempt.recipient in known or attempt.recipient.lower() in known or told, place
            same = {one.action for one in whole if one.recipient == attempt.recipient}
            assert attempt.action in same or not same or attempt.action != "failed", place
        unclosed = Mail(raw[:place]).structure.unclosed
        if reading.attempts and unclosed:
            assert "truncated" in {problem.id for problem in reading.problems}


OTHER = b"From: ida@example.com\nTo: otto@example.org\nSubject: lunch\n\nAt noon?\nfrom noon on.\n"


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_in_a_mailbox_between_two_others_nothing_changes(tmp_path, ends):
    mails = [mail_of(case) for case in CASES if mail_of(case).strip()]
    separator = b"From someone Mon Nov 16 10:00:07 2026\n"
    together = [one for raw in mails for one in (OTHER, raw)] + [OTHER]
    quoted = [re.sub(rb"(?m)^(>*From )", rb">\1", raw).rstrip(b"\n") for raw in together]
    mailbox = tmp_path / "all.mbox"
    mailbox.write_bytes(b"".join(separator + raw + b"\n\n" for raw in quoted).replace(b"\n", ends))
    messages = [one for one in walk([str(mailbox)]) if hasattr(one, "raw")]
    assert len(messages) == len(together)
    for message, raw in zip(messages, together, strict=True):
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
