"""Attempts as a table for a terminal: one line an attempt, columns fitted to its width."""

from __future__ import annotations

from typing import Any, BinaryIO

import pyarrow as pa

from analyzer.classification.addresses import meant
from analyzer.export.colours import Paint
from analyzer.export.visible import fit

_HEAD = ("OUTCOME", "RECIPIENT", "CLASSIFICATION", "REASON", "ADVICE", "DIAGNOSTIC")
_COLUMNS = ["action", "outcome", "recipient", "original_recipient", "classification", "reason"]
_COLUMNS += ["advice", "diagnostic"]
_MIN_WIDTH = 64


class TableWriter:
    """Streams rows; the diagnostic takes what width is left."""

    def __init__(self, stream: BinaryIO, *, colour: bool, width: int) -> None:
        self._stream = stream
        self._paint = Paint(on=colour)
        width = max(_MIN_WIDTH, width)
        recipient = min(40, max(20, width // 5))
        fixed = [10, recipient, 19, 20, 17]
        while sum(fixed) + len(fixed) + 12 > width and len(fixed) > 3:
            fixed.pop()
        self._widths = [*fixed, max(10, width - sum(fixed) - len(fixed))]
        self._started = False

    def write(self, batch: pa.RecordBatch) -> None:
        """Print one line for each row."""
        lines = [] if self._started else [self._paint("bold", self._line(self._shown(_HEAD)))]
        self._started = True
        lines += [self._row(row) for row in batch.select(_COLUMNS).to_pylist()]
        self._stream.write("".join(line.rstrip() + "\n" for line in lines).encode("utf-8", "replace"))

    def close(self) -> None:
        """Nothing is held back."""
        self._stream.flush()

    def _shown(self, cells: tuple[str, ...]) -> list[str]:
        """The first columns as far as there is room, and always the diagnostic."""
        return [*cells[: len(self._widths) - 1], cells[-1]]

    def _line(self, cells: list[str]) -> str:
        return " ".join(fit(cell, width) for cell, width in zip(cells, self._widths, strict=True))

    def _row(self, row: dict[str, Any]) -> str:
        values = (
            row["outcome"] or row["action"],
            row["recipient"] or row["original_recipient"] or "-",
            row["classification"] or "-",
            row["reason"] or "-",
            row["advice"] or "-",
            _said(row),
        )
        painted = [fit(cell, width) for cell, width in zip(self._shown(values), self._widths, strict=True)]
        painted[2] = self._paint(row["classification"], painted[2])
        return " ".join(painted)


def _said(row: dict[str, Any]) -> str:
    """The diagnostic, behind the question whether another domain was meant."""
    better = meant(row["recipient"], row["classification"])
    asked = f"did you mean {better}? " if better else ""
    return asked + (row["diagnostic"] or "")
