"""A counter on stderr while much is read; only on a terminal, and gone at the end."""

from __future__ import annotations

import sys
import time

_EVERY = 0.2


class Progress:
    """Counts rows; says nothing where stderr is no terminal."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._count = 0
        self._shown = 0.0
        self._begun = time.monotonic()

    def add(self, rows: int) -> None:
        """Count rows, and show the count at most five times a second."""
        self._count += rows
        now = time.monotonic()
        if self._on and now - self._shown > _EVERY:
            self._shown = now
            rate = self._count / max(0.001, now - self._begun)
            sys.stderr.write(f"\r\x1b[K{self._count:,} attempts, {rate:,.0f} a second")
            sys.stderr.flush()

    def clear(self) -> None:
        """Take the counter off the screen."""
        if self._on and self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
