"""A new rule from a pasted reply, and the rules that it would overlap."""

from __future__ import annotations

import json
import re

import msgspec

from analyzer.classification.asked import ask
from analyzer.classification.explaining import Hit
from analyzer.classification.rulebase import RuleBase
from analyzer.classification.template import MARKS, fold, template
from analyzer.model import Question

_CODES = re.compile(r"^(?:[245]\d\d\s?)?(?:[245]\.\d{1,3}\.\d{1,3}\s?)?\W*")
_MARK_NAME = {mark: name for name, mark in MARKS.items()}
_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_WORDS = re.compile(r"[a-z]{3,}")


class Skeleton(msgspec.Struct, frozen=True, kw_only=True):
    """A rule to start from, as TOML, and the rules that already hit the reply, best first."""

    toml: str
    overlaps: list[Hit]


def skeleton(base: RuleBase, reply: str) -> Skeleton:
    """A rule that hits this reply: to be narrowed to the words that carry the meaning, then checked."""
    question = Question(reply=reply)
    seen = base.explain(question)
    masked = fold(template(ask(question).texts[0]).text)
    words = _CODES.sub("", masked).strip(" .:<>") or masked
    pattern = _SPECIAL.sub(r"\\\g<0>", words).replace("%", "%%")
    for mark, name in _MARK_NAME.items():
        pattern = pattern.replace(mark, f"%{name}%")
    slug = "-".join(_WORDS.findall(re.sub(r"_\w{1,2}_", " ", words))[:4]) or "new"
    verdict = seen.verdict
    lines = [
        "# Keep of `text` only the words that carry the meaning; see docs/rules.md.",
        "[[rule]]",
        f"id = {json.dumps(f'own/{slug}')}",
        f"classification = {json.dumps(verdict.classification)}",
        f"reason = {json.dumps(verdict.reason)}",
        f"text = [{_literal(pattern)}]",
        'why = "Say in one sentence what the reply means."',
        f"examples = [{json.dumps(' '.join(reply.split()), ensure_ascii=False)}]",
        "counterexamples = []",
    ]
    return Skeleton(toml="\n".join([*lines, ""]), overlaps=seen.hits)


def _literal(text: str) -> str:
    """A TOML string, literal where it can be."""
    return json.dumps(text, ensure_ascii=False) if "'" in text else f"'{text}'"
