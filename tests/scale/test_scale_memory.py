"""Memory stays flat as input grows: a million log lines and a 200 MB mailbox, each under 500 MB."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
LIMIT = 500 * 1024 * 1024
MEASURE = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stderr=subprocess.PIPE)
sys.stderr.write(done.stderr.decode())
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(done.returncode)
"""


def peak(root: Path, *arguments: str) -> tuple[int, str]:
    """The largest process' peak memory in bytes, and what was said on stderr."""
    command = [sys.executable, "-c", "from analyzer.cli import main; main()", *arguments]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        capture_output=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr.decode()
    return int(done.stdout.split()[-1]), done.stderr.decode()


def test_a_million_log_lines(root: Path, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    subprocess.run(
        [
            sys.executable,
            str(root / "bench/generate_postfix_log.py"),
            "--lines",
            "1000000",
            "--output",
            str(log),
        ],
        check=True,
    )
    used, said = peak(root, "classify", "--format", "parquet", "-o", str(tmp_path / "rows.parquet"), str(log))
    assert "attempts" in said
    assert used < LIMIT, f"{used / 2**20:.0f} MiB"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_mailbox_of_200_megabytes(root: Path, tmp_path: Path, jobs: str) -> None:
    messages = [file.read_bytes() for file in sorted((root / "sample_data/bounces").glob("*.eml"))]
    box = tmp_path / "box"
    count = 0
    with box.open("wb") as out:
        while out.tell() < 200_000_000:
            for message in messages:
                out.write(b"From MAILER-DAEMON Mon Jan  1 10:00:00 2024\n" + message + b"\n\n")
                count += 1
    target = str(tmp_path / "rows.parquet")
    used, said = peak(root, "classify", "-j", jobs, "--format", "parquet", "-o", target, str(box))
    assert int(said.rsplit(" attempts", 1)[0].split()[-1].replace(",", "")) > count // 2
    assert used < LIMIT, f"{used / 2**20:.0f} MiB"
