"""Whose address a reply calls dead, and doubts that the reply itself clears up."""

import json
from pathlib import Path

import pytest

from analyzer.classification import load_rules
from analyzer.model import Attempt, Question
from analyzer.pipeline.judging import judge_attempts

CORPUS = Path(__file__).parent.parent / "corpus" / "replies"
KNOWN = {"recipient": "eva@example.org", "sender": "news@example.com"}
ELSEWHERE = [
    "550 5.1.1 hans@example.net does not exist",
    "550 5.1.1 <hans@example.net>: Recipient address rejected: User unknown",
    "550 no such user: hans@example.net",
    "550 5.1.1 <hans@example.net>",
]
OWN = [
    "550 5.1.1 eva@example.org does not exist",
    "550 5.1.1 <Eva@mail.example.net>: Recipient address rejected: User unknown",
    "550 5.1.1 <e.v.a+news@example.org> no such user",
    "550 5.1.1 <eva%example.org@relay.example.net> no such user",
    "550 5.1.1 User unknown, ask hans@example.net for help",
    "550 5.1.1 User unknown; <postmaster@example.net>",
]
SETTLED = [
    "550 5.1.10 The recipient does not exist in this tenant",
    "550 REJECTED - Recipient Verification Failed - User Not Found",
    "550 5.1.1 no mailbox by that name is currently available",
    "550 5.1.1 Recipient address verification failed: no such user here.",
    "550 Mailbox not available: user unknown",
    "550 5.1.1 The user you are trying to contact has left and this mailbox does not exist",
    "550 5.1.1 <eva@dest.example> User unknown; Queue file: d:/spool/20261120.tmp",
    'the email "Your invoice" to eva@dest.example could not be sent: 550 5.1.1 mailbox not found',
    "550 5.1.1 no such mailbox Campaign: 17",
    "User and password not set, continuing without authentication. 550 5.1.1 No such user here",
]
UNSETTLED = [
    "550 5.1.1 no mailbox server is currently available",
    "550 Recipient verification failed",
    "550 5.1.1 Recipient verification failed",
    "550 Could not verify recipient",
    "550 User unknown: recipient verification failed",
    "550 Recipient verification failed: user not found, try again later",
    "550 Recipient verification failed: user not found in cache",
    "550 Recipient verification failed: user unknown or server unreachable",
    "550 User lookup failed, user not found in cache, try again",
    "550 Sender verification failed: user unknown",
    "550 Callback verification failed: no such user",
    "550 Directory unreachable: user unknown",
]


@pytest.fixture(scope="module")
def rules():
    return load_rules()


def judge(rules, reply, **context):
    return rules.classify([Question(reply=reply, **context)])[0]


@pytest.mark.parametrize("reply", ELSEWHERE)
def test_an_address_of_somebody_else_does_not_suppress_the_recipient(rules, reply):
    verdict = judge(rules, reply, **KNOWN)
    assert (verdict.classification, verdict.suppress) == ("Invalid Address", False)
    assert verdict.advice == "review"
    assert "another address" in rules.explain(Question(reply=reply, **KNOWN)).suppress_because


@pytest.mark.parametrize("stage", [None, "rcpt", "message"])
def test_the_recipient_may_be_named_beside_somebody_who_is_gone(rules, stage):
    for reply in (
        "550 hans@example.net is not a valid account there, so eva@example.org does not get this",
        "550 5.1.1 eva@example.org: forward refused, hans@example.net does not exist",
    ):
        assert not judge(rules, reply, stage=stage, **KNOWN).suppress
    assert judge(
        rules, "550 eva@example.org does not exist, ask hans@example.net", stage=stage, **KNOWN
    ).suppress


@pytest.mark.parametrize("reply", ELSEWHERE)
def test_without_a_recipient_the_reply_is_taken_at_its_word(rules, reply):
    assert judge(rules, reply).suppress


@pytest.mark.parametrize("reply", ELSEWHERE)
def test_asked_with_rcpt_the_server_speaks_of_what_it_was_given(rules, reply):
    assert judge(rules, reply, stage="rcpt", **KNOWN).suppress
    assert judge(
        rules, f"host mx.example.net[192.0.2.7] said: {reply} (in reply to RCPT TO)", **KNOWN
    ).suppress


DOMAINS = [
    "Host or domain name not found. Name service error for name={} type=A: Host not found",
    "550 5.1.2 Domain {} does not exist",
    "550 5.4.4 NXDOMAIN looking up MX for {}",
]


@pytest.mark.parametrize("reply", DOMAINS)
def test_a_relay_without_a_name_leaves_the_recipients_domain_alive(rules, reply):
    assert judge(rules, reply.format("example.org"), reply_code=550, **KNOWN).suppress
    verdict = judge(rules, reply.format("other.example.net"), reply_code=550, **KNOWN)
    assert (verdict.classification, verdict.suppress) == ("Invalid Address", False)
    assert judge(rules, reply.format("other.example.net"), reply_code=550).suppress


def test_the_senders_address_without_its_tag_is_the_senders(rules):
    known = {"recipient": "eva@example.org", "sender": "news+eva=example.org@example.com", "stage": "rcpt"}
    assert not judge(rules, "550 5.1.1 <news@example.com>: User unknown", **known).suppress
    assert judge(rules, "550 5.1.1 <news@example.net>: User unknown", **known).suppress


@pytest.mark.parametrize("reply", ELSEWHERE)
def test_the_original_recipient_is_the_recipient(rules, reply):
    attempt = Attempt(
        source="a", position=1, format="dsn", action="failed", diagnostic=reply, recipient="eva@example.org"
    )
    judge_attempts([attempt], rules)
    assert not attempt.suppress
    attempt.original_recipient = "hans@example.net"
    judge_attempts([attempt], rules)
    assert attempt.suppress


@pytest.mark.parametrize("reply", OWN)
def test_the_recipients_own_address_in_other_spellings_is_dead(rules, reply):
    assert judge(rules, reply, **KNOWN).suppress


@pytest.mark.parametrize("reply", SETTLED)
def test_a_failed_check_that_says_what_it_found_leaves_no_doubt(rules, reply):
    assert judge(rules, reply).suppress


@pytest.mark.parametrize("reply", UNSETTLED)
def test_other_doubt_stays(rules, reply):
    assert not judge(rules, reply).suppress


def test_somebody_else_is_gone_or_nobody_was_named_yet(rules):
    lines = (CORPUS / "somebody_else.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [Question(**json.loads(line)) for line in lines]
    verdicts = rules.classify(asked)
    assert [each for each, verdict in zip(asked, verdicts, strict=True) if verdict.suppress] == []
