"""Whole made-up logs, of which is known what became of every recipient."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from logs_helpers import read

_PATH = Path(__file__).parents[2] / "bench" / "generate_postfix_log.py"
_spec = importlib.util.spec_from_file_location("generate_postfix_log", _PATH)
assert _spec
assert _spec.loader
generator = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = generator
_spec.loader.exec_module(generator)


def generate(*arguments: str) -> tuple[bytes, list[dict[str, Any]]]:
    lines, truth = generator.generate(generator.arguments(list(arguments)))
    return "".join(lines).encode(), truth


def facts(rows: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    names = ("queue_id", "recipient", "sender", "outcome", "tries")
    return Counter(tuple(row.get(name) for name in names) for row in rows)


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--seed", "2", "--lines", "20000"),
        ("--seed", "3", "--long-ids", "--ahead", "2"),
        ("--seed", "4", "--stamps", "rfc3339", "--ahead", "-7"),
        ("--seed", "5", "--start", "2024-12-30T12:00:00", "--ahead", "1"),
    ],
    ids=" ".join,
)
def test_every_recipient_s_fate_is_found_once(options: tuple[str, ...]) -> None:
    log, truth = generate(*options)
    rows, problems = read(log)
    assert facts(rows) == facts(truth)
    assert problems == []
    start = generator.arguments(list(options)).start[:4]
    assert {row["timestamp"].year for row in rows} <= {int(start), int(start) + 1}
    first = generator.datetime.fromisoformat(generator.arguments(list(options)).start)
    assert abs((rows[0]["timestamp"].replace(tzinfo=None) - first).total_seconds()) < 60


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert generate("--seed", "9") == generate("--seed", "9")
    assert generate("--seed", "9")[0] != generate("--seed", "10")[0]


def test_the_sample_log_is_the_generator_s() -> None:
    sample = Path(__file__).parents[2] / "sample_data" / "postfix.log"
    assert generate("--lines", "3600")[0] == sample.read_bytes()


def test_order_and_cuts_of_a_rotated_set_do_not_matter() -> None:
    log, truth = generate("--seed", "6")
    lines = log.splitlines(keepends=True)
    cuts = [0, 700, 701, 1800, len(lines)]
    parts = [b"".join(lines[a:b]) for a, b in itertools.pairwise(cuts)]
    rows, _ = read(*parts)
    assert facts(rows) == facts(truth)
    backwards, _ = read(*reversed(parts))
    assert facts(backwards) == facts(truth)
    assert [row["source"] for row in backwards] == sorted(row["source"] for row in backwards)


def test_every_try_gives_one_row_a_run() -> None:
    log, _ = generate("--seed", "7")
    final, _ = read(log)
    tries, _ = read(log, every_try=True)
    assert len(tries) == sum(row["tries"] for row in final)
    last = {(row["queue_id"], row["recipient"], row["sender"]): row for row in tries if row.get("sender")}
    for row in final:
        if row.get("sender"):
            mine = last[row["queue_id"], row["recipient"], row["sender"]]
            assert (mine["outcome"], mine["tries"]) == (row["outcome"], row["tries"])
