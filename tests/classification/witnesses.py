"""Witnesses of `unless`: for each such pattern a reply that it alone keeps from a rule.

    python tests/classification/witnesses.py

writes tests/corpus/replies/unless.jsonl anew after rules have changed: an example of the rule, with words in
it that the pattern was made for. The test beside this file fails where a witness is won over by its rule,
which is what deleting a pattern does.
"""

import json
import random
import re._constants as sre
import re._parser as parser
from pathlib import Path

from analyzer.classification import RuleBase, read
from analyzer.classification.asked import ask
from analyzer.classification.matcher import Pattern

FILE = Path(__file__).parent.parent / "corpus" / "replies" / "unless.jsonl"
MARKS = {"_h_=": "bl.", "_a_": "eva@example.net", "_h_": "mx.example.net", "_i_": "192.0.2.7", "_n_": "5000"}
CATEGORIES = {
    sre.CATEGORY_DIGIT: "5",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_NOT_DIGIT: "x",
    sre.CATEGORY_NOT_WORD: "-",
    sre.CATEGORY_NOT_SPACE: "x",
}
TRIES = 200


def sample(tree, chance):
    """A text that a parsed pattern hits, apart from its anchors; branches and ranges as chance has it."""
    text = ""
    for operation, value in tree:
        if operation is sre.LITERAL:
            text += chr(value)
        elif operation in (sre.ANY, sre.NOT_LITERAL):
            text += " "
        elif operation is sre.IN:
            text += one_of(value, chance)
        elif operation is sre.BRANCH:
            text += sample(chance.choice(value[1]), chance)
        elif operation is sre.SUBPATTERN:
            text += sample(value[3], chance)
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, inner = value
            text += "".join(sample(inner, chance) for _ in range(chance.randint(least, min(most, least + 1))))
    return text


def one_of(choices, chance):
    if choices[0][0] is sre.NEGATE:
        return " "
    operation, value = chance.choice(choices)
    if operation is sre.RANGE:
        return chr(chance.randint(*value))
    return CATEGORIES[value] if operation is sre.CATEGORY else chr(value)


def blocked_by(base, index, question):
    """The `unless` patterns that alone keep a rule from a question; None where it is not that."""
    decider = base.decider
    rule = decider.rules[index]
    found = []
    for text in ask(question).texts:
        case, _ = base.case(ask(question), text)
        seen = decider.look(case)
        if index not in decider.touched(seen.hits):
            continue
        if decider.blocked(index, case, seen) != "unless":
            return None
        found += [pattern for pattern in rule.unless if Pattern(pattern).search(seen.folded)]
    return found


def witness(base, index, pattern, chance):
    rule = base.decider.rules[index]
    tree = parser.parse(pattern, parser.SRE_FLAG_IGNORECASE)
    for turn in range(TRIES):
        words = sample(tree, chance).strip()
        for mark, text in MARKS.items():
            words = words.replace(mark, text)
        example = rule.examples[turn % len(rule.examples)]
        codes, _, rest = example.reply.partition(" ")
        for reply in (
            f"{example.reply} {words}",
            f"{codes} {words} {rest}",
            f"{codes} {words}: {rest}",
            f"{words} {rest}",
        ):
            given = {
                name: getattr(example, name) for name in ("host", "stage", "sender", "recipient", "expired")
            }
            question = type(example)(**given, reply=reply)
            if blocked_by(base, index, question) == [pattern]:
                return {
                    "rule": rule.id,
                    "reply": reply,
                    **{key: value for key, value in given.items() if value},
                }
    return None


def main():
    base = RuleBase(read())
    chance = random.Random(1)
    lines, missing = [], []
    for index, rule in enumerate(base.rules):
        for pattern in rule.unless:
            found = witness(base, index, pattern, chance)
            (lines if found else missing).append(found or f"{rule.id}: {pattern}")
    FILE.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    print(f"{len(lines)} witnesses, {len(missing)} patterns without")
    print(*missing, sep="\n")


if __name__ == "__main__":
    main()
