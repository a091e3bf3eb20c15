"""Logs into attempts: bytes -> lines -> frames -> events -> lives -> attempts, set by set, in DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.logs.clocks import Clocks
from analyzer.logs.formats import Format, load
from analyzer.logs.lines import SCHEMA, Lines, LogInput
from analyzer.model.problem import Problem
from analyzer.model.tables import ATTEMPT_SCHEMA

MEMORY_LIMIT = "256MB"
_ROWS = 50_000


def read(
    inputs: Sequence[LogInput],
    format: str,  # noqa: A002
    *,
    every_try: bool = False,
    problems: list[Problem],
) -> Iterator[pa.RecordBatch]:
    """The attempts in these logs as batches of ATTEMPT_SCHEMA, verdict columns null, in input order.

    All inputs belong together: a message that begins in one and ends in another (rotation) is one life.
    One row for each recipient of each life, in its last known state; with `every_try` one for each
    delivery run. What cannot be read is appended to `problems`. Memory stays flat: what does not fit is
    spilled to a temporary folder.
    """
    chosen = load(format)
    with tempfile.TemporaryDirectory(prefix="mxlens-") as spill:
        settings = {
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": spill,
            "preserve_insertion_order": "false",
        }
        with duckdb.connect(config=settings) as connection:
            lines = Lines(inputs, problems)
            _load(connection, lines, chosen)
            clocks = Clocks(connection, lines)
            _correlate(connection, clocks, chosen, every_try=every_try)
            yield from _attempts(connection, clocks, inputs, chosen)


def _load(connection: duckdb.DuckDBPyConnection, lines: Lines, chosen: Format) -> None:
    # A filter that is pushed down is computed there and again above: every pattern would run twice.
    connection.execute("SET disabled_optimizers = 'filter_pushdown'")
    connection.execute(_sql("events.sql"))
    connection.register("lines", SCHEMA.empty_table())
    connection.execute(_sql("frames.sql"))
    connection.execute(chosen.events)
    for table in lines:
        connection.register("lines", table)
        connection.execute(
            "INSERT INTO events BY NAME SELECT *, hash(host, instance, queue_id) AS key FROM found"
        )
    connection.unregister("lines")
    connection.execute("RESET disabled_optimizers")


def _correlate(
    connection: duckdb.DuckDBPyConnection, clocks: Clocks, chosen: Format, *, every_try: bool
) -> None:
    connection.execute(f"SET VARIABLE ranks = {clocks.ranks}")
    connection.execute(f"SET VARIABLE lifetime_us = {chosen.lifetime_days * 86_400_000_000}")
    connection.execute(f"SET VARIABLE every_try = {every_try}")
    connection.execute(_sql("lives.sql"))
    connection.execute(_sql("attempts.sql"))
    connection.execute(chosen.told)


def _attempts(
    connection: duckdb.DuckDBPyConnection, clocks: Clocks, inputs: Sequence[LogInput], chosen: Format
) -> Iterator[pa.RecordBatch]:
    connection.register("clocks", clocks.table())
    connection.register(
        "sources", pa.table({"source": range(len(inputs)), "name": [i.source for i in inputs]})
    )
    result = connection.sql(_sql("output.sql"), params={"format": chosen.name})
    for batch in result.to_arrow_reader(_ROWS):
        columns = {name: batch.column(index) for index, name in enumerate(batch.schema.names)}
        yield pa.RecordBatch.from_arrays(
            [
                pc.cast(columns[field.name], field.type)
                if field.name in columns
                else pa.array([False] * len(batch))
                if field.name == "suppress"
                else pa.nulls(len(batch), field.type)
                for field in ATTEMPT_SCHEMA
            ],
            schema=ATTEMPT_SCHEMA,
        )


def _sql(name: str) -> str:
    return files("analyzer.logs").joinpath(name).read_text(encoding="utf-8")
