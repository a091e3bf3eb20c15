"""Verdicts of the shipped rules: traps beside what they mean, and what a verdict says besides."""

import json
from pathlib import Path

import msgspec
import pytest

from analyzer.classification import RuleBase, check, load_rules, read
from analyzer.classification.matcher import Pattern
from analyzer.classification.template import fold
from analyzer.model import Question

CORPUS = Path(__file__).parent.parent / "corpus" / "replies"
TRAPS = [json.loads(line) for line in (CORPUS / "traps.jsonl").read_text(encoding="utf-8").splitlines()]
CONTEXT = ("host", "stage", "sender", "recipient", "permanent")


@pytest.fixture(scope="module")
def rules():
    return load_rules()


def judge(rules, reply, **context):
    return rules.classify([Question(reply=reply, **context)])[0]


@pytest.mark.parametrize("case", TRAPS, ids=lambda case: f"{case['trap']}: {case['reply'][:70]}")
def test_traps(rules, case):
    verdict = judge(rules, case["reply"], **{key: case[key] for key in CONTEXT if key in case})
    assert verdict.classification in case["want"].split("|")
    assert verdict.reason == case.get("reason", verdict.reason)
    assert verdict.suppress == case.get("suppress", verdict.suppress)
    assert verdict.retry_after_seconds == case.get("retry", verdict.retry_after_seconds)


def test_codes_of_the_text_beat_what_the_reporter_made_up(rules):
    verdict = judge(rules, "452 4.2.2 Mailbox full", reply_code=550, enhanced_code="5.0.0")
    assert (verdict.reply_code, verdict.enhanced_code, verdict.permanence) == (452, "4.2.2", "transient")


def test_a_code_that_contradicts_the_text_is_not_taken_over(rules):
    assert judge(rules, "450 Mailbox full", enhanced_code="5.0.0").enhanced_code is None
    assert judge(rules, "450 Mailbox full", enhanced_code="4.2.2").enhanced_code == "4.2.2"


def test_the_reporter_says_permanence_only_where_no_code_does(rules):
    assert judge(rules, "mailbox full", permanent=False).permanence == "transient"
    assert judge(rules, "mailbox full", permanent=True).permanence == "permanent"
    assert judge(rules, "452 mailbox full", permanent=True).permanence == "transient"


def test_an_expired_message_is_permanent_but_its_deferral_suppresses_nothing(rules):
    verdict = judge(rules, "450 4.1.1 <eva@example.net>: User unknown", expired=True)
    assert verdict.permanence == "permanent"
    assert not verdict.suppress


def test_an_expired_message_without_a_reason_is_expired(rules):
    assert judge(rules, "", expired=True).reason == "expired"


def test_an_address_that_no_server_could_accept(rules):
    verdict = judge(rules, "501 5.5.4 Syntax error", recipient="eva@example..net")
    assert (verdict.classification, verdict.reason, verdict.suppress) == (
        "Invalid Address",
        "bad-address-syntax",
        True,
    )
    assert not judge(rules, "451 later", recipient="eva@example..net").suppress
    assert judge(rules, "552 5.2.2 mailbox full", recipient="eva@example..net").reason == "mailbox-full"


@pytest.mark.parametrize(
    ("reply", "field", "value"),
    [
        ("550 Client host [192.0.2.7] blocked using zen.spamhaus.org", "blocklist", "zen.spamhaus.org"),
        ("554 Your IP 192.0.2.7 is on the Spamhaus XBL blocklist", "blocklist", "spamhaus XBL"),
        ("451 Greylisted, please try again in 300 seconds", "retry_after_seconds", 300),
        ("451 4.7.1 Greylisting in action, come back in 00:05:00", "retry_after_seconds", 300),
        ("450 4.7.1 rate limited, try again after 2 hours", "retry_after_seconds", 7200),
        ("552 5.3.4 Message too big, the maximum size is 25 MB", "limit", "25 MB"),
        (
            "450 4.7.1 too many messages, you are limited to 100 messages per hour",
            "limit",
            "100 messages per hour",
        ),
        (
            "552 5.2.2 Over quota, see https://example.net/help?p=quota.",
            "help_url",
            "https://example.net/help?p=quota",
        ),
        ("host mx.example.net[192.0.2.7] said: 550 no (in reply to end of DATA command)", "stage", "message"),
        (
            "host mx.example.net[192.0.2.7] said: 550-5.1.1 no\n550 5.1.1 one",
            "diagnostic",
            "550-5.1.1 no 550 5.1.1 one",
        ),
    ],
)
def test_what_else_is_read(rules, reply, field, value):
    assert getattr(judge(rules, reply), field) == value


