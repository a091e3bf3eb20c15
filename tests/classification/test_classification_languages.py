"""The same causes in the words of 34 languages, and what must call no address dead in any of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.classification import RuleBase, load_rules
from analyzer.model import Question, Verdict

REPLIES = Path(__file__).parent.parent / "corpus" / "replies"
DEAD = {"unknown": "550", "domain": "550", "syntax": "501"}
FAMILIES = {
    "Invalid Address": DEAD,
    "Mailbox Unavailable": {"full": "452", "disabled": "550", "restricted": "550", "unavailable": "550"},
    "Content": {"large": "552", "spam": "550", "virus": "550", "attachment": "550"},
    "Reputation": {"blocklist": "554", "reputation": "554"},
    "Frequency/Volume": {"rate": "450", "connections": "421", "recipients": "452", "quota": "550"},
    "Technical": {
        **dict.fromkeys(("auth", "relay", "rdns", "sender"), "550"),
        **dict.fromkeys(("dns", "system"), "451"),
        **dict.fromkeys(("loop", "expired"), "554"),
        "tls": "530",
        "connection": "421",
        "protocol": "500",
        "grey": "450",
    },
    "Unclassified": {"policy": "550"},
    "": {"later": "451"},
}
"""What each family is; putting off without a cause is nothing, or at most technical."""
BEFORE = ("{} {}", "{} <eva@example.com>: {}", "{} {} (mx.example.net)")


def wordings() -> Iterator[tuple[str, str, str]]:
    """Language, family and wording."""
    language = ""
    for line in (REPLIES / "languages.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            language = line[3:]
        elif line and not line.startswith("#"):
            family, _, said = line.partition(": ")
            yield from ((language, family, one) for one in said.split(" | "))


@pytest.fixture(scope="module")
def rules() -> RuleBase:
    return load_rules()


PLAIN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ł": "l", "ø": "o"}
)


def answered(rules: RuleBase, replies: list[str]) -> list[Verdict]:
    return rules.classify([Question(reply=reply) for reply in replies])


@pytest.mark.parametrize("form", BEFORE)
def test_every_language_says_it(rules: RuleBase, form: str) -> None:
    cases = [
        (language, classification, families[family], family, said)
        for language, family, said in wordings()
        for classification, families in FAMILIES.items()
        if family in families
    ]
    verdicts = answered(rules, [form.format(code, said) for _, _, code, _, said in cases])
    wrong = [
        f"{language} {family}: {said}: {verdict.classification} by {verdict.rule}"
        for (language, classification, _, family, said), verdict in zip(cases, verdicts, strict=True)
        if verdict.classification not in ({classification or "Technical", classification or "Unclassified"})
        or (bool(verdict.suppress) and family not in DEAD)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_dead_are_suppressed(rules: RuleBase) -> None:
    dead = [said for _, family, said in wordings() if family in ("unknown", "domain")]
    verdicts = answered(rules, [f"550 {said}" for said in dead])
    assert [said for said, verdict in zip(dead, verdicts, strict=True) if not verdict.suppress] == []


@pytest.mark.parametrize("code", ["550", "550 5.1.1", "550 5.2.1", "554"])
def test_the_living_are_not_called_dead(rules: RuleBase, code: str) -> None:
    living = (REPLIES / "living_languages.txt").read_text("utf-8").splitlines()[1:]
    living += [
        said for _, family, said in wordings() if family in ("disabled", "restricted", "sender", "full")
    ]
    verdicts = answered(rules, [f"{code} {said}" for said in living])
    assert [said for said, verdict in zip(living, verdicts, strict=True) if verdict.suppress] == []


@pytest.mark.parametrize("language", ["de", "pl"])
def test_letters_that_a_server_cannot_write(rules: RuleBase, language: str) -> None:
    said = [(family, one) for spoken, family, one in wordings() if spoken == language]
    codes = {family: code for families in FAMILIES.values() for family, code in families.items()}
    proper = answered(rules, [f"{codes[family]} {one}" for family, one in said])
    plain = answered(rules, [f"{codes[family]} {one.translate(PLAIN)}" for family, one in said])
    assert [
        one
        for (_, one), good, poor in zip(said, proper, plain, strict=True)
        if good.classification != poor.classification
    ] == []


def test_letters_of_full_width(rules: RuleBase) -> None:
    assert answered(rules, ["550 ＵＳＥＲ ｕｎｋｎｏｗｎ"])[0].reason == "user-unknown"
