"""The attempt as Arrow columns. Imports pyarrow: import this module only where tables are made."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from analyzer.model.attempt import Attempt

_TYPES: dict[str, pa.DataType] = {
    "position": pa.int64(),
    "tries": pa.int32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "reply_code": pa.int16(),
    "suppress": pa.bool_(),
}
ATTEMPT_SCHEMA: pa.Schema = pa.schema(
    [(name, _TYPES.get(name, pa.string())) for name in Attempt.__struct_fields__]
)


def attempts_to_batch(attempts: Sequence[Attempt]) -> pa.RecordBatch:
    """The attempts as one record batch of ATTEMPT_SCHEMA, in order."""
    columns = [
        pa.array([getattr(attempt, field.name) for attempt in attempts], type=field.type)
        for field in ATTEMPT_SCHEMA
    ]
    return pa.RecordBatch.from_arrays(columns, schema=ATTEMPT_SCHEMA)
