"""Subjects by predicates: whose mailbox, whose quota, which limit; in the languages of the world."""

import itertools
import re
from functools import cache
from pathlib import Path

from analyzer.classification import load_rules
from analyzer.classification.matcher import Pattern
from analyzer.model import Question

CORPUS = Path(__file__).parents[1] / "corpus" / "replies" / "lattice_other.txt"
AT_MOST = 40
"""Replies tried of one line; evenly spread, the same ones each time."""


def expand(line):
    """Every reply that a line stands for."""
    pieces = [piece.split("|") for piece in re.split(r"[{}]", line)]
    return [" ".join("".join(choice).split()) for choice in itertools.product(*pieces)]


@cache
def cases():
    found, wanted, prefixes = [], set(), []
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            head, _, rest = line[1:].partition("]")
            wanted, prefixes = set(head.split(" or ")), [prefix.strip() for prefix in rest.split(",")]
        elif line and not line.startswith("#"):
            replies = expand(line)
            step = max(1, len(replies) // AT_MOST)
            for number, reply in enumerate(replies):
                if number % step == 0:
                    found.append((f"{prefixes[number % len(prefixes)]} {reply}".strip(), wanted))
    return found


def test_the_subject_decides():
    verdicts = load_rules().classify([Question(reply=reply) for reply, _ in cases()])
    wrong = [
        f"{reply!r} is {verdict.classification} by {verdict.rule}"
        for (reply, wanted), verdict in zip(cases(), verdicts, strict=True)
        if verdict.classification not in wanted
    ]
    assert wrong == []


def test_nothing_is_suppressed():
    verdicts = load_rules().classify([Question(reply=reply) for reply, _ in cases()])
    assert [reply for (reply, _), verdict in zip(cases(), verdicts, strict=True) if verdict.suppress] == []


def test_the_lattice_is_large_and_not_in_the_rules():
    examples = {example.reply for rule in load_rules().rules for example in rule.examples}
    replies = {reply for reply, _ in cases()}
    assert len(replies) > 8_000
    assert len(replies & examples) < 0.005 * len(replies)


def test_escapes_of_a_pattern_in_another_script_keep_their_meaning():
    assert Pattern(r"соединени\S+ отклонен").search("соединение отклонено")
    assert not Pattern(r"соединени\S отклонен").search("соединени отклонен")
