"""Rate and memory of reading a generated Postfix log into attempts (verdicts are not part of it).

python bench/logs.py --lines 1000000
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

import generate_postfix_log

from analyzer import logs
from analyzer.model import Problem


class File:
    """A log file as `logs.read` wants it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = str(path)

    def open(self) -> BinaryIO:
        return self.path.open("rb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="this log instead of a generated one")
    parser.add_argument("--format", default="postfix")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.log or Path(folder) / "mail.log"
        if not options.log:
            generate_postfix_log.main(
                ["--lines", str(options.lines), "--seed", str(options.seed), "--output", str(path)]
            )
        with path.open("rb") as stream:
            lines = sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b""))
        problems: list[Problem] = []
        wall, cpu = time.perf_counter(), time.process_time()
        attempts = sum(len(batch) for batch in logs.read([File(path)], options.format, problems=problems))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{lines:,} lines, {attempts:,} attempts, {len(problems)} problems")
    print(
        f"{wall:.2f} s, {lines / wall:,.0f} lines/s; "
        f"{cpu:.2f} s of CPU, {lines / cpu:,.0f} lines per CPU second"
    )
    print(f"{memory:.0f} MB at most")


if __name__ == "__main__":
    main()
