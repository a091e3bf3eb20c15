"""Where output goes and how: colour only on a terminal, a broken pipe ends quietly."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

import click

from analyzer.export.visible import visible
from analyzer.model import Problem

UNREADABLE = 3
_SHOWN = 50


def coloured(stream: TextIO) -> bool:
    """True where the stream is a terminal and NO_COLOR (no-color.org) isn't set."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width(stream: TextIO) -> int:
    """Columns of the terminal; what is not a terminal gets 160."""
    return shutil.get_terminal_size((120, 40)).columns if stream.isatty() else 160


@contextmanager
def output(path: str | None = None) -> Iterator[BinaryIO]:
    """Standard output, or the file at `path`, as a binary stream."""
    try:
        if path is None or path == "-":
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        else:
            with open(path, "wb") as stream:  # noqa: PTH123 - the path is the user's own text
                yield stream
    except BrokenPipeError:
        # Whoever read has had enough; point stdout elsewhere so that the flush at exit is quiet too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror or error}") from None


class Problems:
    """Prints problems on stderr as they come, the first ones in full, and knows how many there were."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, problem: Problem) -> None:
        """Take one problem."""
        self.count += 1
        if self.count <= _SHOWN:
            click.echo(f"mxlens: {visible(str(problem))}", err=True)
        elif self.count == _SHOWN + 1:
            click.echo("mxlens: more problems are only counted", err=True)

    @property
    def exit_code(self) -> int:
        """0 where all was read, else UNREADABLE."""
        return UNREADABLE if self.count else 0
