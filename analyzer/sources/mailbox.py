"""Splits an mbox stream into its messages, in flat memory (RFC 4155 and its kin mboxo, mboxrd, mboxcl)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from analyzer.model import Problem
from analyzer.sources.items import Message
from analyzer.sources.sniffing import BOM, FROM_LINE, HEADER_LINE

MAX_MESSAGE = 64 * 1024 * 1024
"""Bytes of one message that are read; what a mail server accepts is well below it."""
_CHUNK = 1 << 20
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


def split_mbox(stream: BinaryIO, source: str) -> Iterator[Message | Problem]:
    """The messages of an mbox in order, with line ends as they are (CR alone becomes LF)."""
    for position, (raw, cut) in enumerate(_pieces(stream), start=1):
        yield Message(source, position, _unquote(raw))
        if cut:
            yield too_large(source, position)


def too_large(source: str, position: int) -> Problem:
    """The problem of a message of which only the first MAX_MESSAGE bytes are read."""
    return Problem(
        id="too-large",
        source=source,
        position=position,
        place=f"byte {MAX_MESSAGE}",
        message=f"the message is longer than {MAX_MESSAGE >> 20} MiB; only its beginning was read",
    )


def _unquote(raw: bytes) -> bytes:
    return _QUOTED_FROM.sub(rb"\1", raw) if b">From " in raw else raw


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(message without its From line, was it cut) for each message of the stream."""
    chunks = _chunks(stream)
    buffer = next(chunks, b"")
    start = _after_line(buffer, 0)
    searched = start
    dropped = False
    ended = False
    while True:
        cut = _separator(buffer, searched, last=ended)
        if cut is not None:
            end, begin = cut
            yield buffer[start:end][:MAX_MESSAGE], dropped or end - start > MAX_MESSAGE
            start = searched = begin
            dropped = False
            continue
        if ended:
            yield buffer[start:][:MAX_MESSAGE], dropped or len(buffer) - start > MAX_MESSAGE
            return
        # The last bytes may hold the beginning of a separator that the next chunk completes.
        searched = max(start, len(buffer) - 1024)
        if searched - start > MAX_MESSAGE:
            buffer = buffer[start : start + MAX_MESSAGE] + buffer[searched:]
            searched, start, dropped = MAX_MESSAGE, 0, True
        else:
            buffer = buffer[start:]
            searched -= start
            start = 0
        more = next(chunks, None)
        ended = more is None
        buffer += more or b""


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    first = stream.read(_CHUNK).removeprefix(BOM).lstrip(b"\r\n \t")
    only_cr = b"\n" not in first and b"\r" in first
    data = first
    while data:
        yield data.replace(b"\r", b"\n") if only_cr else data
        data = stream.read(_CHUNK)


def _after_line(buffer: bytes, at: int) -> int:
    end = buffer.find(b"\n", at)
    return len(buffer) if end < 0 else end + 1


def _separator(buffer: bytes, begin: int, *, last: bool = False) -> tuple[int, int] | None:
    """(end of the message before, begin of the next one) of the first separator from `begin` on.

    A separator follows a blank line; without one, what follows it must be a header field. One that
    is not wholly in the buffer is left for the next chunk unless this is the `last`.
    """
    at = buffer.find(b"\nFrom ", begin)
    while at >= 0:
        after = _after_line(buffer, at + 1)
        if not last and len(buffer) - after < 512:
            return None
        if FROM_LINE.match(buffer, at + 1):
            blank = buffer[max(0, at - 2) : at].endswith((b"\n", b"\n\r"))
            if blank or HEADER_LINE.match(buffer, after):
                return at + 1, after
        at = buffer.find(b"\nFrom ", at + 1)
    return None
