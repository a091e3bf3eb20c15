"""Mail server logs into attempts. Docs: docs/logs.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from analyzer.logs.lines import LogInput
    from analyzer.model.problem import Problem

__all__ = ["read", "sniff"]


def sniff(head: bytes) -> str | None:
    """The log format that `head`, the first some KiB of a log, shows (`postfix`, `exim`, …), else None."""
    from analyzer.logs.formats import sniff as by_content

    return by_content(head)


def read(
    inputs: Sequence[LogInput],
    format: str,  # noqa: A002
    *,
    every_try: bool = False,
    problems: list[Problem],
) -> Iterator[pa.RecordBatch]:
    """The attempts in logs of one format, as Arrow batches; see `analyzer.logs.reader.read`."""
    from analyzer.logs.reader import read as by_sets

    return by_sets(inputs, format, every_try=every_try, problems=problems)
