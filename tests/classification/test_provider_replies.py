"""Replies as providers, gateways, blocklists and mail servers give them: each has its verdict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzer.classification import load_rules
from analyzer.model import Question

CORPUS = Path(__file__).parents[1] / "corpus" / "replies" / "providers.jsonl"
CASES: list[dict[str, Any]] = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["reply"])[:70])
def test_reply_has_its_verdict(case: dict[str, Any]) -> None:
    question = Question(reply=case["reply"], host=case.get("host"), stage=case.get("stage"))
    (verdict,) = load_rules().classify([question])
    assert verdict.classification == case["classification"], verdict.rule
    assert verdict.suppress == case["suppress"], verdict.rule
    if "reason" in case:
        assert verdict.reason == case["reason"], verdict.rule


def test_no_reply_stands_twice() -> None:
    assert len({json.dumps(case, sort_keys=True) for case in CASES}) == len(CASES)