def test_advice_does_not_say_suppress_where_nothing_is_suppressed(rules):
    assert judge(rules, "550 5.1.1 User unknown").advice == "suppress"
    assert judge(rules, "450 4.1.1 User unknown").advice == "retry"


def test_evidence_is_the_readers_text(rules):
    verdict = judge(rules, "550 5.1.1 <Eva@Example.net>: Recipient address rejected: User UNKNOWN")
    assert verdict.evidence is not None
    assert verdict.evidence in "550 5.1.1 <Eva@Example.net>: Recipient address rejected: User UNKNOWN"


DOUBTFUL = [
    "550 L'adresse depuis laquelle vous écrivez n'existe pas",
    "550 HELO域名不存在",
    "550 Il link nel messaggio punta a un dominio inesistente",
    "550 Rücksendeadresse existiert nicht",
    "550 5.1.1 The address was not found, or it is unable to receive mail",
    "550 5.1.1 User unknown temporarily",
    "550 5.1.1 User unknown, please try again",
    "550 5.1.1 User unknown: verification failed",
    "550 5.1.1 User unknown, check your address",
    "550 5.1.1 User unknown in URL",
    "550 5.1.1 User unknown, directory unreachable",
    "550 5.1.1 User unknown: limit",
    "550 5.1.1 User unknown, perhaps",
    "550 5.1.1 User unknown for external senders",
    "550 5.1.1 User unknown at this time",
    "550 5.1.1 User unknown, you are not he",
    "550 5.1.1 User unknown, directory rebuilt",
    "550 5.1.1 User unknown in group",
    "550 5.1.1 User unknown by our policy",
    "550 5.1.1 User unknown or account expired",
    "550 5.1.1 User blocked or user unknown",
    "550 5.1.1 User unknown, or for some other reason",
    "550 5.1.1 User unknown, message not found",
    "550 5.1.1 User unknown currently",
    "550 5.1.1 User unknown in your contacts",
    "550 5.1.1 User unknown, forwards to him",
    "550 5.1.1 User unknown, you mailed him",
    "550 5.1.1 User unknown for sending",
    "550 5.1.1 User unknown, cause unknown",
    "550 5.1.1 User unknown, no recipients",
    "550 5.1.1 User unknown, mot de passe",
    "550 5.1.1 User unknown today",
    "550 5.1.1 User unknown on this node",
    "550 5.1.1 User unknown for roaming",
    "550 5.1.1 User unknown, removed from the group",
    "550 5.1.1 User unknown, ratio of them",
    "550 5.1.1 User unknown on behalf of him",
    "550 5.1.1 User unknown: srs",
    "550 5.1.1 User unknown, confirmation missing",
    "550 5.1.1 User unknown, not licensed",
    "550 account is scheduled to be deleted",
    "550 if the user does not exist, contact support",
    "550 We do not accept mail from addresses that do not exist",
    "550 list owner does not exist",
    "550 we cannot reply because the address does not exist",
    "550 alias leads to a user that does not exist",
    "550 recipient unknown to the user",
    "550 5.1.1 User unknown: customer number",
    "550 message to the user not found",
    "550 account is not in use and blocked",
    "550 no such domain at this location",
    "550 no such host",
    "550 no one by that name may send mail here",
    "550 no matching rule for this recipient",
    "550 user unknown in postgres",
    "550 user unknown: not in an allowed country",
    "550 domain controller not found",
    "550 5.1.1 User unknown, they listed you",
    "550 this mailbox does not exist for you",
    "550 recipient invalid for this message class",
    "550 user unknown in Radius, mail held",
    "550 user unknown, certificate expired",
    "550 user unknown, mails in transit",
    "550 user unknown to the plug-in",
    "550 some recipients were invalid",
    "550 at least one of the addresses is not known",
    "550 The user does not exist?",
    "550 user unknown, failed to open map",
    "550 invalid users in Cc field",
    "550 Benutzer unbekannt: Weiterleitung",
]


