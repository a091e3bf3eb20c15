"""The container of a .msg file ([MS-CFB]), opened by olefile within limits.

olefile believes the sizes and links that a file states. They are bounded here before it acts on them, so
that a file takes time and memory in proportion to its own size.
"""

from __future__ import annotations

import io
import struct

from olefile import OleFileIO
from olefile.olefile import STGTY_STORAGE, STGTY_STREAM, OleDirectoryEntry

from analyzer.sources.mailbox import MAX_MESSAGE

MAX_ENTRIES = 100_000
"""Directory entries that are loaded; 2,048 recipients and as many attachments have fewer."""
DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    struct.error,
)
"""What olefile raises on files that are not as they should be."""


class Container(OleFileIO):  # type: ignore[misc]  # olefile is untyped
    """A compound file. `short` says that a stream was not read whole, `spent` that the limit was reached."""

    def __init__(self, raw: bytes) -> None:
        self.short = False
        self.spent = False
        self._entries = 0
        self._left = MAX_MESSAGE
        super().__init__()
        _check(raw)
        self.open(io.BytesIO(raw))
        self.root.size = min(self.root.size, len(raw))
        self.num_mini_fat_sectors: int = min(self.num_mini_fat_sectors, self.nb_sect)
        try:
            self._open(self.root.isectStart, 0)  # loads the stream that the small ones lie in
        except DAMAGED:
            self.short = True

    def stream(self, storage: OleDirectoryEntry, name: str) -> bytes | None:
        """The stream `name` (lower-case) of `storage`; None where there is none or it can't be read.

        Of a large one that was cut, it is what its whole lines hold.
        """
        entry = storage.kids_dict.get(name)
        if entry is None or entry.entry_type != STGTY_STREAM:
            return None
        if entry.is_minifat and self.ministream is None:
            return None
        if entry.size > self._left:
            self.spent = True
            return None
        self._left -= entry.size
        try:
            data: bytes = self._open(entry.isectStart, entry.size).read() if entry.size else b""
        except DAMAGED:
            self.short = True
            return None
        if len(data) == entry.size:
            return data
        self.short = True
        # Half a line may end in half an address.
        return None if entry.is_minifat else data[: max(data.rfind(b"\n"), 0)]

    def storage(self, parent: OleDirectoryEntry, name: str) -> OleDirectoryEntry | None:
        """The storage `name` (lower-case) inside `parent`."""
        entry = parent.kids_dict.get(name)
        return entry if entry is not None and entry.entry_type == STGTY_STORAGE else None

    def storages(self, parent: OleDirectoryEntry, prefix: str) -> list[OleDirectoryEntry]:
        """The storages inside `parent` whose names begin with `prefix` (lower-case), by their numbers."""
        kids = parent.kids_dict
        return [
            kids[name]
            for name in sorted(kids)
            if name.startswith(prefix) and kids[name].entry_type == STGTY_STORAGE
        ]

    def getsect(self, sect: int) -> bytes:
        """A sector of the allocation table; one that was cut off says that all its sectors are free."""
        try:
            found: bytes = super().getsect(sect)
        except OSError:
            self.short = True
            return b"\xff" * int(self.sectorsize)
        return found

    def _check_duplicate_stream(self, first_sect: int, minifat: bool = False) -> None:
        """Not asked for: olefile looks through a list for each entry, and `stream` bounds what is read."""

    def _load_direntry(self, sid: int) -> OleDirectoryEntry:
        self._entries += 1
        if self._entries > MAX_ENTRIES:
            raise ValueError(f"more than {MAX_ENTRIES} directory entries")
        return super()._load_direntry(sid)


def _check(raw: bytes) -> None:
    """Raise ValueError on a header that would send olefile through more than there can be."""
    if len(raw) < 1536:
        raise ValueError("the file is cut in its header")
    sector, mini = struct.unpack_from("<HH", raw, 30)
    if sector not in (9, 12) or mini != 6:
        raise ValueError("its sector size is none that there is")
    (tables,) = struct.unpack_from("<I", raw, 44)
    # Each sector of the allocation table tells of 2^(sector - 2) sectors of 2^sector bytes.
    if tables > 2 * (MAX_MESSAGE >> (2 * sector - 2)) + 16:
        raise ValueError("its allocation table is larger than the file")
