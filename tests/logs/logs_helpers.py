"""Logs from bytes and files, attempts as plain rows."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from analyzer import logs
from analyzer.model import Problem

CORPUS = Path(__file__).parent.parent / "corpus" / "logs"


@dataclass
class Log:
    source: str
    content: bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


def read(
    *contents: bytes, kind: str = "postfix", every_try: bool = False
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Rows without their null columns, and the problems."""
    problems: list[Problem] = []
    inputs = [Log(f"log{number}", content) for number, content in enumerate(contents, 1)]
    rows = [
        {name: value for name, value in row.items() if value is not None and name != "suppress"}
        for batch in logs.read(inputs, kind, every_try=every_try, problems=problems)
        for row in batch.to_pylist()
    ]
    return rows, problems


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """As it stands in the corpus: no source, times as text."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if name == "timestamp" else value
        for name, value in row.items()
        if name != "source"
    }
