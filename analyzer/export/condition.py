"""Conditions on attempts that a user can name: `failed`, `suppress`, or a classification."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from analyzer.model.spelling import classification

WORDS = ("failed", "deferred", "suppress")


@dataclass(frozen=True)
class Condition:
    """One of WORDS, or the name of a classification."""

    name: str

    @classmethod
    def named(cls, text: str) -> Condition:
        """The condition that `text` names; raises ValueError where there is none."""
        name = text.lower() if text.lower() in WORDS else classification(text)
        if name is None:
            raise ValueError(f"{text!r} is none of {', '.join(WORDS)} and no classification")
        return cls(name)

    def holds(self, batch: pa.RecordBatch) -> pa.Array:
        """For each row of ATTEMPT_SCHEMA, whether the condition holds."""
        if self.name == "failed":
            return pc.equal(batch["action"], "failed")
        if self.name == "deferred":
            return pc.equal(batch["action"], "delayed")
        if self.name == "suppress":
            return batch["suppress"]
        return pc.fill_null(pc.equal(batch["classification"], self.name), fill_value=False)


def any_holds(conditions: tuple[Condition, ...], batch: pa.RecordBatch) -> pa.Array:
    """For each row, whether at least one condition holds."""
    held = pa.array([False] * batch.num_rows)
    for condition in conditions:
        held = pc.or_(held, condition.holds(batch))
    return held
