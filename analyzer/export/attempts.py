"""Attempts out, batch by batch, so that memory stays flat whatever comes in."""

from __future__ import annotations

from typing import BinaryIO, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from analyzer.export.table import TableWriter
from analyzer.model.tables import ATTEMPT_SCHEMA

FORMATS = ("table", "jsonl", "csv", "parquet")


class Writer(Protocol):
    """Takes record batches of ATTEMPT_SCHEMA in order; `close` ends the output."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Write one batch."""

    def close(self) -> None:
        """End the output; the stream itself stays open."""


def open_writer(form: str, stream: BinaryIO, *, colour: bool = False, width: int = 120) -> Writer:
    """A writer of `form`, one of FORMATS; `colour` and `width` (columns) are the table's."""
    if form == "table":
        return TableWriter(stream, colour=colour, width=width)
    if form == "jsonl":
        return _JsonLines(stream)
    if form == "csv":
        return _Csv(stream)
    if form == "parquet":
        return _Parquet(stream)
    raise ValueError(f"unknown format {form!r}; one of {', '.join(FORMATS)}")


class _JsonLines:
    """One JSON object a line, keys in the contract's order."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._encoder = msgspec.json.Encoder()

    def write(self, batch: pa.RecordBatch) -> None:
        self._stream.write(self._encoder.encode_lines(batch.to_pylist()))

    def close(self) -> None:
        self._stream.flush()


class _Csv:
    """RFC 4180 with a header row; a cell that a spreadsheet would run as a formula starts with `'`."""

    def __init__(self, stream: BinaryIO) -> None:
        options = pyarrow.csv.WriteOptions(quoting_style="needed")
        self._writer = pyarrow.csv.CSVWriter(stream, _CSV_SCHEMA, write_options=options)

    def write(self, batch: pa.RecordBatch) -> None:
        columns = [_csv_column(column) for column in batch.columns]
        self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=_CSV_SCHEMA))

    def close(self) -> None:
        self._writer.close()


_CSV_SCHEMA = pa.schema(
    [
        (field.name, pa.string() if pa.types.is_timestamp(field.type) else field.type)
        for field in ATTEMPT_SCHEMA
    ]
)


def _csv_column(column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column.cast(pa.timestamp("s", tz="UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    if not pa.types.is_string(column.type):
        return column
    # A carriage return or line feed inside a cell is legal, but few programs read it.
    flat = pc.replace_substring_regex(column, r"[\r\n]+", " ")
    risky = pc.match_substring_regex(flat, r"^[=+\-@\t]")
    return pc.if_else(risky, pc.binary_join_element_wise("'", flat, ""), flat)


class _Parquet:
    def __init__(self, stream: BinaryIO) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(stream, ATTEMPT_SCHEMA, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()
