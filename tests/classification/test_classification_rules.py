"""The rule base as it ships, and what its check says of broken rules."""

import shutil
from pathlib import Path

import pytest

from analyzer.classification import TIERS, RuleBase, RulesInvalidError, check, load_rules, loader, read
from analyzer.classification.proof import unproved
from analyzer.model import Question
from analyzer.model.content import content

GOOD = """
[[rule]]
id = "own/cats"
classification = "Content"
reason = "spam-content"
text = ['\\bcats? in the attic\\b', '\\bdogs? in the attic\\b']
why = "No animals."
examples = ["550 cats in the attic", "550 dog in the attic"]
counterexamples = ["550 cats in the garden"]
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder for rules of one's own, beside a shipped rule base that has reasons, words and hosts only."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    for name in ("reasons.toml", "words.toml", "hosts.toml"):
        shutil.copy(content("rules") / name, shipped)
    monkeypatch.setattr(loader, "content", lambda _: shipped)
    own = tmp_path / "mine"
    (own / "own").mkdir(parents=True)
    return own


def errors(folder, text, name="own/rules.toml"):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return [error for error in check(read([folder])) if str(folder) in error.file]


def test_the_shipped_rules_hold():
    assert list(map(str, check(read()))) == []


def test_every_pattern_is_needed_by_an_example():
    """Deleting any one text pattern leaves an example that its rule no longer hits."""
    assert unproved(RuleBase(read())) == []


def test_every_rule_has_a_reference_or_says_why():
    assert [rule.id for rule in load_rules().rules if not rule.why.strip()] == []


def test_a_good_rule_of_ones_own_wins_over_shipped_ones(folder):
    assert errors(folder, GOOD) == []
    errors(
        folder, GOOD.replace("own/cats", "marker/cats").replace("attic", "attic,? you know"), "marker/x.toml"
    )
    verdict = load_rules([folder]).classify([Question(reply="550 cats in the attic, you know")])[0]
    assert (verdict.rule, verdict.classification) == ("own/cats", "Content")


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        (('reason = "spam-content"', 'reason = "spam-contents"'), "reason", "did you mean 'spam-content'?"),
        (('"Content"', '"Contents"'), "classification", "did you mean 'Content'?"),
        (('"Content"', '"Reputation"'), "classification", "belongs to Content"),
        (("why =", "wy ="), "why", "is missing"),
        (("why =", "wy ="), "wy", "did you mean 'why'?"),
        (("\\bcats?", "%cats%"), "text", "%cats% is no word group"),
        (("\\bcats?", "(cats"), "text", "missing )"),
        (("\\bcats?", "(?<=x)cats"), "text", "invalid perl operator"),
        (('"550 cats in the attic", ', ""), "text", "no example is hit by"),
        (("550 dog in", "550 dog, cat in the attic, dog in"), "text", "no example is hit by"),
        (('"550 dog in the attic"', '"550 dig in the attic"'), "examples", "is won by"),
        (("cats in the garden", "cats in the attic"), "counterexamples", "is won by it"),
        (("own/cats", "Cats"), "id", "does not have the form"),
        (('why = "No', 'beats = ["own/dogs"]\nwhy = "No'), "beats", "there is no rule"),
        (('why = "No', 'stage = ["rpct"]\nwhy = "No'), "stage", "did you mean 'rcpt'?"),
        (('why = "No', 'enhanced = ["5.1"]\nwhy = "No'), "enhanced", "does not have the form"),
        (('why = "No', 'host = ["gogle"]\nwhy = "No'), "host", "did you mean 'google'?"),
        (('why = "No', 'text2 = 1\nwhy = "No'), "text2", "is not a key of a rule"),
        (
            ('"550 dog in the attic"', '{ replay = "550 dog in the attic" }'),
            "examples",
            "neither a reply nor",
        ),
        (("text = [", "text = 5\nunless = ["), "text", "must be a list of strings"),
        (("text = [", "unless = ["), "text", "nothing to match"),
    ],
)
def test_what_is_wrong_is_said_with_file_rule_and_key(folder, change, key, message):
    found = errors(folder, GOOD.replace(*change))
    assert [error for error in found if error.key == key and message in error.message], list(map(str, found))
    assert all(error.rule for error in found)


def test_all_errors_come_at_once(folder):
    found = errors(
        folder, GOOD.replace("spam-content", "spam") + GOOD.replace("why", "wy") + "[[rule]]\nid = 5\n"
    )
    assert {error.key for error in found} >= {"reason", "why", "id", "classification"}


def test_broken_toml_is_an_error_with_its_file(folder):
    (found,) = errors(folder, "[[rule]\n")
    assert "own/rules.toml" in found.file


def test_an_id_that_repeats(folder):
    assert any("stands 2 times" in error.message for error in errors(folder, GOOD + GOOD))


def test_rules_that_beat_each_other(folder):
    two = GOOD.replace("why", 'beats = ["own/dogs"]\nwhy') + GOOD.replace("own/cats", "own/dogs").replace(
        "why", 'beats = ["own/cats"]\nwhy'
    )
    assert any("beats this rule too" in error.message for error in errors(folder, two))


def test_loading_refuses_what_cannot_be_read(folder):
    errors(folder, GOOD.replace("why", "wy"))
    with pytest.raises(RulesInvalidError) as caught:
        load_rules([folder])
    assert len(caught.value.errors) == 2
    with pytest.raises(RulesInvalidError, match="no such folder"):
        load_rules([Path(folder) / "nowhere"])


def test_word_groups_of_ones_own(folder):
    (folder / "words.toml").write_text("animal = ['cats?', 'dogs?']\n", encoding="utf-8")
    text = GOOD.replace("\\bcats? in the attic\\b', '\\bdogs? in the attic\\b", "\\b%animal% in the attic\\b")
    assert errors(folder, text) == []


def test_a_word_group_that_contains_itself(folder):
    (folder / "words.toml").write_text("a1 = ['x%b1%']\nb1 = ['y%a1%']\n", encoding="utf-8")
    assert any("contains itself" in str(error) for error in check(read([folder])))


def overlapping(
    folder, tier_a="phrase", tier_b="phrase", extra_a="", extra_b="", reasons=("virus", "spam-content")
):
    for name, tier, extra, reason, text in (
        ("a", tier_a, extra_a, reasons[0], "zebra"),
        ("b", tier_b, extra_b, reasons[1], "zebra crossing"),
    ):
        (folder / tier).mkdir(exist_ok=True)
        (folder / tier / f"{name}.toml").write_text(
            f'[[rule]]\nid = "own/{name}"\nclassification = "Content"\nreason = "{reason}"\n'
            f"text = ['\\b{text}\\b']\nwhy = \"x\"\nexamples = []\n{extra}\n",
            encoding="utf-8",
        )
    sources = read([folder])
    sources.rules = [rule for rule in sources.rules if rule.id.startswith("own/")]
    assert sources.errors == []
    return RuleBase(sources).classify([Question(reply="550 zebra crossing")])[0].rule


def test_an_earlier_tier_wins(folder):
    assert overlapping(folder, "marker", "phrase") == "own/a"
    assert TIERS.index("marker") < TIERS.index("provider") < TIERS.index("phrase") < TIERS.index("hint")


def test_within_a_tier_the_rank_of_the_reason_decides(folder):
    assert overlapping(folder) == "own/a"


def test_within_a_reason_the_longer_evidence_decides(folder):
    assert overlapping(folder, reasons=("virus", "virus")) == "own/b"


def test_beats_decides_first(folder):
    assert overlapping(folder, extra_b='beats = ["own/a"]') == "own/b"
    assert overlapping(folder, extra_b='beats = ["reason:virus"]') == "own/b"


@pytest.mark.parametrize(
    ("narrowing", "question", "applies"),
    [
        ('host = ["google"]', {"host": "mx.google.com"}, True),
        ('host = ["google"]', {"host": "notgoogle.com"}, False),
        ('host = ["google"]', {"recipient": "eva@gmail.com"}, True),
        ('host = ["google"]', {"recipient": "eva@gmail.com", "host": "mx.example.net"}, False),
        ('stage = ["rcpt"]', {"stage": "rcpt"}, True),
        ('stage = ["rcpt"]', {"stage": "message"}, False),
        ('stage = ["rcpt"]', {}, False),
        ('code = ["5xx"]', {}, True),
        ('code = ["4xx", "551"]', {}, False),
        ('enhanced = ["5.7.*"]', {"enhanced_code": "5.7.1"}, True),
        ('enhanced = ["5.7.*"]', {"enhanced_code": "5.2.1"}, False),
        ('enhanced = ["5.7.*"]', {}, False),
        ("also = ['crossing']", {}, True),
        ("also = ['crossings']", {}, False),
        ("unless = ['crossing']", {}, False),
        ("unless = ['x', 'y']", {}, True),
        ("expired = true", {}, False),
        ("expired = true", {"expired": True}, True),
    ],
)
def test_keys_narrow(folder, narrowing, question, applies):
    overlapping(folder, extra_a=narrowing)
    sources = read([folder])
    sources.rules = [rule for rule in sources.rules if rule.id == "own/a"]
    verdict = RuleBase(sources).classify([Question(reply="550 zebra crossing", **question)])[0]
    assert (verdict.rule == "own/a") == applies
