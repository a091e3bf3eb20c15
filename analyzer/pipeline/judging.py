"""Puts the rules' verdicts beside attempts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

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
_FILLED = ("stage", "reply_code", "enhanced_code")
"""What the verdict says where the attempt does not."""

_Places = npt.NDArray[np.int64]


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
        for name in _FILLED:
            setattr(attempt, name, getattr(attempt, name) or getattr(verdict, name))


def judge_batch(batch: pa.RecordBatch, rules: RuleBase) -> pa.RecordBatch:
    """The batch of ATTEMPT_SCHEMA with verdicts; only rows that failed or were deferred are asked about.

    Rows that ask the same are asked once.
    """
    judged = pc.is_in(batch["action"], value_set=pa.array(_JUDGED)).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(judged)
    if not len(rows):
        return batch
    columns = [batch[name].take(pa.array(rows)) for name in (*_ASKED, "action", "outcome")]
    firsts, places = _distinct(columns)
    keys = zip(*(column.take(pa.array(firsts)).to_pylist() for column in columns), strict=True)
    questions = [
        Question(
            reply=str(key[0] or ""),
            permanent=key[-2] == "failed",
            expired=key[-1] == "expired",
            **dict(zip(("host", *_ASKED[2:]), key[1:-2], strict=True)),
        )
        for key in keys
    ]
    of_row = np.zeros(batch.num_rows, dtype=np.int64)
    of_row[rows] = places
    return _with_verdicts(batch, rules.classify(questions), pa.array(of_row, mask=~judged))


def _distinct(columns: Sequence[pa.Array]) -> tuple[_Places, _Places]:
    """The first row of each kind of row, and the kind of each row."""
    codes = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        encoded = column.dictionary_encode(null_encoding="encode")
        codes = codes * len(encoded.dictionary) + encoded.indices.to_numpy()
        firsts, codes = np.unique(codes, return_index=True, return_inverse=True)[1:]  # small again
    return firsts, codes


def _with_verdicts(batch: pa.RecordBatch, verdicts: Sequence[Verdict], of_row: pa.Array) -> pa.RecordBatch:
    """The batch with the verdicts that `of_row` points to, null for rows that were not judged."""
    columns = {field.name: batch[field.name] for field in ATTEMPT_SCHEMA}
    for name in (*_ANSWERED, *_FILLED):
        values = [getattr(verdict, name) for verdict in verdicts]
        answers = pa.array(values, type=ATTEMPT_SCHEMA.field(name).type).take(of_row)
        columns[name] = pc.coalesce(columns[name], answers) if name in _FILLED else answers
    columns["suppress"] = columns["suppress"].fill_null(False)
    return pa.RecordBatch.from_arrays(list(columns.values()), schema=ATTEMPT_SCHEMA)
