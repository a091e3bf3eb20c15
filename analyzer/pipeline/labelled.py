"""Replies with the classification that somebody wants for them, from CSV or JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, NamedTuple, TextIO

import msgspec

from analyzer.model import Question
from analyzer.model.spelling import classification

_CONTEXT = ("host", "stage", "sender", "recipient")


class LabelError(ValueError):
    """A file that holds no labelled replies, with the line that shows it."""


class Case(NamedTuple):
    """One reply and the classifications that are accepted for it; `line` is 1-based."""

    line: int
    question: Question
    accepted: tuple[str, ...]


def read_labelled(file: TextIO) -> list[Case]:
    """The cases of an open text file; raises LabelError where one is no case."""
    return [_case(line, row) for line, row in _rows(file)]


def _rows(file: TextIO) -> Iterator[tuple[int, dict[str, Any]]]:
    first = file.readline()
    if first.lstrip().startswith("{"):
        for number, text in enumerate([first, *file], start=1):
            if text.strip():
                try:
                    row = json.loads(text)
                except ValueError as error:
                    raise LabelError(f"line {number}: {error}") from None
                yield number, row if isinstance(row, dict) else {}
        return
    reader = csv.DictReader([first, *file])
    for row in reader:
        yield reader.line_num, row


def _case(line: int, row: dict[str, Any]) -> Case:
    wanted = row.get("accepted") or row.get("classification")
    names = wanted if isinstance(wanted, list) else str(wanted or "").split("|")
    accepted = tuple(name for name in map(classification, names) if name)
    if not row.get("reply") or len(accepted) != len(names):
        raise LabelError(f"line {line}: needs a reply and a classification (one of the seven)")
    context = {key: row[key] for key in _CONTEXT if row.get(key)}
    try:
        question = msgspec.convert({"reply": row["reply"], **context}, Question)
    except msgspec.ValidationError as error:
        raise LabelError(f"line {line}: {error}") from None
    return Case(line, question, accepted)
