"""Each log in the corpus beside the attempts that stand in it. Run as a script, it rewrites them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from logs_helpers import CORPUS, plain, read

from analyzer import logs

CASES = sorted(CORPUS.glob("*/*.log"))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def outcomes(rows: list[dict]) -> list[dict]:
    return sorted(
        ({k: v for k, v in row.items() if k not in ("source", "position")} for row in rows), key=str
    )


@pytest.mark.parametrize("path", CASES, ids=name)
def test_attempts_are_those_written_beside_the_log(path: Path) -> None:
    expected = [json.loads(line) for line in path.with_suffix(".jsonl").read_text().splitlines()]
    rows, problems = read(path.read_bytes(), kind=path.parent.name)
    assert [plain(row) for row in rows] == expected
    assert problems == []


@pytest.mark.parametrize("path", CASES, ids=name)
def test_format_is_known_by_content(path: Path) -> None:
    assert logs.sniff(path.read_bytes()[:4096]) == path.parent.name


@pytest.mark.parametrize("path", CASES, ids=name)
def test_a_log_cut_in_two_by_rotation_is_read_as_one(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    whole, _ = read(b"".join(lines), kind=path.parent.name)
    middle = len(lines) // 2
    older, newer = b"".join(lines[:middle]), b"".join(lines[middle:])
    rows, _ = read(older, newer, kind=path.parent.name)
    assert outcomes(rows) == outcomes(whole)
    assert [row["source"] for row in rows] == sorted(row["source"] for row in rows)


if __name__ == "__main__":
    for case in CASES:
        with case.with_suffix(".jsonl").open("w", encoding="utf-8") as stream:
            for row in read(case.read_bytes(), kind=case.parent.name)[0]:
                stream.write(json.dumps(plain(row), ensure_ascii=False) + "\n")
