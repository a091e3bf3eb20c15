"""Filter fields are decoded where their meaning is known, and never made up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.trace.filters import FILTERS, spam_verdicts
from analyzer.trace.filters.microsoft import compauth
from analyzer.trace.header import Field

CASES = [
    json.loads(line)
    for line in (Path(__file__).parents[1] / "corpus/filters/fields.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['field']}: {case['value'][:30]}")
def test_field_is_decoded(case: dict) -> None:
    (verdict,) = spam_verdicts([Field(case["field"], case["field"].lower(), case["value"])])
    assert (verdict.vendor, verdict.verdict, verdict.score) == (
        case["vendor"],
        case["verdict"],
        case["score"],
    )
    assert case["decoded"].items() <= verdict.decoded.items()
    assert (verdict.field, verdict.raw) == (case["field"], case["value"])


@pytest.mark.parametrize("key", sorted(FILTERS))
@given(value=st.text(max_size=200))
def test_any_text_gives_a_verdict_or_none(key: str, value: str) -> None:
    for verdict in spam_verdicts([Field(key, key, value)]):
        assert verdict.raw == value


@pytest.mark.parametrize("key", sorted(FILTERS))
def test_nonsense_is_no_spam_verdict(key: str) -> None:
    for verdict in spam_verdicts([Field(key, key, "\u0000 ;;; =")]):
        assert verdict.verdict not in ("spam", "phishing")


@pytest.mark.parametrize(
    ("code", "words"),
    [("000", "explicit fail"), ("001", "implicit fail"), ("130", "pass"), ("451", "bypassed")],
)
def test_compauth_reason_in_words(code: str, words: str) -> None:
    assert words in (compauth(code) or "")


def test_unknown_compauth_code_has_no_words() -> None:
    assert compauth("85") is None
