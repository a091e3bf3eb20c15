"""Rule files into typed rules: TOML, macros, tiers by folder; every error with its file, rule and key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import rtoml

from analyzer.classification.rule import TIERS, HostGroup, Reason, Rule, RuleError
from analyzer.classification.words import Words
from analyzer.model import CLASSIFICATIONS, STAGES, Advice, Permanence, Question
from analyzer.model.content import content

_REQUIRED = ("id", "classification", "reason", "why")
_STRINGS = ("id", "classification", "reason", "why", "permanence", "advice")
_LISTS = ("text", "also", "unless", "host", "stage", "enhanced", "code", "beats", "references")
_PATTERNS = ("text", "also", "unless", "doubt", "settled")
_FLAGS = ("ambiguous", "expired", "unaddressed")
_CASES = ("examples", "counterexamples")
_KEYS = (*_STRINGS, *_LISTS, *_FLAGS, *_CASES)
_CASE_KEYS = (*(name for name in Question.__struct_fields__),)
_ALLOWED: dict[str, Sequence[str]] = {
    "classification": CLASSIFICATIONS,
    "permanence": get_args(Permanence),
    "advice": get_args(Advice),
    "stage": STAGES,
}
_FORMS = {
    "id": re.compile(r"[a-z0-9-]+(?:/[a-z0-9-]+)+"),
    "enhanced": re.compile(r"(?:[245*])\.(?:\d{1,3}|\*)\.(?:\d{1,3}|\*)"),
    "code": re.compile(r"[245](?:\d\d|xx)"),
}


class Sources(msgspec.Struct):
    """Everything that the rule files say, and what is wrong with them."""

    rules: list[Rule] = []
    reasons: dict[str, Reason] = {}
    hosts: dict[str, HostGroup] = {}
    doubt: tuple[str, ...] = ()
    """Patterns of words that leave it open whether an address is dead."""
    settled: tuple[str, ...] = ()
    """Patterns of doubt that the reply itself clears up."""
    amiss: tuple[tuple[str, str], ...] = ()
    """Patterns of doubt, each with what it hits without giving reason for doubt."""
    words: Any = None
    errors: list[RuleError] = []


def _hint(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _toml(path: Path, name: str, errors: list[RuleError]) -> dict[str, Any]:
    try:
        return rtoml.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        errors.append(RuleError(file=name, message=str(error)))
        return {}


def _strings(value: Any) -> tuple[str, ...] | None:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


class _Reader:
    """Reads the tables of one file; collects errors instead of stopping at the first."""

    def __init__(self, sources: Sources, file: str, tier: str) -> None:
        self.sources, self.file, self.tier = sources, file, tier
        self.label: str | None = None

    def error(self, key: str | None, message: str) -> None:
        self.sources.errors.append(RuleError(file=self.file, rule=self.label, key=key, message=message))

    def rule(self, table: dict[str, Any], number: int) -> Rule | None:
        """One [[rule]] table as a Rule, or None where it cannot be used."""
        self.label = str(table.get("id", f"rule {number}"))
        before = len(self.sources.errors)
        values: dict[str, Any] = {"tier": self.tier, "file": self.file, "written": {}}
        for key in _REQUIRED:
            if not table.get(key):
                self.error(key, "is missing")
        for key, value in table.items():
            if key in _STRINGS:
                values[key] = self._one(key, value)
            elif key in _LISTS:
                values[key] = self.items(key, value)
                if key in _PATTERNS:
                    values["written"][key] = tuple(value) if values[key] else ()
            elif key in _FLAGS:
                values[key] = bool(value)
            elif key in _CASES:
                values[key] = self._cases(key, value)
            else:
                self.error(key, f"is not a key of a rule{_hint(key, _KEYS)}")
        if not any(values.get(key) for key in ("text", "enhanced", "code", "stage", "expired")):
            self.error("text", "nothing to match: give text, enhanced, code, stage or expired")
        return Rule(**values) if len(self.sources.errors) == before else None

    def _one(self, key: str, value: Any) -> Any:
        if not isinstance(value, str):
            self.error(key, "must be a string")
            return None
        self._valid(key, value)
        return value

    def items(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of strings, the word groups of patterns expanded; empty where it is none."""
        items = _strings(value)
        if items is None:
            self.error(key, "must be a list of strings")
            return ()
        for item in items:
            self._valid(key, item)
        return self._expanded(key, items) if key in _PATTERNS else items

    def pairs(self, key: str, value: Any) -> Iterator[tuple[str, str]]:
        """Pairs of a pattern and its exceptions, from a list of tables with `text` and `but`."""
        for item in value if isinstance(value, list) else [value]:
            if (
                isinstance(item, dict)
                and item.keys() == {"text", "but"}
                and (pair := _strings([item["text"], item["but"]]))
            ):
                text, but = self._expanded(key, pair)
                yield text, but
            else:
                self.error(key, "must be a list of tables with the strings text and but")

    def _expanded(self, key: str, items: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.pattern(key, item) for item in items)

    def pattern(self, key: str, source: str) -> str:
        """A pattern with its word groups expanded; the source itself where that fails."""
        try:
            return str(self.sources.words.expand(source))
        except ValueError as error:
            self.error(key, str(error))
            return source

    def _valid(self, key: str, value: str) -> None:
        known: Iterable[str] | None = _ALLOWED.get(key)
        if key == "reason":
            known = self.sources.reasons
        elif key == "host":
            known = self.sources.hosts
        if known is not None and value not in known:
            self.error(key, f"{value!r} is none of {', '.join(known)}{_hint(value, known)}")
        if key in _FORMS and not _FORMS[key].fullmatch(value):
            self.error(key, f"{value!r} does not have the form {_FORMS[key].pattern}")

    def _cases(self, key: str, value: Any) -> tuple[Question, ...]:
        if not isinstance(value, list):
            self.error(key, "must be a list")
            return ()
        cases = []
        for item in value:
            case = {"reply": item} if isinstance(item, str) else item
            if not isinstance(case, dict) or "reply" not in case:
                self.error(key, f"{item!r} is neither a reply nor a table with a reply")
            elif unknown := [name for name in case if name not in _CASE_KEYS]:
                self.error(key, f"{unknown[0]!r} is not a key of an example{_hint(unknown[0], _CASE_KEYS)}")
            else:
                cases.append(Question(**case))
        return tuple(cases)


