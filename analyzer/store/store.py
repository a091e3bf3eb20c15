"""One DuckDB database: in memory, or in a file where one is named."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import msgspec
import pyarrow as pa

from analyzer.model import Attempt, Problem, Trace
from analyzer.model.tables import ATTEMPT_SCHEMA, attempts_to_batch
from analyzer.store.text import trace_json, without_surrogates

FORMAT = "1"
HEAD_BYTES = 4096
_PENDING_ROWS = 50_000
_BATCH_ROWS = 10_000
_SQL_TYPES = {
    "string": "VARCHAR",
    "int64": "BIGINT",
    "int32": "INTEGER",
    "int16": "SMALLINT",
    "bool": "BOOLEAN",
    "timestamp[us, tz=UTC]": "TIMESTAMPTZ",
}


class StoreError(Exception):
    """A store that can't be opened: not a database, in use, or made by another version."""


class Ingested(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the ledger: what was read, how big it was and how it began."""

    source: str
    size: int | None
    head_sha256: str | None
    ingested_at: datetime


class Store:
    """Attempts, traces and problems in the order in which they came.

    `path` names a database file, made if it is missing; None keeps everything in memory.
    `memory_limit` bounds DuckDB's own memory (a DuckDB size such as `256MB`): what doesn't fit
    spills to a folder of its own, which goes with the store.
    """

    def __init__(self, path: str | None = None, *, memory_limit: str = "256MB") -> None:
        self._spill = tempfile.mkdtemp(prefix="mxlens-")
        # Gone even where nobody closes the store.
        self._clean = weakref.finalize(self, shutil.rmtree, self._spill, ignore_errors=True)
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0
        self._connection: duckdb.DuckDBPyConnection | None = None
        try:
            self._connection = duckdb.connect(
                path or ":memory:",
                config={
                    "memory_limit": memory_limit,
                    "temp_directory": self._spill,
                    "autoinstall_known_extensions": "false",
                    "preserve_insertion_order": "true",
                },
            )
            self._prepare()
        except duckdb.Error as error:
            self.close()
            raise StoreError(f"{path or 'memory'}: {str(error).splitlines()[0]}") from error
        except StoreError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending, close the database, remove what was spilled. May be called twice."""
        if self._connection is not None:
            try:
                self._flush()
            finally:
                self._connection.close()
                self._connection = None
        self._clean()

    def add_attempts(self, attempts: pa.RecordBatch | Sequence[Attempt]) -> None:
        """Append attempts: a record batch of ATTEMPT_SCHEMA, or a sequence of Attempt."""
        batch = attempts if isinstance(attempts, pa.RecordBatch) else _to_batch(attempts)
        if batch.num_rows == 0:
            return
        if not batch.schema.equals(ATTEMPT_SCHEMA):
            batch = batch.select(ATTEMPT_SCHEMA.names).cast(ATTEMPT_SCHEMA)
        self._pending.append(batch)
        self._pending_rows += batch.num_rows
        if self._pending_rows >= _PENDING_ROWS:
            self._flush()

    def add_trace(self, trace: Trace) -> None:
        """Append one trace; what it could not read stays in it (`trace.problems`)."""
        severities = [finding.severity for finding in trace.findings]
        self._insert(
            "traces",
            [
                trace.source,
                trace.position,
                trace.message_id,
                trace.subject,
                trace.alignment.from_domain,
                trace.date,
                len(trace.hops),
                trace.total_seconds,
                severities.count("problem"),
                severities.count("warning"),
                trace_json(trace),
            ],
        )

    def add_problem(self, problem: Problem) -> None:
        """Append one problem."""
        self._insert(
            "problems", [problem.id, problem.message, problem.source, problem.position, problem.place]
        )

    def add_ingested(
        self, source: str, *, size: int | None = None, head: bytes | None = None, when: datetime | None = None
    ) -> None:
        """Note in the ledger that `source` was read: `size` in bytes, `head` its first bytes."""
        self._insert("ingested", [source, size, _head_hash(head), when or datetime.now(UTC)])

    def ingested(self) -> list[Ingested]:
        """Read the ledger, oldest first."""
        rows = self.query("SELECT * EXCLUDE seq FROM ingested ORDER BY seq").to_pylist()
        return [Ingested(**row) for row in rows]

    def attempts(self, *, batch_rows: int = _BATCH_ROWS) -> pa.RecordBatchReader:
        """All attempts in order, as a streaming reader of ATTEMPT_SCHEMA.

        Read it to its end, or drop it, before the store is closed.
        """
        self._flush()
        columns = ", ".join(f'"{name}"' for name in ATTEMPT_SCHEMA.names)
        # Rows are only ever appended, in the order of seq, and DuckDB keeps insertion order:
        # sorting again would cost a spill to disk for nothing.
        relation = self._open.cursor().sql(f"SELECT {columns} FROM attempts")  # noqa: S608 (own names)
        reader = relation.to_arrow_reader(batch_rows)
        return pa.RecordBatchReader.from_batches(
            ATTEMPT_SCHEMA, (batch.cast(ATTEMPT_SCHEMA) for batch in reader)
        )

    def query(self, sql: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Return the rows of one SELECT over the store's tables and views as an Arrow table.

        `$name` in `sql` stands for a value of `parameters`. Order is only what `ORDER BY` says.
        """
        self._flush()
        table: pa.Table = self._open.sql(sql, params=parameters).to_arrow_table()
        return table

    def execute(self, sql: str) -> None:
        """Run statements that give no rows, such as temporary macros and views."""
        self._flush()
        self._open.execute(sql)

    def put(self, name: str, table: pa.Table) -> None:
        """Make a temporary table called `name` out of an Arrow table; it goes with the connection."""
        self._flush()
        self._open.register("incoming", table)
        try:
            self._open.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM incoming')  # noqa: S608 (own names)
        finally:
            self._open.unregister("incoming")

    def count(self, table: str) -> int:
        """How many rows `table` (attempts, traces, problems, ingested) has."""
        self._flush()
        return self._next(table)

    @property
    def _open(self) -> duckdb.DuckDBPyConnection:
        if self._connection is None:
            raise StoreError("the store is closed")
        return self._connection

    def _prepare(self) -> None:
        connection = self._open
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE TABLE IF NOT EXISTS store (format VARCHAR NOT NULL)")
        found = connection.execute("SELECT format FROM store").fetchall()
        if not found:
            connection.execute("INSERT INTO store VALUES (?)", [FORMAT])
        elif found[0][0] != FORMAT:
            raise StoreError(f"made by another version (format {found[0][0]}, this one reads {FORMAT})")
        columns = ", ".join(f'"{field.name}" {_SQL_TYPES[str(field.type)]}' for field in ATTEMPT_SCHEMA)
        connection.execute(f"CREATE TABLE IF NOT EXISTS attempts (seq BIGINT NOT NULL, {columns})")
        connection.execute((Path(__file__).parent / "schema.sql").read_text(encoding="utf-8"))

    def _next(self, table: str) -> int:
        rows = self._open.execute(f'SELECT count(*) FROM "{table}"').fetchall()  # noqa: S608 (own names)
        return int(rows[0][0])

    def _insert(self, table: str, values: list[Any]) -> None:
        marks = ", ".join("?" * (len(values) + 1))
        row = [self._next(table), *(without_surrogates(value) for value in values)]
        self._open.execute(f'INSERT INTO "{table}" VALUES ({marks})', row)  # noqa: S608 (own names)

    def _flush(self) -> None:
        if not self._pending or self._connection is None:
            return
        batches, self._pending, self._pending_rows = self._pending, [], 0
        table = pa.Table.from_batches(batches)
        first = self._next("attempts")
        seq = pa.array(range(first, first + table.num_rows), pa.int64())
        table = table.add_column(0, pa.field("seq", pa.int64()), seq)
        self._connection.register("incoming", table)
        try:
            self._connection.execute("INSERT INTO attempts BY NAME SELECT * FROM incoming")
        finally:
            self._connection.unregister("incoming")


def _head_hash(head: bytes | None) -> str | None:
    return None if head is None else hashlib.sha256(head[:HEAD_BYTES]).hexdigest()


def _to_batch(attempts: Sequence[Attempt]) -> pa.RecordBatch:
    try:
        return attempts_to_batch(attempts)
    except UnicodeEncodeError:
        repaired = [msgspec.structs.replace(item, **_repairs(item)) for item in attempts]
        return attempts_to_batch(repaired)


def _repairs(attempt: Attempt) -> dict[str, Any]:
    fields = ((name, getattr(attempt, name)) for name in attempt.__struct_fields__)
    return {name: without_surrogates(value) for name, value in fields if isinstance(value, str)}
