"""What a walk over inputs yields, beside problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple


class Message(NamedTuple):
    """One message: `position` is its 1-based number in `source`."""

    source: str
    position: int
    raw: bytes


@dataclass(frozen=True)
class Lines:
    """A line-oriented input (MTA log, provider events), not yet read.

    `head` is its first bytes, decompressed; `open()` gives the whole as a decompressed binary stream
    (standard input can be opened once). `mtime` is when the file was last written, in epoch seconds.
    """

    source: str
    head: bytes
    open: Callable[[], BinaryIO]
    mtime: float | None = None
