"""Opens a stream through its compression, found by magic number, never by name."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from typing import BinaryIO, cast

HEAD_SIZE = 65536
_MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_LAYERS = 3
"""A log inside gzip inside gzip happens; more layers are an attack."""


class Peekable(io.RawIOBase):
    """A stream that can't seek, with its first bytes read ahead and still to come.

    Closing it closes `beneath` too: the layers of decompression don't close one another.
    """

    def __init__(self, stream: BinaryIO, beneath: list[BinaryIO]) -> None:
        self._stream = stream
        self._beneath = beneath
        self.head = _read_fully(stream, HEAD_SIZE)
        self._pending = memoryview(self.head)

    def readable(self) -> bool:  # noqa: D102 - as in io
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # noqa: D102 - as in io
        data = self._pending[: len(buffer)] if self._pending else self._stream.read(len(buffer))
        self._pending = self._pending[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:  # noqa: D102 - as in io
        for stream in (self._stream, *self._beneath):
            stream.close()
        super().close()


def _read_fully(stream: BinaryIO, size: int) -> bytes:
    """Up to `size` bytes, fewer only at the end of the stream (a pipe hands out less than asked)."""
    parts: list[bytes] = []
    while size > 0 and (data := stream.read(size)):
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


def unpack(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first HEAD_SIZE decompressed bytes, and the whole decompressed stream from its beginning.

    Raises OSError, EOFError or ValueError where the compressed data are damaged.
    """
    beneath: list[BinaryIO] = []
    for layer in range(_LAYERS + 1):
        ahead = Peekable(stream, beneath.copy())
        whole: BinaryIO = io.BufferedReader(ahead, 1 << 18)
        kind = next((name for magic, name in _MAGIC.items() if ahead.head.startswith(magic)), None)
        if kind is None or layer == _LAYERS:
            return ahead.head, whole
        beneath.append(whole)
        stream = _decompress(kind, whole)
    raise AssertionError("the loop above returns")


def _decompress(kind: str, stream: BinaryIO) -> BinaryIO:
    if kind == "gzip":
        return cast("BinaryIO", gzip.GzipFile(fileobj=stream))
    if kind == "bzip2":
        return cast("BinaryIO", bz2.BZ2File(stream))
    if kind == "xz":
        return cast("BinaryIO", lzma.LZMAFile(stream))
    import zstandard

    return cast("BinaryIO", zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True))
