"""Rules for readers: a page per rule, an index with counts, the reasons; all generated from the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from analyzer.classification.rule import TIERS, Reason, Rule
from analyzer.model import CLASSIFICATIONS

_TIER_MEANING = {
    "user": "rules of your own, from folders given with --rules",
    "marker": "codes, tokens and help links that a provider or a program documents: unambiguous",
    "provider": "words that mean something particular at one provider or stage",
    "phrase": "phrases whose subject is clear, whoever says them",
    "hint": "weaker phrases: what is likely",
    "code": "status codes and stages, where the text says nothing",
}


def facts(rule: Rule, reasons: Mapping[str, Reason]) -> list[tuple[str, str]]:
    """What a rule says, as (label, text) pairs in reading order; what it leaves open is left out."""
    reason = reasons[rule.reason]
    found = [
        ("rule", rule.id),
        ("tier", f"{rule.tier}: {_TIER_MEANING[rule.tier]}"),
        ("verdict", f"{rule.classification}, {rule.reason}: {reason.meaning}"),
        ("why", rule.why),
        ("permanence", rule.permanence or "as the codes say"),
        ("advice", rule.advice or reason.advice),
    ]
    if rule.ambiguous:
        found.append(("ambiguous", "never suppresses: the words may mean something else"))
    for key in ("text", "also", "unless"):
        found += [(key, pattern) for pattern in rule.written.get(key, ())]
    for key in ("host", "stage", "enhanced", "code", "beats", "references"):
        if values := getattr(rule, key):
            found.append((key, ", ".join(values)))
    if rule.expired:
        found.append(("expired", "only messages given up in the queue"))
    if rule.unaddressed:
        found.append(("unaddressed", "only where no recipient is known"))
    found += [("example", example.reply) for example in rule.examples]
    found += [("not", example.reply) for example in rule.counterexamples]
    found.append(("file", rule.file))
    return found


def page(rule: Rule, reasons: Mapping[str, Reason]) -> str:
    """The page of one rule, in Markdown."""
    lines = [f"# {rule.id}", "", rule.why, "", "| | |", "|---|---|"]
    patterns: list[str] = []
    for label, value in facts(rule, reasons):
        if label in ("text", "also", "unless", "example", "not"):
            patterns.append(f"- {label}: {_code(value)}")
        elif label not in ("rule", "why"):
            shown = _code(value) if label in ("enhanced", "code", "beats") else value.replace("|", "\\|")
            lines.append(f"| {label} | {shown} |")
    return "\n".join([*lines, "", *patterns, ""])


def _code(value: str) -> str:
    """Text as Markdown code, whatever backquotes it holds."""
    fence = "`" if "`" not in value else "``"
    pad = " " if "`" in value else ""
    return f"{fence}{pad}{' '.join(value.split())}{pad}{fence}"


def index(rules: Iterable[Rule], reasons: Mapping[str, Reason], *, link: str = "{id}.md") -> str:
    """The index of all rules, in Markdown: counts by tier and classification, reasons, then every rule."""
    rules = sorted(rules, key=lambda rule: (TIERS.index(rule.tier), rule.id))
    tiers = Counter(rule.tier for rule in rules)
    counts = Counter[tuple[str, str]]((rule.classification, rule.tier) for rule in rules)
    used = [tier for tier in TIERS if tiers[tier]]
    lines = ["# Rules", "", f"{len(rules)} rules, {sum(len(rule.text) for rule in rules)} patterns.", ""]
    lines += [f"| classification | {' | '.join(used)} |", f"|---|{'---|' * len(used)}"]
    for name in CLASSIFICATIONS:
        lines.append(f"| {name} | {' | '.join(str(counts[name, tier]) for tier in used)} |")
    lines += ["", "## Reasons", "", "The one that stands first wins within a tier.", ""]
    lines += ["| reason | classification | advice | meaning |", "|---|---|---|---|"]
    for reason in sorted(reasons.values(), key=lambda reason: reason.rank):
        lines.append(f"| {reason.slug} | {reason.classification} | {reason.advice} | {reason.meaning} |")
    for tier in used:
        lines += ["", f"## {tier}", "", f"{_TIER_MEANING[tier].capitalize()}.", ""]
        lines += [
            f"- [{rule.id}]({link.format(id=rule.id)}): {rule.why}" for rule in rules if rule.tier == tier
        ]
    return "\n".join([*lines, ""])