def _reasons(table: dict[str, Any], sources: Sources, file: str) -> None:
    for entry in table.get("reason", []):
        try:
            reason = msgspec.convert({**entry, "rank": len(sources.reasons)}, Reason)
        except msgspec.ValidationError as error:
            sources.errors.append(RuleError(file=file, rule=str(entry.get("slug")), message=str(error)))
            continue
        sources.reasons[reason.slug] = reason


def _hosts(table: dict[str, Any], sources: Sources, file: str) -> None:
    for name, entry in table.items():
        reader = _Reader(sources, file, "")
        reader.label = name
        if not isinstance(entry, dict):
            reader.error(None, "must be a table with domains and text")
            continue
        for key in entry:
            if key not in ("domains", "text"):
                reader.error(key, f"is not a key of a host group{_hint(key, ('domains', 'text'))}")
        text = reader.items("text", entry.get("text", []))
        domains = reader.items("domains", entry.get("domains", []))
        sources.hosts[name] = HostGroup(name=name, domains=domains, text=text)


def read(extra: Sequence[Path] = ()) -> Sources:
    """Read the shipped rules and those of the folders in `extra`; errors are collected, not raised."""
    sources = Sources(rules=[], reasons={}, hosts={}, errors=[])
    folders = [content("rules"), *extra]
    shared: dict[str, list[tuple[str, dict[str, Any]]]] = {"words": [], "reasons": [], "hosts": []}
    for folder in folders:
        for kind, tables in shared.items():
            path = folder / f"{kind}.toml"
            if path.is_file():
                name = _name(path, folder, folders)
                tables.append((name, _toml(path, name, sources.errors)))
    sources.words = Words({key: value for _, table in shared["words"] for key, value in table.items()})
    for name, message in sources.words.errors:
        sources.errors.append(RuleError(file="words.toml", rule=name, message=message))
    for name, table in shared["reasons"]:
        reader = _Reader(sources, name, "")
        sources.doubt += reader.items("doubt", table.get("doubt", []))
        sources.settled += reader.items("settled", table.get("settled", []))
        sources.amiss += tuple(reader.pairs("amiss", table.get("amiss", [])))
        _reasons(table, sources, name)
    for name, table in shared["hosts"]:
        _hosts(table, sources, name)
    for folder in folders:
        if not folder.is_dir():
            sources.errors.append(RuleError(file=str(folder), message="no such folder"))
        for path in sorted(folder.rglob("*.toml")):
            if path.parent == folder and path.stem in shared:
                continue
            _rules(path, folder, folders, sources)
    return sources


def _name(path: Path, folder: Path, folders: Sequence[Path]) -> str:
    inner = path.relative_to(folder).as_posix()
    return f"rules/{inner}" if folder is folders[0] else str(path)


def _rules(path: Path, folder: Path, folders: Sequence[Path], sources: Sources) -> None:
    name = _name(path, folder, folders)
    first = path.relative_to(folder).parts[0]
    tier = first if first in TIERS else "user"
    if tier == "user" and folder is folders[0]:
        sources.errors.append(
            RuleError(file=name, message=f"the folder {first!r} is no tier: {', '.join(TIERS[1:])}")
        )
        return
    reader = _Reader(sources, name, tier)
    table = _toml(path, name, sources.errors)
    for key in table:
        if key != "rule":
            reader.error(key, "only [[rule]] tables may stand here")
    for number, entry in enumerate(table.get("rule", []), 1):
        if rule := reader.rule(entry, number):
            sources.rules.append(rule)