@pytest.mark.parametrize("reply", DOUBTFUL)
def test_words_of_doubt_forbid_suppression(rules, reply):
    assert not judge(rules, reply).suppress


def test_every_pattern_of_doubt_is_needed():
    doubt = read().doubt
    alone = [[pattern for pattern in doubt if Pattern(pattern).search(fold(reply))] for reply in DOUBTFUL]
    assert [pattern for pattern in doubt if [pattern] not in alone] == []


@pytest.mark.parametrize("reply", ["501 5.1.7 Invalid address", "553 5.1.8 <a@dest.example>... unknown user"])
def test_codes_of_the_sender_call_no_recipient_dead(rules, reply):
    """RFC 3463 3.2: X.1.7 and X.1.8 speak of the sender's address."""
    assert judge(rules, reply).classification != "Invalid Address"


def test_words_in_other_scripts_are_words():
    """A code is not alone where something is said beside it; an address ends where another script begins."""
    said = ["550 5.1.1 権限がありません", "550 宛先eva@dest.exampleは存在しません"]
    verdicts = load_rules().classify([Question(reply=reply, recipient="eva@dest.example") for reply in said])
    assert [verdict.suppress for verdict in verdicts] == [False, True]


def test_a_recipient_behind_the_command_is_the_recipient():
    question = Question(reply="550 RCPT TO:eva@dest.example: no such user", recipient="eva@dest.example")
    assert load_rules().classify([question])[0].suppress


def test_doubt_may_use_word_groups_that_exist(tmp_path):
    (tmp_path / "words.toml").write_text("lion = ['lions?']\n")
    (tmp_path / "reasons.toml").write_text("doubt = ['a %lion%', '%tiger%']\n")
    sources = read([tmp_path])
    assert "a (?:lions?)" in sources.doubt
    assert any("tiger" in error.message for error in sources.errors)


def test_what_is_wrong_with_words_of_doubt_is_told_all_at_once(tmp_path):
    (tmp_path / "reasons.toml").write_text(
        "doubt = [1]\nsettled = 'no list'\namiss = ['no table', { text = 'y' }, { text = '(', but = 'z' }]\n"
    )
    (tmp_path / "hosts.toml").write_text("[den]\ntext = 5\ndomains = 'example.com'\n")
    errors = [(error.key, error.message) for error in check(read([tmp_path]))]
    tables = ("amiss", "must be a list of tables with the strings text and but")
    lists = [(key, "must be a list of strings") for key in ("doubt", "settled", "text", "domains")]
    assert sorted(errors[:-1]) == sorted([*lists, tables, tables])
    assert errors[-1][0] == "amiss"
    assert errors[-1][1].startswith("'(': ")


AMISS = [
    ("550 the carrier of this recipient is unknown", "550 the local part of this recipient is unknown"),
    ("550 carrier of eva@dest.example not found", "550 mailbox of eva@dest.example not found"),
    ("550 the recipient's carrier is unknown", "550 the recipient's address is unknown"),
    ("550 le transporteur du destinataire est inconnu", "550 adresse du destinataire inconnue"),
    ("550 ユーザーの回線が見つかりません", "550 ユーザーのアドレスが見つかりません"),
    ("550 unknown recipient behaviour observed", "550 unknown recipient eva here"),
    ("550 Type de boîte inconnu", "550 Destinataire introuvable dans le carnet d'adresses"),
    ("550 用户组不存在", "550 收件人列表中不存在该用户"),
    ("550 Mottagarens roll är okänd", "550 Mottagarens adress är okänd"),
]


@pytest.mark.parametrize(("doubtful", "sure"), AMISS)
def test_what_is_amiss_is_not_the_recipient(rules, doubtful, sure):
    assert not judge(rules, doubtful).suppress
    assert judge(rules, sure).suppress


def test_every_pair_of_what_is_amiss_is_needed():
    """Each text alone voices doubt in one reply, and its exception takes the doubt from another."""
    sources = read()
    for text, but in sources.amiss:
        base = RuleBase(msgspec.structs.replace(sources, amiss=((text, but),), doubt=()))
        assert any(base.decider.doubts(doubtful) for doubtful, _ in AMISS)
        assert any(Pattern(text).search(fold(sure)) and not base.decider.doubts(sure) for _, sure in AMISS)
