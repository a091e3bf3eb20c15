"""MAPI properties of one message, recipient or attachment of a .msg file ([MS-OXMSG] 2.1, 2.4).

Values of variable length are streams whose names say property and type; numbers and times stand in the
property stream, 16 bytes each, behind a header whose length depends on whose properties they are.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from functools import cached_property

from olefile.olefile import OleDirectoryEntry

from analyzer.sources.outlook.compound import Container

TOP, EMBEDDED, PART = 32, 24, 8
"""Length of the property stream's header: of the file's message, of an embedded one, of anything else."""

_MESSAGE_CODEPAGE, _INTERNET_CODEPAGE = 0x3FFD, 0x3FDE
_UNICODE, _STRING8, _BINARY = "001f", "001e", "0102"
_INTEGER, _TIME = 0x0003, 0x0040
_CODECS = {
    1200: "utf-16-le", 10000: "mac-roman", 20127: "ascii", 20866: "koi8-r", 20932: "euc_jp", 20936: "gb2312",
    21866: "koi8-u", 50220: "iso2022_jp", 50221: "iso2022_jp", 50222: "iso2022_jp", 50225: "iso2022_kr",
    51932: "euc_jp", 51936: "gb2312", 51949: "euc_kr", 52936: "hz", 54936: "gb18030", 65001: "utf-8",
}  # fmt: skip
"""Windows code pages that Python calls otherwise than `cp` and the number, or ISO 8859."""
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


class Properties:
    """The properties in `storage`; `codepages` are what strings of 8 bits may be in, the likeliest first."""

    def __init__(
        self, file: Container, storage: OleDirectoryEntry, header: int, codepages: tuple[int, ...] = ()
    ) -> None:
        self.file = file
        self.storage = storage
        self._header = header
        own = (self.number(_MESSAGE_CODEPAGE), self.number(_INTERNET_CODEPAGE))
        self.codepages = (*(page for page in own if page is not None), *codepages)

    def text(self, *tags: int) -> str | None:
        """The first of the string properties `tags` that is there and not empty."""
        for tag in tags:
            wide = self._stream(tag, _UNICODE)
            if wide is not None:
                value = wide.decode("utf-16-le", "replace")
            else:
                narrow = self._stream(tag, _STRING8)
                value = "" if narrow is None else _decoded(narrow, self.codepages)
            if value := value.replace("\0", ""):
                return value
        return None

    def html(self) -> str | None:
        """The HTML body (0x1013): a string, or bytes in the code page of the internet message."""
        data = self._stream(0x1013, _BINARY)
        if data is None:
            return self.text(0x1013)
        page = self.number(_INTERNET_CODEPAGE)
        pages = self.codepages if page is None else (page, *self.codepages)
        return _decoded(data, pages).replace("\0", "") or None

    def binary(self, tag: int) -> bytes | None:
        """The bytes of the property `tag`."""
        return self._stream(tag, _BINARY)

    def number(self, tag: int) -> int | None:
        """The 32-bit number `tag`."""
        value = self._fixed.get((tag, _INTEGER))
        return None if value is None else int(struct.unpack_from("<i", value)[0])

    def time(self, *tags: int) -> datetime | None:
        """The first of the times `tags` that is there."""
        for tag in tags:
            value = self._fixed.get((tag, _TIME))
            ticks = int.from_bytes(value, "little") if value else 0  # of 100 ns
            if ticks:
                try:
                    return _EPOCH + timedelta(seconds=ticks // 10_000_000)
                except OverflowError:
                    continue
        return None

    def has(self, *tags: int) -> bool:
        """Whether any of `tags` is there, as a number, time or string."""
        fixed = {tag for tag, _ in self._fixed}
        return any(tag in fixed or self._has_stream(tag) for tag in tags)

    def _has_stream(self, tag: int) -> bool:
        return any(f"__substg1.0_{tag:04x}{kind}" in self.storage.kids_dict for kind in (_UNICODE, _STRING8))

    def _stream(self, tag: int, kind: str) -> bytes | None:
        return self.file.stream(self.storage, f"__substg1.0_{tag:04x}{kind}")

    @cached_property
    def _fixed(self) -> dict[tuple[int, int], bytes]:
        data = (self.file.stream(self.storage, "__properties_version1.0") or b"")[self._header :]
        whole = data[: len(data) // 16 * 16]
        return {(tag, kind): value for kind, tag, value in struct.iter_unpack("<HH4x8s", whole)}


def _decoded(data: bytes, codepages: tuple[int, ...]) -> str:
    """`data` in the first code page that it makes sense in, else UTF-8, else Western with gaps."""
    for name in (*map(_codec, codepages), "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _codec(codepage: int) -> str:
    """Python's name of a Windows code page, which may be none that there is."""
    if codepage in _CODECS:
        return _CODECS[codepage]
    return f"iso8859-{codepage - 28590}" if 28590 < codepage < 28606 else f"cp{codepage}"
