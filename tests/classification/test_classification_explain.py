"""Explanations, rule pages, skeletons, templates and address syntax."""

import tomllib
import warnings

import pytest

from analyzer.classification import load_rules, read
from analyzer.classification.addresses import impossible, suggestion
from analyzer.classification.pages import index, page
from analyzer.classification.skeleton import skeleton
from analyzer.classification.template import names, restore, shown, template
from analyzer.model import Question


@pytest.fixture(scope="module")
def rules():
    return load_rules()


def test_an_explanation_shows_parts_rivals_and_why(rules):
    reply = "554 5.4.7 gave up; last: 550 5.1.1 <eva@example.net>: User unknown, blocked using bl.example.org"
    seen = rules.explain(Question(reply=reply, recipient="eva@example.net"))
    assert [part.decisive for part in seen.parts] == [False, True]
    assert seen.template == "550 5.1.1 <{recipient}>: User unknown, blocked using bl.example.org"
    winner = next(hit for hit in seen.hits if not hit.blocked and not hit.lost)
    assert winner.rule == seen.verdict.rule
    assert winner.classification == "Reputation"
    loser = next(hit for hit in seen.hits if hit.reason == "user-unknown" and hit.tier == "phrase")
    assert loser.lost == "blocklisted ranks before user-unknown"
    assert seen.suppress_because == "the failure is not about the address"
    labels = [label for label, _ in seen.lines()]
    assert labels.count("part") == 2
    assert labels.index("reply") < labels.index("verdict") < labels.index("advice")
    assert seen.to_dict()["verdict"]["classification"] == "Reputation"


@pytest.mark.parametrize(
    ("reply", "because"),
    [
        ("550 5.1.1 User unknown", "the address is stated to be dead, permanently"),
        ("450 4.1.1 User unknown", "the failure is not stated to be permanent"),
        ("550 5.1.1 User unknown, try again later", "the reply voices doubt"),
        ("550 5.1.2 Alas", "what the rule goes by is not certain enough"),
    ],
)
def test_why_an_address_is_suppressed_or_not(rules, reply, because):
    assert rules.explain(Question(reply=reply)).suppress_because == because


def test_an_explanation_without_a_rule(rules):
    seen = rules.explain(Question(reply="550 alas"))
    assert seen.hits == []
    assert ("rules", "no rule hits") in seen.lines()


def test_a_typo_is_suggested(rules):
    seen = rules.explain(Question(reply="550 5.1.1 User unknown", recipient="eva@gmial.com"))
    assert seen.suggestion == "eva@gmail.com"
    assert any("did you mean eva@gmail.com?" in text for _, text in seen.lines())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("eva@hotmal.com", "eva@hotmail.com"),
        ("eva@gmail.co", "eva@gmail.com"),
        ("eva@yahooo.com", "eva@yahoo.com"),
        ("eva@gmail.com", None),
        ("eva@example.com", None),
        ("eva@company.com", None),
        ("eva@email.com", None),
        ("not an address", None),
    ],
)
def test_only_likely_typos_are_suggested(typed, meant):
    assert suggestion(typed) == meant


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("eva@example.net", False),
        ("eva+tag@example.net", False),
        ("<eva@example.net>", False),
        ("eva..m@docomo.ne.jp", False),
        ("eva.@docomo.ne.jp", False),
        ('"eva m"@example.net', False),
        ("eva@[192.0.2.7]", False),
        ("évà@example.net", False),
        ("postmaster", False),
        ("", False),
        ("eva@example..net", True),
        ("eva@", True),
        ("eva@exam ple.net", True),
        ("x" * 65 + "@example.net", True),
        ("eva@" + "x" * 300 + ".net", True),
    ],
)
def test_addresses_that_no_server_could_accept(address, expected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert impossible(address) == expected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("<eva@example.net>: unknown", "<{address}>: unknown"),
        ("client [192.0.2.7], [2001:db8::7]:25", "client [{ip}], [{ip}]:{number}"),
        ("host mx1.example.net. says 5.1.1", "host {host}. says 5.1.1"),
        ("id 4Rq7zB2xYp9, qid 9C4E12A0F1B", "id {id}, qid {id}"),
        (
            "wait 300 seconds, 5000 bytes, 00:05:00, 25MB",
            "wait 300 seconds, {number} bytes, {number}, {number}",
        ),
        (
            "code S3150 AS(4810) OFR_416 [416] LPN007_102 (G28)",
            "code S3150 AS({number}) OFR_416 [416] LPN007_102 (G28)",
        ),
        ("see https://example.org/help?ip=192.0.2.7&c=quota", "see https://example.org/help?ip={id}&c=quota"),
        ("<bounce+eva=example.net@example.org>: o'neil@example.net", "<{address}>: {address}"),
        ("to=<eva@example.net>, from='news@example.org'", "to=<{address}>, from='{address}'"),
        ("prvs=12345=news@example.org, to=eva@example.net", "{address}, to={address}"),
        ("RFC 5322, error 10061", "RFC 5322, error 10061"),
        ("QUEUE.Expired RESOLVER.ADR.RecipNotFound", "QUEUE.Expired RESOLVER.ADR.RecipNotFound"),
        ("listed on zen.spamhaus.org", "listed on zen.spamhaus.org"),
        ("该IP 192.0.2.7（eva@example.net）被禁止", "该IP {ip}（{address}）被禁止"),
        ("recipients (eva@example.net:quota exceeded)", "recipients ({address}:quota exceeded)"),
    ],
)
def test_templates(text, masked):
    assert shown(template(text).text) == masked


