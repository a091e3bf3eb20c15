"""The check of a rule base: every error at once, and proof that examples and counterexamples hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from analyzer.classification.asked import ask
from analyzer.classification.loader import Sources
from analyzer.classification.matcher import fault
from analyzer.classification.rule import HostGroup, Rule, RuleError
from analyzer.classification.rulebase import RuleBase
from analyzer.model import Question


def check(sources: Sources) -> list[RuleError]:
    """All that is wrong with rules; empty where they hold.

    Form: keys, known words, patterns that RE2 takes, ids that are unique, `beats` that name a rule or reason
    of the same tier. Proof: every example is won by its rule, no counterexample is, and every pattern has an
    example in which it is the only one of its rule that hits.
    """
    errors = list(sources.errors)
    errors += _references(sources)
    patterns = list(_patterns(sources))
    faulty = {error.rule for error in patterns}
    errors += patterns
    usable = Sources(
        rules=[rule for rule in sources.rules if rule.id not in faulty],
        reasons=sources.reasons,
        hosts={name: _sound(group) for name, group in sources.hosts.items()},
        doubt=tuple(pattern for pattern in sources.doubt if not fault(pattern)),
        settled=tuple(pattern for pattern in sources.settled if not fault(pattern)),
        amiss=tuple(pair for pair in sources.amiss if not any(map(fault, pair))),
        words=sources.words,
    )
    base = RuleBase(usable)
    for index, rule in enumerate(base.rules):
        errors += _proofs(base, index, rule)
    return errors


def _sound(group: HostGroup) -> HostGroup:
    return HostGroup(
        name=group.name, domains=group.domains, text=tuple(p for p in group.text if not fault(p))
    )


def _error(rule: Rule, key: str | None, message: str, *, proof: bool = False) -> RuleError:
    return RuleError(
        file=rule.file, rule=rule.id, key=key, message=message, kind="proof" if proof else "form"
    )


def _references(sources: Sources) -> Iterator[RuleError]:
    counts = Counter(rule.id for rule in sources.rules)
    by_id = {rule.id: rule for rule in sources.rules}
    for rule in sources.rules:
        if counts[rule.id] > 1:
            yield _error(rule, "id", f"stands {counts[rule.id]} times")
        reason = sources.reasons.get(rule.reason)
        if reason and reason.classification != rule.classification:
            yield _error(rule, "classification", f"reason {rule.reason} belongs to {reason.classification}")
        for name in rule.beats:
            if name.startswith("reason:"):
                if name[7:] not in sources.reasons:
                    yield _error(rule, "beats", f"{name[7:]!r} is no reason")
            elif name not in by_id:
                yield _error(rule, "beats", f"there is no rule {name!r}")
            elif by_id[name].tier != rule.tier:
                yield _error(rule, "beats", f"{name!r} is of tier {by_id[name].tier}, not {rule.tier}")
            elif rule.id in by_id[name].beats:
                yield _error(rule, "beats", f"{name!r} beats this rule too")


def _patterns(sources: Sources) -> Iterator[RuleError]:
    for rule in sources.rules:
        for key, patterns in (("text", rule.text), ("also", rule.also), ("unless", rule.unless)):
            for pattern in patterns:
                if message := fault(pattern):
                    yield _error(rule, key, f"{pattern!r}: {message}")
            if len(set(patterns)) < len(patterns):
                yield _error(rule, key, "a pattern stands twice")
    for group in sources.hosts.values():
        for pattern in group.text:
            if message := fault(pattern):
                yield RuleError(
                    file="hosts.toml", rule=group.name, key="text", message=f"{pattern!r}: {message}"
                )
    amiss = tuple(chain.from_iterable(sources.amiss))
    for key, patterns in (("doubt", sources.doubt), ("settled", sources.settled), ("amiss", amiss)):
        for pattern in patterns:
            if message := fault(pattern):
                yield RuleError(file="reasons.toml", key=key, message=f"{pattern!r}: {message}")


def _proofs(base: RuleBase, index: int, rule: Rule) -> Iterator[RuleError]:
    """Examples, counterexamples and patterns of one rule."""
    if not rule.examples:
        yield _error(rule, "examples", "there is none", proof=True)
    alone: set[str] = set()
    for example in rule.examples:
        verdict = base.classify([example])[0]
        if verdict.rule != rule.id:
            winner = verdict.rule or "no rule"
            by = f" (by {verdict.evidence!r})" if verdict.evidence else ""
            yield _error(rule, "examples", f"{example.reply!r} is won by {winner}{by}", proof=True)
        alone |= _alone(base, index, rule, example)
    for key, patterns in (("text", rule.text), ("also", rule.also)):
        for pattern in patterns:
            if pattern not in alone:
                what = "alone" if key == "text" else ""
                yield _error(rule, key, f"no example is hit by {pattern!r} {what}".rstrip(), proof=True)
    for case in rule.counterexamples:
        verdict = base.classify([case])[0]
        if verdict.rule == rule.id:
            yield _error(
                rule, "counterexamples", f"{case.reply!r} is won by it ({verdict.evidence!r})", proof=True
            )


def unproved(base: RuleBase) -> list[tuple[str, str]]:
    """Mutation: (rule, text pattern) pairs whose deletion no example of the rule would notice.

    An example notices where none of the rule's other text patterns hits any text of its reply.
    """
    kept = []
    for rule in base.rules:
        seen = []
        for example in rule.examples:
            asked = ask(example)
            hits = [base.decider.look(base.case(asked, text)[0]).hits for text in asked.texts]
            seen.append({pattern for pattern in rule.text if any(pattern in hit for hit in hits)})
        kept += [(rule.id, pattern) for pattern in rule.text if {pattern} not in seen]
    return kept


def _alone(base: RuleBase, index: int, rule: Rule, example: Question) -> set[str]:
    """The patterns that this example proves: a text pattern where it alone hits, each `also` that hits."""
    asked = ask(example)
    proved: set[str] = set()
    for text in asked.texts:
        case, _ = base.case(asked, text)
        seen = base.decider.look(case)
        if base.decider.blocked(index, case, seen) is None:
            hitting = [pattern for pattern in rule.text if pattern in seen.hits]
            if len(hitting) == 1:
                proved.update(hitting)
            if hitting or not rule.text:
                proved.update(rule.also)
                break
    return proved
