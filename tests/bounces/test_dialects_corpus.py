"""Every dialect on mails of its own: who is named, why, and that nobody else is."""

import json
from pathlib import Path

import pytest

from analyzer.bounces import dialects
from analyzer.bounces.mail import Mail

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests/corpus/bounces/dialects"
CASES = sorted(CORPUS.glob("*.json"))


def mail_of(case):
    expected = json.loads(case.read_text(encoding="utf-8"))
    path = ROOT / expected["sample"] if "sample" in expected else case.with_suffix(".eml")
    return path.read_bytes(), expected


def reader_of(mail):
    """The name of the dialect whose answer counts, and its answer."""
    for dialect in dialects.DIALECTS:
        if dialect.recognises(mail) and (found := dialect.read(mail)):
            return dialect.NAME, found
    return None, []


def recipients(found):
    return [(one.recipient, one.action) for one in found]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case(case):
    raw, expected = mail_of(case)
    name, found = reader_of(Mail(raw))
    assert recipients(found) == [(one["recipient"], one["action"]) for one in expected["refusals"]]
    assert name == expected["dialect"]
    for one, wanted in zip(found, expected["refusals"], strict=True):
        if wanted["diagnostic"]:
            assert wanted["diagnostic"] in (one.diagnostic or "")
        elif wanted["action"] == "failed":
            assert one.diagnostic is None
        for field in set(wanted) - {"recipient", "action", "diagnostic"}:
            assert getattr(one, field) == wanted[field], field
        assert one.expired == wanted.get("expired", False)


@pytest.mark.parametrize("ends", [b"\r\n", b"\r"], ids=["crlf", "cr"])
@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_line_ends_make_no_difference(case, ends):
    raw, expected = mail_of(case)
    _, found = reader_of(Mail(raw.replace(b"\n", ends)))
    assert recipients(found) == [(one["recipient"], one["action"]) for one in expected["refusals"]]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_cut_invents_nobody(case):
    raw, expected = mail_of(case)
    known = {one["recipient"].lower() for one in expected["refusals"]}
    known |= {(one.get("original_recipient") or "").lower() for one in expected["refusals"]}
    for cut in range(len(raw), 0, -max(1, len(raw) // 60)):
        found = {(one.recipient or "").lower() for one in dialects.read(Mail(raw[:cut]))}
        assert found <= known, cut


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_person_who_quotes_it_reports_nothing(case):
    raw, _ = mail_of(case)
    mail = Mail(raw)
    for mark in (b"> ", b""):
        quoted = b"\n".join(mark + line for line in mail.full_text.encode().split(b"\n"))
        answer = (
            b"Return-Path: <ida@example.com>\nFrom: Ida <ida@example.com>\nTo: otto@example.org\n"
            b"Subject: Re: a strange mail\nContent-Type: text/plain; charset=utf-8\n\nLook at this:\n\n"
            + quoted
        )
        assert dialects.read(Mail(answer)) == []


def test_every_dialect_has_a_case():
    read = {json.loads(case.read_text(encoding="utf-8"))["dialect"] for case in CASES}
    assert {dialect.NAME for dialect in dialects.DIALECTS} <= read


def test_every_case_has_a_mail():
    mails = {path.stem for path in CORPUS.glob("*.eml")}
    assert mails <= {case.stem for case in CASES}


def test_the_documentation_names_every_dialect():
    page = (ROOT / "docs/dialects.md").read_text(encoding="utf-8")
    names = [dialect.NAME for dialect in dialects.DIALECTS] + [form.name for form in dialects.forms.FORMS]
    assert [name for name in names if f"`{name}`" not in page] == []
