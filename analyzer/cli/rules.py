"""`mxlens rules`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from analyzer.cli.options import load_rules_or_fail, rules_option
from analyzer.model import CLASSIFICATIONS
from analyzer.model.spelling import classification as spelt

if TYPE_CHECKING:
    from analyzer.classification import Rule, Sources


@click.group("rules")
def command() -> None:
    """List, show, check, test and write rules."""


def _read(rules: tuple[str, ...]) -> Sources:
    from analyzer.classification import read

    return read([Path(folder) for folder in rules])


@command.command("list")
@click.argument("words", nargs=-1, metavar="[WORD…]")
@click.option("--tier", help="Only rules of this tier.")
@click.option("--classification", "kind", metavar="NAME", help="Only rules that give this classification.")
@rules_option
def list_rules(words: tuple[str, ...], tier: str | None, kind: str | None, rules: tuple[str, ...]) -> None:
    """List rules: those whose id, reason or meaning holds every WORD."""
    wanted = spelt(kind) if kind else None
    if kind and wanted is None:
        raise click.UsageError(f"{kind!r} is none of {', '.join(CLASSIFICATIONS)}")
    found = 0
    for rule in _read(rules).rules:
        text = f"{rule.id} {rule.reason} {rule.why}".lower()
        if tier not in (None, rule.tier) or wanted not in (None, rule.classification):
            continue
        if all(word.lower() in text for word in words):
            found += 1
            click.echo(f"{rule.tier:<9} {rule.id:<44} {rule.classification:<20} {rule.why}")
    click.echo(f"{found} rules", err=True)


@command.command("show")
@click.argument("rule_id", metavar="ID")
@rules_option
def show(rule_id: str, rules: tuple[str, ...]) -> None:
    """Show one rule: what it matches, what it says, and why."""
    from analyzer.classification.pages import facts

    sources = _read(rules)
    for rule in sources.rules:
        if rule.id == rule_id:
            for label, text in facts(rule, sources.reasons):
                click.echo(f"{label:<12}{text}")
            return
    near = _near(rule_id, sources.rules)
    raise click.UsageError(f"There is no rule {rule_id!r}{f'; did you mean {near}?' if near else ''}")


def _near(rule_id: str, rules: list[Rule]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(rule_id, [rule.id for rule in rules], n=1)), None)


@command.command("check")
@rules_option
def check_rules(rules: tuple[str, ...]) -> None:
    """Validate all rules, and prove every example and counterexample. All errors come at once."""
    from analyzer.classification import check

    sources = _read(rules)
    errors = check(sources)
    for error in errors:
        click.echo(str(error), err=True)
    examples = sum(len(rule.examples) for rule in sources.rules)
    counter = sum(len(rule.counterexamples) for rule in sources.rules)
    patterns = sum(len(rule.text) for rule in sources.rules)
    state = f"{len(errors)} errors" if errors else "all hold"
    click.echo(
        f"{len(sources.rules)} rules, {patterns} patterns, {examples} examples, "
        f"{counter} counterexamples: {state}"
    )
    raise SystemExit(int(bool(errors)))


@command.command("test")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@rules_option
def test_rules(file: TextIO, rules: tuple[str, ...]) -> None:
    """Try the rules on labelled replies: FILE is CSV or JSON lines with reply and classification.

    Several accepted classifications are joined by `|`. Columns host, stage, sender and recipient are
    used where they are given. Prints every miss; ends with 1 where there is one.
    """
    from analyzer.pipeline.labelled import LabelError, read_labelled

    base = load_rules_or_fail(rules)
    try:
        cases = read_labelled(file)
    except LabelError as error:
        raise click.UsageError(str(error)) from None
    misses = Counter[tuple[str, str]]()
    verdicts = base.classify([case.question for case in cases])
    for case, verdict in zip(cases, verdicts, strict=True):
        if verdict.classification not in case.accepted:
            misses[" or ".join(case.accepted), verdict.classification] += 1
            click.echo(
                f"line {case.line}: want {' or '.join(case.accepted)}, got {verdict.classification} "
                f"by {verdict.rule or 'no rule'}: {verdict.diagnostic}"
            )
    for (want, got), count in misses.most_common():
        click.echo(f"{count:5} {want} -> {got}", err=True)
    wrong = sum(misses.values())
    share = 100 * (len(cases) - wrong) / max(1, len(cases))
    click.echo(f"{len(cases) - wrong} of {len(cases)} right ({share:.1f} %)", err=True)
    raise SystemExit(int(bool(wrong)))


@command.command("new")
@click.argument("reply")
@rules_option
def new(reply: str, rules: tuple[str, ...]) -> None:
    """Write a rule skeleton from a pasted REPLY, and show which rules it would overlap."""
    from analyzer.classification.skeleton import skeleton

    made = skeleton(load_rules_or_fail(rules), reply)
    click.echo(made.toml, nl=False)
    for hit in made.overlaps:
        click.echo(f"overlaps {hit.rule} ({hit.tier}, {hit.classification}): {hit.evidence}", err=True)
    if not made.overlaps:
        click.echo("no rule matches this reply yet", err=True)


@command.command("docs")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@rules_option
def docs(folder: Path, rules: tuple[str, ...]) -> None:
    """Write a page for every rule, and an index, as Markdown into FOLDER."""
    from analyzer.classification.pages import index, page

    sources = _read(rules)
    for rule in sources.rules:
        target = folder / f"{rule.id}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page(rule, sources.reasons), encoding="utf-8")
    (folder / "index.md").write_text(index(sources.rules, sources.reasons), encoding="utf-8")
    click.echo(f"{len(sources.rules)} pages in {folder}", err=True)
