"""Ordinary mail of all kinds: what talks of bounces, quotes one or imitates one is none."""

import itertools
import tomllib
from pathlib import Path

import pytest

from analyzer.bounces import read

DATA = tomllib.loads((Path(__file__).parents[1] / "corpus/ordinary/mails.toml").read_text(encoding="utf-8"))
COLOURED = "--b\nContent-Type: text/html; charset=utf-8\n\n<p>the same in colour</p>\n"


def mail(header, subject, text, attachment=""):
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{attachment}--b--\n"
    return (
        f"{DATA['headers'][header]}To: you@example.org\nDate: Mon, 16 Nov 2026 10:00:00 +0000\n"
        f"Subject: {subject}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{body}"
    ).encode()


def below_a_quote(text, quote):
    marked = "".join(f"> {line}\n" for line in quote.split("\n"))
    return f"{text}\n\nOn Monday, Mail System wrote:\n{marked}"


def mails(group):
    quotes = [quote["text"] for quote in DATA["quote"]] if group.get("quotes") else [None]
    attachments = ["", COLOURED] if group.get("attachments") else [""]
    for header, (subject, text), quote, attachment in itertools.product(
        group["headers"], group["mails"], quotes, attachments
    ):
        words = text if quote is None else below_a_quote(text, quote)
        yield pytest.param(group, mail(header, subject, words, attachment), id=f"{header}: {subject}")


CASES = [case for group in DATA["group"] for case in mails(group)]


def test_there_are_enough():
    assert len(CASES) >= 200


@pytest.mark.parametrize(("group", "raw"), CASES)
def test_no_failure_in_ordinary_mail(group, raw):
    for disguised in (raw, raw.replace(b"\n", b"\r\n"), raw.replace(b"\n", b"\r")):
        reading = read(disguised)
        found = [(one.recipient, one.action, one.outcome) for one in reading.attempts]
        assert found == ([("anna@example.com", "auto-reply", None)] if group.get("answers") else [])
        assert not reading.problems or (
            group.get("problems") and {problem.id for problem in reading.problems} == {"no-recipient"}
        )
        assert all("ben@example.net" not in (one.recipient or "") for one in reading.attempts)
