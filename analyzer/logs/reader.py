"""Logs into attempts: bytes -> lines -> frames -> events -> lives -> attempts, set by set, in DuckDB."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from importlib.resources import files

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from analyzer.logs.ahead import ahead
from analyzer.logs.clocks import Clocks
from analyzer.logs.formats import Format, load
from analyzer.logs.lines import SCHEMA, Lines, LogInput
from analyzer.model.problem import Problem
from analyzer.model.tables import ATTEMPT_SCHEMA

MEMORY_LIMIT = "160MB"
MOST_THREADS = 4
"""Each thread wants memory of its own: sixteen do not come by with the limit above."""
_ROWS = 20_000

_COMMIT = 5
"""Chunks a transaction: enough to fill row groups, which are then moved, not copied; more would not spill."""

_INSERT = """
    INSERT INTO events BY NAME
    SELECT
        * EXCLUDE (source, line, part)
        REPLACE (CASE WHEN strlen(reply) > 4096 THEN reply[:4096] ELSE reply END AS reply),
        place_of(source, line, part) AS place,
        hash(host, instance, queue_id) AS key
    FROM found
    WHERE kind IS NOT NULL
"""
_SLICE = "CREATE OR REPLACE TEMP TABLE slice AS FROM answer WHERE row > $since AND row <= $until"
_PICK = """
    CREATE OR REPLACE TEMP TABLE picked AS
    FROM events
    WHERE place IN (SELECT unnest([decider, teller, sender, message, named]) FROM slice)
"""


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
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY_LIMIT,
            "threads": min(MOST_THREADS, os.cpu_count() or 1),
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(config=settings) as connection:
            lines = Lines(inputs, problems)
            _load(connection, lines, chosen)
            clocks = Clocks(connection, lines)
            _correlate(connection, clocks, inputs, chosen, problems, every_try=every_try)
            yield from ahead(_attempts(connection, clocks, inputs, chosen))


def _load(connection: duckdb.DuckDBPyConnection, lines: Lines, chosen: Format) -> None:
    # A filter that is pushed down is computed there and again above: every pattern would run twice.
    connection.execute("SET disabled_optimizers = 'filter_pushdown'")
    connection.execute(_sql("events.sql"))
    connection.register("lines", SCHEMA.empty_table())
    connection.execute(_sql("frames.sql"))
    connection.execute(chosen.events)

    connection.begin()
    for number, table in enumerate(ahead(lines), 1):
        connection.register("lines", table)
        connection.execute(_INSERT)
        if number % _COMMIT == 0:
            connection.commit()
            connection.begin()
    connection.commit()
    connection.unregister("lines")
    connection.execute("RESET disabled_optimizers")


def _correlate(
    connection: duckdb.DuckDBPyConnection,
    clocks: Clocks,
    inputs: Sequence[LogInput],
    chosen: Format,
    problems: list[Problem],
    *,
    every_try: bool,
) -> None:
    connection.execute(f"SET VARIABLE ranks = {clocks.ranks}")
    connection.execute(f"SET VARIABLE lifetime_us = {chosen.lifetime_days * 86_400_000_000}")
    connection.execute(f"SET VARIABLE every_try = {every_try}")
    connection.execute(_sql("order.sql"))
    if chosen.numbered_runs:
        connection.execute(_sql("runs.sql"))
    connection.execute(_sql("unread.sql"))
    for source, count, line in connection.execute("FROM unread").fetchall():
        message = f"{count:,} delivery lines do not say whose or how it went; this is the first"
        problems.append(
            Problem(id="delivery-not-read", source=inputs[source].source, position=line, message=message)
        )
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
    (count,) = connection.execute("SELECT count(*) FROM answer").fetchone() or (0,)
    output = _sql("output.sql")
    since, rows = 0, _ROWS
    while since < count:
        connection.execute(_SLICE, {"since": since, "until": since + rows})
        connection.execute(_PICK)
        try:
            batches = list(connection.sql(output, params={"format": chosen.name}).to_arrow_reader(rows))
        except duckdb.OutOfMemoryException:
            # Replies of unheard-of length: fewer of them at a time.
            rows //= 4
            if not rows:
                raise
            continue
        yield from map(_batch, batches)
        since += rows


def _batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The rows in ATTEMPT_SCHEMA; what only the rules can say is left open."""
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    columns["suppress"] = pa.array([False] * len(batch))
    return pa.RecordBatch.from_arrays(
        [
            pc.cast(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(len(batch), field.type)
            for field in ATTEMPT_SCHEMA
        ],
        schema=ATTEMPT_SCHEMA,
    )


def _sql(name: str) -> str:
    return files("analyzer.logs").joinpath(name).read_text(encoding="utf-8")
