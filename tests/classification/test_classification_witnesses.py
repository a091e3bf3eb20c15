"""Every `unless` pattern keeps its rule from a reply that it was made for: deleting one lets a rule in."""

import json

import msgspec
import pytest
from witnesses import FILE, blocked_by

from analyzer.classification import RuleBase, load_rules, read
from analyzer.model import Question

WITNESSES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def found():
    """The patterns that each witness names, by rule; None where its rule is not kept out by `unless`."""
    base = load_rules()
    numbers = {rule.id: number for number, rule in enumerate(base.rules)}
    return [
        (line["rule"], line["rule"] in numbers and blocked_by(base, numbers[line["rule"]], _question(line)))
        for line in WITNESSES
    ]


def _question(line):
    return Question(**{key: value for key, value in line.items() if key != "rule"})


def test_every_witness_is_kept_out_by_its_rules_unless(found):
    missing = [rule for rule, patterns in found if not patterns]
    assert missing == [], (
        "a pattern was deleted, or rules have changed: python tests/classification/witnesses.py"
    )


def test_every_unless_pattern_has_a_witness(found):
    wanted = {(rule.id, pattern) for rule in load_rules().rules for pattern in rule.unless}
    proved = {(rule, patterns[0]) for rule, patterns in found if patterns and len(patterns) == 1}
    assert sorted(wanted - proved) == []


def test_every_also_pattern_keeps_a_counterexample_out():
    """Deleting any one `also` lets its rule win a counterexample."""
    sources = read()
    unproved = []
    for index, rule in enumerate(sources.rules):
        for pattern in rule.also:
            fewer = tuple(other for other in rule.also if other != pattern)
            rules = [*sources.rules]
            rules[index] = msgspec.structs.replace(rule, also=fewer)
            verdicts = RuleBase(msgspec.structs.replace(sources, rules=rules)).classify(rule.counterexamples)
            if rule.id not in [verdict.rule for verdict in verdicts]:
                unproved.append((rule.id, pattern))
    assert unproved == []
