"""Replies as providers, gateways, blocklists and mail servers give them: each has its verdict."""

from __future__ import annotations

import json
from collections.abc import Callable
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


WRAPPERS = {
    "postfix": "host mx9.remote.example[198.51.100.9] said: {} (in reply to RCPT TO command)",
    "exim": "SMTP error from remote mail server after end of data: host mx9.example [198.51.100.9]: {}",
    "diagnostic-code": "smtp;{}",
    "microsoft": "Remote Server returned '{}'",
    "qmail": "198.51.100.9 failed after I sent the message. Remote host said: {}",
}
ANYWHERE = [case for case in CASES if "host" not in case and "stage" not in case]


def told(case: dict[str, Any], reply: str) -> tuple[str, bool]:
    question = Question(reply=reply, host=case.get("host"), stage=case.get("stage"))
    (verdict,) = load_rules().classify([question])
    return verdict.classification, verdict.suppress


def expected(case: dict[str, Any]) -> tuple[str, bool]:
    return case["classification"], case["suppress"]


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
def test_what_a_reporter_wraps_around_changes_no_verdict(wrapper: str) -> None:
    changed = [c["reply"] for c in ANYWHERE if told(c, wrapper.format(c["reply"])) != expected(c)]
    assert changed == []


def test_nothing_said_in_the_greeting_makes_an_address_dead() -> None:
    greeting = "host mx9.remote.example[198.51.100.9] refused to talk to me: {}"
    for case in ANYWHERE:
        classification, suppress = told(case, greeting.format(case["reply"]))
        assert not suppress, case["reply"]
        dead = case["classification"] == "Invalid Address"
        assert classification != "Invalid Address" if dead else classification == case["classification"]


@pytest.mark.parametrize(
    "change",
    [str.lower, str.upper, lambda reply: reply.replace("203.0.113.50", "2001:db8::50")],
    ids=["lower", "upper", "ipv6"],
)
def test_case_and_addresses_change_no_verdict(change: Callable[[str], str]) -> None:
    changed = [
        case["reply"]
        for case in CASES
        if told(case, change(case["reply"])) != (case["classification"], case["suppress"])
    ]
    assert changed == []
