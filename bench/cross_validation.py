"""Estimates what unseen replies fare like: each provider's rules are left out while its replies are judged.

    python bench/cross_validation.py [LABELLED.csv] [--verbose]

Without a file the replies are the examples of the rules in the tiers marker and provider, labelled by their
rules; a file has the columns reply, classification (or accepted, several joined by |), suppress (or dead)
and host. `generic` switches off the tiers marker and provider altogether; `held out` leaves out, in turn,
each provider's files of these tiers and judges by all others what it decided: what a provider without rules
would get. Many of the examples show a bare marker, so those figures are lower bounds; labelled real replies
say more.
"""

import argparse
import csv
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import msgspec

from analyzer.classification import RuleBase, read
from analyzer.model import Question

SPECIFIC = ("marker", "provider")


@dataclass
class Labelled:
    question: Question
    accepted: list[str]
    dead: bool | None
    source: str


def from_rules(sources):
    base = RuleBase(sources)
    found = []
    for rule in base.rules:
        if rule.tier in SPECIFIC:
            for question, verdict in zip(rule.examples, base.classify(rule.examples), strict=True):
                found.append(
                    Labelled(question, [rule.classification], verdict.suppress, Path(rule.file).stem)
                )
    return found


def from_file(path):
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            dead = {"yes": True, "no": False}.get(row.get("suppress") or row.get("dead"))
            accepted = (row.get("accepted") or row["classification"]).split("|")
            yield Labelled(Question(reply=row["reply"]), accepted, dead, row.get("host", ""))


def by_provider(base, rows):
    """The rows by the provider whose rule decides about them; the others under an empty name."""
    providers = {rule.id: Path(rule.file).stem for rule in base.rules if rule.tier in SPECIFIC}
    groups = defaultdict(list)
    for row, verdict in zip(rows, base.classify([row.question for row in rows]), strict=True):
        groups[providers.get(verdict.rule, "")].append(row)
    return groups


def judged(base, rows, counts, misses):
    for row, verdict in zip(rows, base.classify([row.question for row in rows]), strict=True):
        right = verdict.classification in row.accepted
        counts["rows"] += 1
        counts["right"] += right
        counts["unclassified"] += not right and verdict.classification == "Unclassified"
        counts["wrong Invalid Address"] += not right and verdict.classification == "Invalid Address"
        counts["wrong suppression"] += verdict.suppress and row.dead is False
        counts["dead"] += bool(row.dead)
        counts["dead found"] += bool(row.dead) and verdict.suppress
        if not right or (verdict.suppress and row.dead is False):
            misses.append((row, verdict))


def report(name, counts, misses, verbose):
    share = 100 * counts["right"] / max(1, counts["rows"])
    found = 100 * counts["dead found"] / max(1, counts["dead"])
    print(
        f"{name:9} {counts['rows']:6} replies  right {share:6.2f} %  "
        f"unclassified {counts['unclassified']:4}  "
        f"wrong Invalid Address {counts['wrong Invalid Address']:3}  "
        f"wrong suppression {counts['wrong suppression']:3}  dead found {found:6.2f} %"
    )
    for row, verdict in misses if verbose else ():
        want, got = "|".join(row.accepted), f"{verdict.classification} by {verdict.rule}"
        print(f"    {row.source}: want {want}, got {got}: {row.question.reply[:150]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--verbose", action="store_true", help="list what goes wrong")
    args = parser.parse_args()
    sources = read()
    rows = list(from_file(args.data)) if args.data else from_rules(sources)
    runs = {"all rules": RuleBase(sources), "generic": RuleBase(sources, ("phrase", "hint", "code"))}
    for name, base in runs.items():
        counts, misses = Counter(), []
        judged(base, rows, counts, misses)
        report(name, counts, misses, args.verbose)
    counts, misses = Counter(), []
    for provider, members in by_provider(runs["all rules"], rows).items():
        left = [
            rule for rule in sources.rules if rule.tier not in SPECIFIC or Path(rule.file).stem != provider
        ]
        judged(RuleBase(msgspec.structs.replace(sources, rules=left)), members, counts, misses)
    report("held out", counts, misses, args.verbose)


if __name__ == "__main__":
    main()
