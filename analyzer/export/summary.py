"""Counts what went by, for the few lines on stderr."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.export.colours import Paint
from analyzer.model import CLASSIFICATIONS

_BAR = 24


class Summary:
    """Counts by classification, outcome and suppression, fed batch by batch."""

    def __init__(self) -> None:
        self.attempts = 0
        self.suppress = 0
        self.classifications: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()

    def add(self, batch: pa.RecordBatch) -> None:
        """Count one batch of ATTEMPT_SCHEMA."""
        self.attempts += batch.num_rows
        self.suppress += pc.sum(batch["suppress"]).as_py() or 0
        _count(self.classifications, batch["classification"])
        _count(self.outcomes, pc.coalesce(batch["outcome"], batch["action"]))

    def lines(self, problems: int, *, messages: int = 0, colour: bool = False) -> list[str]:
        """The summary for a person, one line a classification that occurs.

        `messages` were read; where none of them was a report, that is said.
        """
        paint = Paint(on=colour)
        if not self.attempts:
            read = f"; {messages:,} messages read, none is a report" if messages else ""
            return [f"no attempts found{read}{_and_problems(problems)}"]
        outcomes = ", ".join(f"{count:,} {name}" for name, count in self.outcomes.most_common())
        lines = [f"{self.attempts:,} attempts: {outcomes}{_and_problems(problems)}"]
        most = max(self.classifications.values(), default=0)
        for name in CLASSIFICATIONS:
            if count := self.classifications[name]:
                bar = "█" * max(1, round(_BAR * count / most))
                lines.append(f"  {name:<20}{count:>9,}  {paint(name, bar)}")
        if self.suppress:
            lines.append(f"  {self.suppress:,} to suppress: the address is dead, stated permanently")
        return lines


def _count(counter: Counter[str], column: pa.Array) -> None:
    for pair in pc.value_counts(column.drop_null()).to_pylist():
        counter[pair["values"]] += pair["counts"]


def _and_problems(problems: int) -> str:
    return f"; {problems:,} problem{'s' if problems != 1 else ''} (see above)" if problems else ""