@pytest.mark.parametrize(
    ("reply", "groups"),
    [
        ("550 5.4.1 Recipient address rejected [XX1FT001.eop.prod.protection.outlook.com]", ["microsoft"]),
        ("550 Client host mail-1.outbound.protection.outlook.com[192.0.2.7] is not welcome", []),
        ("550 not allowed to send from google.com", []),
    ],
)
def test_hosts_in_the_text_tell_who_speaks(rules, reply, groups):
    assert rules.explain(Question(reply=reply)).host_groups == groups


def test_templates_name_roles():
    known = names("Eva@Example.net", "news@example.org")
    masked = template(
        "<eva@example.net> from NEWS@example.org, example.net or example.org or x@example.net", known
    )
    assert (
        shown(masked.text)
        == "<{recipient}> from {sender}, {recipient_domain} or {sender_domain} or {address}"
    )
    assert names("a@example.net", "b@example.net").sender_domain == ""


def test_a_span_of_a_template_leads_back_to_the_text():
    text = "550 <eva@example.net> at mx.example.net is unknown here"
    masked = template(text)
    start = masked.text.index("_a_")
    assert (
        restore(text, masked, (start, len(masked.text)))
        == "eva@example.net> at mx.example.net is unknown here"
    )
    end = masked.text.index(" is unknown")
    assert restore(text, masked, (0, end)) == "550 <eva@example.net> at mx.example.net"


def test_every_rule_has_a_page_and_stands_in_the_index(rules):
    sources = read()
    whole = index(sources.rules, sources.reasons)
    for rule in sources.rules:
        text = page(rule, sources.reasons)
        assert text.startswith(f"# {rule.id}\n")
        assert rule.why in text
        assert f"[{rule.id}]({rule.id}.md)" in whole
    assert f"{len(sources.rules)} rules" in whole


def test_a_skeleton_is_a_rule_that_hits_its_reply(rules, tmp_path):
    reply = "550 5.7.1 <eva@example.net>: the cat doesn't like (50%) mail from 192.0.2.7"
    made = skeleton(rules, reply)
    tomllib.loads(made.toml)
    (tmp_path / "new.toml").write_text(made.toml, encoding="utf-8")
    verdict = load_rules([tmp_path]).classify([Question(reply=reply.replace("eva@", "other@"))])[0]
    assert verdict.rule == "own/the-cat-doesn-like"


def test_a_skeleton_shows_what_it_overlaps(rules):
    assert any(hit.reason == "user-unknown" for hit in skeleton(rules, "550 5.1.1 User unknown").overlaps)
