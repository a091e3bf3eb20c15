"""Reads mail in several processes; the order of output is the order of input, and memory stays flat."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from analyzer import bounces
from analyzer.classification import RuleBase, load_rules
from analyzer.model import Attempt, Original, Problem
from analyzer.pipeline.judging import judge_attempts
from analyzer.sources import Message

_ALONE = 4
"""Chunks that are read here before other processes are worth their start."""
_AHEAD = 3
"""Chunks in flight for each process: enough to keep it busy, few enough to keep memory flat."""


@dataclass
class Chunk:
    """Some messages in order, the problems met on the way to and through them, and what they return."""

    messages: list[Message] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    originals: list[Original] = field(default_factory=list)

    @property
    def size(self) -> int:
        """How many messages."""
        return len(self.messages)


def read_messages(messages: list[Message], rules: RuleBase, *, originals: bool = False) -> bounces.Reading:
    """The attempts of the messages, with verdicts, what could not be read, and if asked the originals."""
    together = bounces.Reading([], [], [])
    for message in messages:
        reading = bounces.read(
            message.raw, source=message.source, position=message.position, originals=originals
        )
        together.attempts += reading.attempts
        together.problems += reading.problems
        together.originals += reading.originals
    judge_attempts(together.attempts, rules)
    return together


def read_in_parallel(
    chunks: Iterator[Chunk],
    jobs: int,
    rule_dirs: tuple[str, ...],
    rules: RuleBase,
    *,
    originals: bool = False,
) -> Iterator[tuple[Chunk, list[Attempt]]]:
    """Each chunk with its attempts, in order; small inputs are read without starting processes."""
    for chunk in islice(chunks, _ALONE):
        yield joined(chunk, read_messages(chunk.messages, rules, originals=originals))
    following = next(chunks, None)
    if following is None:
        return
    waiting: deque[tuple[Chunk, Future[bounces.Reading]]] = deque()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), fewer_collections) as pool:
        while following is not None or waiting:
            while following is not None and len(waiting) < jobs * _AHEAD:
                waiting.append((following, pool.submit(_work, following.messages, rule_dirs, originals)))
                following = next(chunks, None)
            chunk, result = waiting.popleft()
            yield joined(chunk, result.result())


def fewer_collections() -> None:
    """Let Python look for cyclic garbage rarely: reading mail makes none, and looking costs a fifth of it."""
    gc.set_threshold(100_000, 20, 50)


def joined(chunk: Chunk, reading: bounces.Reading) -> tuple[Chunk, list[Attempt]]:
    """The chunk with the problems and originals of its reading, and the attempts."""
    chunk.problems += reading.problems
    chunk.originals += reading.originals
    return chunk, reading.attempts


def _work(messages: list[Message], rule_dirs: tuple[str, ...], originals: bool) -> bounces.Reading:
    return read_messages(messages, _rules(rule_dirs), originals=originals)


@cache
def _rules(rule_dirs: tuple[str, ...]) -> RuleBase:
    return load_rules(rule_dirs)
