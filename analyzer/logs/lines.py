r"""Bytes to lines: Arrow string arrays over each chunk's own buffer, with line numbers and time stamps.

Lines end at `\n` only (a `\r` before it is dropped): mail puts other kinds of line break into log text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analyzer.logs.journal import as_syslog
from analyzer.logs.stamps import Stamps
from analyzer.model.problem import Problem

CHUNK = 8 << 20
LONGEST_LINE = 64 << 10
"""Bytes of a line that are read; syslog daemons cut at 1 to 8 KiB (RFC 5424 6.1 asks for 2 KiB)."""
BATCHES = 4
"""Record batches a chunk: DuckDB gives one batch to one thread."""

SCHEMA: pa.Schema = pa.schema(
    [
        ("source", pa.int32()),
        ("line", pa.int64()),
        ("wall", pa.int64()),
        ("zone", pa.int8()),
        ("text", pa.string()),
    ]
)


class LogInput(Protocol):
    """A log as given: `source` names it, `open()` gives its decompressed bytes."""

    @property
    def source(self) -> str:
        """The input as given on the command line."""

    def open(self) -> BinaryIO:
        """The bytes from the start; the caller closes it."""


class Lines:
    """The lines of several inputs as Arrow tables of SCHEMA; what cannot be read goes to `problems`."""

    def __init__(self, inputs: Sequence[LogInput], problems: list[Problem]) -> None:
        self.inputs = inputs
        self.problems = problems
        self.stamps: list[Stamps] = []

    def __iter__(self) -> Iterator[pa.Table]:
        for index, item in enumerate(self.inputs):
            stamps = Stamps()
            self.stamps.append(stamps)
            yield from self._tables(index, item, stamps)

    def _tables(self, index: int, item: LogInput, stamps: Stamps) -> Iterator[pa.Table]:
        number = 1
        unread = first_unread = 0
        for chunk in self._chunks(item):
            text, starts = _split(_clean(as_syslog(chunk)))
            if int(np.diff(starts).max()) > LONGEST_LINE + 1:
                text, starts = _split(self._cut(item, text, number))
            count = len(starts) - 1
            wall, zone = stamps.read(text, starts)
            lost = np.flatnonzero((zone < 0) & (np.diff(starts) > 1))
            if len(lost):
                first_unread = first_unread or number + int(lost[0])
                unread += len(lost)
            columns = [
                pa.array(np.full(count, index, dtype=np.int32)),
                pa.array(np.arange(number, number + count)),
                pa.array(wall),
                pa.array(zone),
                pa.StringArray.from_buffers(count, pa.py_buffer(starts), pa.py_buffer(text)),
            ]
            batch = pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
            step = count // BATCHES + 1
            yield pa.Table.from_batches([batch.slice(at, step) for at in range(0, count, step)])
            number += count
        if unread:
            self._problem(
                "line-not-read",
                item,
                first_unread,
                f"{unread:,} of {number - 1:,} lines bear no time stamp that is known; this is the first",
            )

    def _chunks(self, item: LogInput) -> Iterator[bytes]:
        """Whole lines, some MB at a time; of a line that never seems to end only the start is kept."""
        rest = b""
        for block in self._blocks(item):
            end = block.rfind(b"\n") + 1
            if not end:
                rest += block[: max(0, 2 * LONGEST_LINE - len(rest))]
                continue
            yield rest + block[:end]
            rest = block[end:]
        if rest:
            yield rest + b"\n"

    def _blocks(self, item: LogInput) -> Iterator[bytes]:
        try:
            with item.open() as stream:
                while block := stream.read(CHUNK):
                    yield block
        except Exception as error:  # each decompressor has errors of its own
            self._problem("not-readable", item, None, f"reading stopped: {error}")

    def _cut(self, item: LogInput, chunk: bytes, number: int) -> bytes:
        """The chunk, which begins at line `number`, with its over-long lines cut; tells of each."""
        lines = chunk.split(b"\n")
        for offset, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                message = f"only the first {LONGEST_LINE:,} bytes were read"
                self._problem("line-too-long", item, number + offset, message)
                lines[offset] = line[:LONGEST_LINE].decode(errors="ignore").encode()
        return b"\n".join(lines)

    def _problem(self, slug: str, item: LogInput, position: int | None, message: str) -> None:
        self.problems.append(Problem(id=slug, source=item.source, position=position, message=message))


def _clean(chunk: bytes) -> bytes:
    r"""The chunk as UTF-8 without `\r` at line ends.

    DuckDB drops or refuses strings with other bytes: these are written as `\xe9`, and NUL as `\x00`.
    """
    if b"\r\n" in chunk:
        chunk = chunk.replace(b"\r\n", b"\n")
    if b"\0" in chunk:
        chunk = chunk.replace(b"\0", b"\\x00")
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return chunk.decode(errors="backslashreplace").encode()
    return chunk


def _split(chunk: bytes) -> tuple[bytes, npt.NDArray[np.int32]]:
    r"""The chunk and where its lines start, and its length; a line holds its `\n`."""
    ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == 10)
    starts = np.empty(len(ends) + 1, dtype=np.int32)
    starts[0] = 0
    starts[1:] = ends + 1
    return chunk, starts
