"""Replies of our own wording, none of which stands in a rule: how well the general phrases carry over."""

import json
from functools import cache
from pathlib import Path

import pytest

from analyzer.classification import RuleBase, load_rules, read
from analyzer.model import Question

CORPUS = Path(__file__).parents[1] / "corpus" / "replies" / "generic.jsonl"


@cache
def cases():
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def misses(base, keys):
    """What differs from the expectation, one line a case."""
    verdicts = base.classify([Question(reply=case["reply"]) for case in cases()])
    return [
        f"{case['reply']!r}: {key} is {getattr(verdict, key)!r} by {verdict.rule}, not {case[key]!r}"
        for case, verdict in zip(cases(), verdicts, strict=True)
        for key in keys
        if key in case and getattr(verdict, key) != case[key]
    ]


def test_all_tiers_together():
    assert misses(load_rules(), ("classification", "suppress")) == []


def test_the_general_tiers_alone():
    base = RuleBase(read(), ("phrase", "hint"))
    assert misses(base, ("classification", "reason", "suppress")) == []


def test_the_corpus_is_not_in_the_rules():
    """A reply that is an example of a rule would prove nothing here."""
    examples = {example.reply for rule in load_rules().rules for example in rule.examples}
    copied = [case["reply"] for case in cases() if case["reply"] in examples]
    assert copied == []


TRAPS = [
    ("450 mailbox unavailable, try later", "Mailbox Unavailable", False),
    ("550 5.1.1 Greylisted: user unknown to the greylist, come back in 5 minutes", "Technical", False),
    ("450 5.1.1 too many recipients for one hour", "Frequency/Volume", False),
    ("550 5.1.1 La boîte de ce destinataire est pleine", "Mailbox Unavailable", False),
    ("550 5.1.2 No such domain: NXDOMAIN", "Invalid Address", True),
    ("450 4.4.3 Domain look-up failed for now, temporary DNS error", "Technical", False),
    ("553 5.1.8 sender domain was not found", "Technical", False),
    ("550 sender verify failed, the address there is unknown: no such user", "Technical", False),
    ("552 5.2.2 storage quota of the mailbox exceeded", "Mailbox Unavailable", False),
    ("550 5.4.5 sending quota of your account exceeded for today", "Frequency/Volume", False),
    (
        "421 4.7.1 Client host [192.0.2.5] blocked using grey.dnsbl.example.net: greylisting",
        "Technical",
        False,
    ),
    ("550 5.1.1 User unknown in relay recipient table", "Invalid Address", True),
    ("550 5.7.1 Relaying denied for unknown recipient", "Technical", False),
    ("554 5.7.1 <eva@example.org>: Recipient address rejected: Access denied", "Unclassified", False),
    ("550 5.7.1 host 192.0.2.5 on a DNSBL, mail for <eva@example.org> refused", "Reputation", False),
    ("550 5.7.1 Your computer is infected and sends spam", "Reputation", False),
    ("550 5.7.1 Your message is infected", "Content", False),
    ("550 5.7.1 The recipient does not want mail from you", "Mailbox Unavailable", False),
    ("550 5.7.1 Blocked for lack of a PTR record, we fight spam", "Technical", False),
    ("552 5.3.4 message exceeds the size that this mailbox takes", "Content", False),
    ("450 4.3.1 the server's disk is full", "Technical", False),
    ("450 4.1.1 <eva@example.org>: user unknown", "Invalid Address", False),
    ("550 Too many unknown users", "Reputation", False),
    ("535 5.7.8 user unknown or wrong password", "Technical", False),
]


@pytest.mark.parametrize(("reply", "classification", "suppress"), TRAPS)
def test_traps(reply, classification, suppress):
    verdict = load_rules().classify([Question(reply=reply)])[0]
    assert (verdict.classification, verdict.suppress) == (classification, suppress), verdict


def test_living_addresses_are_not_called_dead():
    """Replies full of "unknown", "invalid" and "not found" that do not speak of the recipient."""
    replies = (CORPUS.parent / "not_dead.txt").read_text(encoding="utf-8").splitlines()
    for base in (load_rules(), RuleBase(read(), ("phrase", "hint"))):
        verdicts = base.classify([Question(reply=reply, sender="news@example.com") for reply in replies])
        called = [
            (reply, verdict.rule)
            for reply, verdict in zip(replies, verdicts, strict=True)
            if verdict.classification == "Invalid Address"
        ]
        assert called == []


def test_what_may_be_about_something_else_suppresses_nobody():
    """Replies that speak of the recipient's address, or of what belongs to it, in doubt."""
    replies = (CORPUS.parent / "doubtful.txt").read_text(encoding="utf-8").splitlines()
    verdicts = load_rules().classify([Question(reply=reply) for reply in replies])
    assert [reply for reply, verdict in zip(replies, verdicts, strict=True) if verdict.suppress] == []
