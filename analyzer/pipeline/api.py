"""The library: the same work as the command line's, on bytes, paths and iterables, with typed results."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer.classification import load_rules
from analyzer.classification.explaining import Explanation
from analyzer.model import Attempt, Problem, Question, Stage, Trace
from analyzer.model.wellformed import wellformed
from analyzer.sources import Message, walk

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Input = str | os.PathLike[str]


class Attempts:
    """A table of attempts in input order, with the problems met on the way."""

    def __init__(self, table: pa.Table, problems: list[Problem]) -> None:
        self._table = table
        self.problems = problems

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def __iter__(self) -> Iterator[Attempt]:
        for batch in self._table.to_batches():
            for row in batch.to_pylist():
                yield Attempt(**row)

    def to_arrow(self) -> pa.Table:
        """The attempts as an Arrow table of the contract's columns."""
        return self._table

    def to_pandas(self) -> pd.DataFrame:
        """The attempts as a data frame; unknown values are missing, never made up."""
        import pandas as pd

        return self._table.to_pandas(types_mapper=pd.ArrowDtype)

    def to_dict(self) -> list[dict[str, Any]]:
        """One JSON-ready dictionary an attempt."""
        return [attempt.to_dict() for attempt in self]


def trace(message: bytes | str | os.PathLike[str], *, trust: Iterable[str] = ()) -> Trace:
    """What the header of one message says of its way.

    `message` is the message or its header as bytes or text; a `Path` is read (a string never is).
    `trust` names hosts and networks whose Received fields are to be believed.
    Raises ValueError where a path can't be read or holds no mail.
    """
    from analyzer.pipeline.tracing import Tracer

    tracer = Tracer(trust=tuple(trust), defects=True)
    if isinstance(message, str):
        message = wellformed(message).encode()
    if isinstance(message, bytes):
        return tracer(Message("", 1, message))
    for item in walk([os.fspath(message)], raw_text=True):
        if isinstance(item, Message):
            return tracer(item)
        if isinstance(item, Problem):
            raise ValueError(str(item))
    raise ValueError(f"{message}: no message found")


def classify(
    inputs: bytes | Input | Iterable[Input], *, attempts: bool = False, rules: Iterable[Input] = ()
) -> Attempts:
    """Every attempt in `inputs`: one message as bytes, or paths of mail and logs.

    `attempts` gives one row a try from logs instead of one a recipient; `rules` are folders of own
    rules beside the shipped ones. The whole table is held in memory.
    """
    import pyarrow as pa

    from analyzer.model.tables import ATTEMPT_SCHEMA
    from analyzer.pipeline.attempts import Reader

    problems: list[Problem] = []
    rule_base = load_rules(tuple(os.fspath(folder) for folder in rules))
    reader = Reader(rule_base, problems.append, every_try=attempts)
    if isinstance(inputs, bytes):
        batches = reader.batches_of([Message("", 1, inputs)])
    else:
        batches = reader.batches(_paths(inputs))
    return Attempts(pa.Table.from_batches(list(batches), schema=ATTEMPT_SCHEMA), problems)


def explain(
    reply: str,
    *,
    host: str | None = None,
    stage: Stage | None = None,
    sender: str | None = None,
    recipient: str | None = None,
    rules: Iterable[Input] = (),
) -> Explanation:
    """Why one SMTP reply gets its verdict, tier by tier."""
    rule_base = load_rules(tuple(os.fspath(folder) for folder in rules))
    question = Question(reply=reply, host=host, stage=stage, sender=sender, recipient=recipient)
    return rule_base.explain(question)


def report(inputs: Input | Iterable[Input], output: Input | None = None, *, title: str | None = None) -> str:
    """One self-contained HTML report of everything in `inputs`; written to `output` where one is named."""
    from analyzer.pipeline.reports import render_report

    html = render_report(_paths(inputs), title=title).html
    if output is not None:
        Path(output).write_text(html, encoding="utf-8")
    return html


def _paths(inputs: Input | Iterable[Input]) -> list[str]:
    if isinstance(inputs, (str, os.PathLike)):
        return [os.fspath(inputs)]
    return [os.fspath(path) for path in inputs]
