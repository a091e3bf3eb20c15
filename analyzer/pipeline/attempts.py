"""From inputs to attempts with verdicts, batch by batch, in the order of the inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa

from analyzer import logs
from analyzer.classification import RuleBase
from analyzer.model import Attempt, Original, Problem
from analyzer.model.tables import attempts_to_batch
from analyzer.pipeline.judging import judge_batch
from analyzer.pipeline.parallel import Chunk, joined, read_in_parallel, read_messages
from analyzer.sources import Lines, Message, walk

CHUNK_MESSAGES = 256
_CHUNK_BYTES = 8 * 1024 * 1024


@dataclass
class Reader:
    """Reads inputs into attempts; what can't be read goes to `on_problem` as it is met.

    `every_try` gives one row a try from logs, else one row a recipient in its last known state.
    `jobs` is the number of processes for mail. `on_ordinary` is told of every message that held no
    report, for those who trace it; `on_original` of every message that a report returns.
    """

    rules: RuleBase
    on_problem: Callable[[Problem], None]
    every_try: bool = False
    jobs: int = 1
    rule_dirs: tuple[str, ...] = ()
    on_ordinary: Callable[[Message], None] | None = None
    on_original: Callable[[Original], None] | None = None
    messages: int = field(default=0, init=False)

    def batches(self, paths: Iterable[str], stdin: BinaryIO | None = None) -> Iterator[pa.RecordBatch]:
        """Record batches of ATTEMPT_SCHEMA in input order; `-` among the paths is `stdin`."""
        return self.batches_of(walk(paths, stdin=stdin))

    def batches_of(self, items: Iterable[Message | Lines | Problem]) -> Iterator[pa.RecordBatch]:
        """The same, from what a walk yields."""
        for group in _groups(iter(items)):
            if isinstance(group, Problem):
                self.on_problem(group)
            elif isinstance(group, _Logs):
                yield from self._logs(group)
            else:
                yield from self._mail(group)

    def _logs(self, group: _Logs) -> Iterator[pa.RecordBatch]:
        problems: list[Problem] = []
        for batch in logs.read(group.inputs, group.format, every_try=self.every_try, problems=problems):
            yield judge_batch(batch, self.rules)
        for problem in problems:
            self.on_problem(problem)

    def _mail(self, messages: Iterator[Message | Problem]) -> Iterator[pa.RecordBatch]:
        chunks = _chunks(messages)
        if self.jobs > 1:
            results = read_in_parallel(
                chunks, self.jobs, self.rule_dirs, self.rules, originals=self.on_original is not None
            )
        else:
            results = (self._read(chunk) for chunk in chunks)
        for chunk, attempts in results:
            self.messages += chunk.size
            for problem in chunk.problems:
                self.on_problem(problem)
            if self.on_original is not None:
                for original in chunk.originals:
                    self.on_original(original)
            if self.on_ordinary is not None:
                reported = {(attempt.source, attempt.position) for attempt in attempts}
                for message in chunk.messages:
                    if (message.source, message.position) not in reported:
                        self.on_ordinary(message)
            if attempts:
                yield attempts_to_batch(attempts)

    def _read(self, chunk: Chunk) -> tuple[Chunk, list[Attempt]]:
        asked = self.on_original is not None
        return joined(chunk, read_messages(chunk.messages, self.rules, originals=asked))


@dataclass(frozen=True)
class _Logs:
    """Inputs of one log format that follow one another: a rotated set is read as one."""

    format: str
    inputs: list[Lines]


def _groups(
    items: Iterator[Message | Lines | Problem],
) -> Iterator[_Logs | Problem | Iterator[Message | Problem]]:
    """The walk, with neighbours of a kind put together: logs of one format, runs of messages."""
    item = next(items, None)
    while item is not None:
        if isinstance(item, Problem):
            yield item
            item = next(items, None)
        elif isinstance(item, Lines):
            form = logs.sniff(item.head)
            if form is None:
                message = "neither mail nor a log format known here"
                yield Problem(id="unknown-format", source=item.source, message=message)
                item = next(items, None)
                continue
            inputs = [item]
            item = next(items, None)
            while isinstance(item, Lines) and logs.sniff(item.head) == form:
                inputs.append(item)
                item = next(items, None)
            yield _Logs(form, inputs)
        else:
            rest: list[Lines | None] = [None]
            yield _messages(item, items, rest)
            item = rest[0]


def _messages(
    first: Message, items: Iterator[Message | Lines | Problem], rest: list[Lines | None]
) -> Iterator[Message | Problem]:
    """The run of messages that starts with `first`; the item that ends it is left in `rest`."""
    yield first
    for item in items:
        if isinstance(item, Lines):
            rest[0] = item
            return
        yield item


def _chunks(messages: Iterator[Message | Problem]) -> Iterator[Chunk]:
    chunk, size = Chunk(), 0
    for item in messages:
        if isinstance(item, Problem):
            chunk.problems.append(item)
            continue
        chunk.messages.append(item)
        size += len(item.raw)
        if len(chunk.messages) >= CHUNK_MESSAGES or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = Chunk(), 0
    if chunk.messages or chunk.problems:
        yield chunk
