"""Writes Outlook .msg files: a message's properties ([MS-OXMSG]) into a compound file ([MS-CFB])."""

from __future__ import annotations

import math
import struct
from datetime import UTC, datetime

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
MINI, CUTOFF = 64, 4096
TOP, EMBEDDED, PART = 32, 24, 8
Value = str | bytes | int | datetime


class Storage(dict[str, "bytes | Storage"]):
    """Streams and storages by name."""


def message(
    properties: dict[int, Value],
    recipients: list[dict[int, Value]] = [],  # noqa: B006 - not changed
    attachments: list[dict[int, Value | Storage]] = [],  # noqa: B006 - not changed
    *,
    header: int = TOP,
    narrow: str | None = None,
) -> Storage:
    """A message; with `narrow`, its strings are of 8 bits in that charset."""
    storage = _properties(properties, header, narrow)
    for number, one in enumerate(recipients):
        storage[f"__recip_version1.0_#{number:08X}"] = _properties(one, PART, narrow)
    for number, one in enumerate(attachments):
        storage[f"__attach_version1.0_#{number:08X}"] = _properties(one, PART, narrow)
    return storage


def _properties(properties: dict[int, Value | Storage], header: int, narrow: str | None) -> Storage:
    storage = Storage()
    table = bytearray(header)
    for tag, value in properties.items():
        if isinstance(value, Storage):
            kind, fixed = 0x000D, struct.pack("<II", FREE, 1)
            storage[f"__substg1.0_{tag:04X}{kind:04X}"] = value
        elif isinstance(value, int):
            kind, fixed = 0x0003, struct.pack("<i4x", value)
        elif isinstance(value, datetime):
            ticks = (value - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() * 10_000_000
            kind, fixed = 0x0040, struct.pack("<Q", int(ticks))
        else:
            if isinstance(value, bytes):
                kind, data = 0x0102, value
            elif narrow:
                kind, data = 0x001E, value.encode(narrow)
            else:
                kind, data = 0x001F, value.encode("utf-16-le", "surrogatepass")
            fixed = struct.pack("<II", len(data) + {0x1F: 2, 0x1E: 1}.get(kind, 0), 0)
            storage[f"__substg1.0_{tag:04X}{kind:04X}"] = data
        table += struct.pack("<HHI", kind, tag, 6) + fixed
    return Storage({"__properties_version1.0": bytes(table), **storage})


def compound(root: Storage, *, sector: int = 512) -> bytes:
    """The compound file, of version 4 where `sector` is 4096; tables and directory stand in front."""
    entries: list[list] = []
    small, large = bytearray(), []
    minifat: list[int] = []
    _entry("Root Entry", root, entries, small, minifat, large)
    directory_sectors = math.ceil(len(entries) / (sector // 128))
    minifat_sectors = math.ceil(len(minifat) / (sector // 4))
    small_sectors = math.ceil(len(small) / sector)
    used = (
        directory_sectors
        + minifat_sectors
        + small_sectors
        + sum(math.ceil(len(d) / sector) for _, d in large)
    )
    fat_sectors = 1
    while fat_sectors * (sector // 4) < used + fat_sectors:
        fat_sectors += 1
    assert fat_sectors <= 109

    fat = [FAT] * fat_sectors
    data = bytearray()

    def put(content: bytes) -> int:
        count = math.ceil(len(content) / sector)
        if not count:
            return END
        start = len(fat)
        fat.extend([*range(start + 1, start + count), END])
        data.extend(content.ljust(count * sector, b"\0"))
        return start

    directory = put(bytes(directory_sectors * sector))
    minifat += [FREE] * (minifat_sectors * (sector // 4) - len(minifat))
    minifat_start = put(struct.pack(f"<{len(minifat)}I", *minifat))
    entries[0][5:7] = put(bytes(small)), len(small)
    for entry, content in large:
        entry[5] = put(content)
    packed = b"".join(_packed(entry) for entry in entries)
    data[: directory_sectors * sector] = packed.ljust(directory_sectors * sector, b"\0")
    fat += [FREE] * (fat_sectors * (sector // 4) - len(fat))
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", MAGIC, 0x3E, 3 if sector == 512 else 4, 0xFFFE, sector.bit_length() - 1, 6,
        0 if sector == 512 else directory_sectors, fat_sectors, directory, 0, CUTOFF,
        minifat_start, minifat_sectors, END, 0,
    )  # fmt: skip
    places = [*range(fat_sectors), *[FREE] * (109 - fat_sectors)]
    head = (head + struct.pack("<109I", *places)).ljust(sector, b"\0")
    return head + struct.pack(f"<{len(fat)}I", *fat) + bytes(data)


def _entry(name: str, content, entries, small, minifat, large) -> int:
    """Adds name, type, left, right, child, start and size; gives the entry's number."""
    number = len(entries)
    kind = 5 if not entries else 1 if isinstance(content, Storage) else 2
    entry = [name, kind, NONE, NONE, NONE, END, 0]
    entries.append(entry)
    if isinstance(content, Storage):
        names = sorted(content, key=lambda one: (len(one), one.upper()))
        kids = [_entry(one, content[one], entries, small, minifat, large) for one in names]
        entry[4] = _tree(kids, entries)
        entry[5] = 0
    else:
        entry[6] = len(content)
        if len(content) >= CUTOFF:
            large.append((entry, content))
        elif content:
            count = math.ceil(len(content) / MINI)
            entry[5] = len(minifat)
            minifat.extend([*range(len(minifat) + 1, len(minifat) + count), END])
            small.extend(content.ljust(count * MINI, b"\0"))
    return number


def _tree(kids: list[int], entries) -> int:
    if not kids:
        return NONE
    middle = len(kids) // 2
    entries[kids[middle]][2:4] = _tree(kids[:middle], entries), _tree(kids[middle + 1 :], entries)
    return kids[middle]


def _packed(entry: list) -> bytes:
    name, kind, left, right, child, start, size = entry
    raw = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBIII16xI16xIQ", raw, len(raw), kind, 1, left, right, child, 0, start, size)
