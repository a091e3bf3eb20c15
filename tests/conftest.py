"""What all tests share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
settings.register_profile("here", deadline=None, max_examples=60)
settings.load_profile("here")

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def mxlens() -> Run:
    """Runs the command as a user would: `mxlens("trace", "-", stdin=b"…")`."""

    def run(*arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **environment: str):
        return subprocess.run(
            [sys.executable, "-c", "from analyzer.cli import main; main()", *arguments],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            timeout=300,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"} | environment,
        )

    return run
