"""Puts the rules' verdicts beside attempts."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from analyzer.classification import RuleBase
from analyzer.model import Attempt, Question, Verdict
from analyzer.model.tables import ATTEMPT_SCHEMA

_JUDGED = ("failed", "delayed")
_ASKED = (
    "diagnostic",
    "remote_mta",
    "stage",
    "sender",
    "recipient",
    "original_recipient",
    "reply_code",
    "enhanced_code",
)
_ANSWERED = ("classification", "reason", "permanence", "suppress", "rule", "evidence", "advice")


def judge_attempts(attempts: Sequence[Attempt], rules: RuleBase) -> None:
    """Fill in the verdict of each attempt that failed or was deferred."""
    judged = [attempt for attempt in attempts if attempt.action in _JUDGED]
    questions = [
        Question(
            reply=attempt.diagnostic or "",
            host=attempt.remote_mta,
            stage=attempt.stage,
            sender=attempt.sender,
            recipient=attempt.recipient,
            original_recipient=attempt.original_recipient,
            reply_code=attempt.reply_code,
            enhanced_code=attempt.enhanced_code,
            permanent=attempt.action == "failed",
            expired=attempt.outcome == "expired",
        )
        for attempt in judged
    ]
    for attempt, verdict in zip(judged, rules.classify(questions), strict=True):
        for name in _ANSWERED:
            setattr(attempt, name, getattr(verdict, name))
        attempt.stage = attempt.stage or verdict.stage
        attempt.reply_code = attempt.reply_code or verdict.reply_code
        attempt.enhanced_code = attempt.enhanced_code or verdict.enhanced_code


def judge_batch(batch: pa.RecordBatch, rules: RuleBase) -> pa.RecordBatch:
    """The batch of ATTEMPT_SCHEMA with verdicts; only rows that failed or were deferred are asked about.

    Rows that ask the same are asked once.
    """
    actions = batch["action"].to_pylist()
    rows = [number for number, action in enumerate(actions) if action in _JUDGED]
    if not rows:
        return batch
    asked = batch.take(pa.array(rows))
    columns = [asked[name].to_pylist() for name in (*_ASKED, "action", "outcome")]
    distinct: dict[tuple[object, ...], int] = {}
    places = [distinct.setdefault(key, len(distinct)) for key in zip(*columns, strict=True)]
    questions = [
        Question(
            reply=str(key[0] or ""),
            permanent=key[-2] == "failed",
            expired=key[-1] == "expired",
            **dict(zip(("host", *_ASKED[2:]), key[1:-2], strict=True)),  # type: ignore[arg-type]
        )
        for key in distinct
    ]
    verdicts = rules.classify(questions)
    return _with_verdicts(batch, rows, [verdicts[place] for place in places])


def _with_verdicts(batch: pa.RecordBatch, rows: list[int], verdicts: list[Verdict]) -> pa.RecordBatch:
    columns = {field.name: batch[field.name] for field in ATTEMPT_SCHEMA}
    for name in _ANSWERED:
        values: list[object] = [False if name == "suppress" else None] * batch.num_rows
        for row, verdict in zip(rows, verdicts, strict=True):
            values[row] = getattr(verdict, name)
        columns[name] = pa.array(values, type=ATTEMPT_SCHEMA.field(name).type)
    for name in ("stage", "reply_code", "enhanced_code"):
        values = columns[name].to_pylist()
        for row, verdict in zip(rows, verdicts, strict=True):
            if values[row] is None:
                values[row] = getattr(verdict, name)
        columns[name] = pa.array(values, type=ATTEMPT_SCHEMA.field(name).type)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=ATTEMPT_SCHEMA)
