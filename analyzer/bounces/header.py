"""The header of a mail or a part (RFC 5322 2.2), taken apart no further than it is asked for.

A bounce has four headers with thirty fields together, of which ten are looked at: the fields are sorted by
name at once, while values are unfolded and stripped when somebody wants them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import AnyStr

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\n]*)(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_FIELD_END = re.compile(rb"\n(?![ \t])")
_MAX_HEADER = 1_000_000


class Header:
    """Fields in order, from lines `name: value`: names in lower case, values unfolded and stripped."""

    __slots__ = ("_first", "_later", "_lines")

    def __init__(self, lines: Iterable[bytes] = ()) -> None:
        self._lines = lines
        self._first: dict[bytes, bytes] = {}
        self._later: list[tuple[bytes, bytes]] = []
        for line in lines:
            label, colon, value = line.partition(b":")
            name = _names[label] if colon else b""
            if name not in self._first:
                self._first[name] = value
            else:
                self._later.append((name, value))

    @property
    def sound(self) -> bool:
        """Whether each line is a field."""
        return b"" not in self._first

    def __bool__(self) -> bool:
        return bool(self._first)

    def __contains__(self, name: object) -> bool:
        return name in self._first

    def has_any(self, prefixes: tuple[bytes, ...]) -> bool:
        """Whether the name of a field begins with one of `prefixes` (lower-case)."""
        return any(name.startswith(prefixes) for name in self._first)

    def get(self, name: bytes) -> bytes | None:
        """The first field called `name`; None where there is none."""
        value = self._first.get(name)
        return None if value is None else _tidy(value)

    def every(self, name: bytes) -> list[bytes]:
        """All fields called `name`, topmost first."""
        value = self._first.get(name)
        if value is None:
            return []
        return [_tidy(value), *(_tidy(other) for key, other in self._later if key == name)]

    def items(self) -> list[tuple[bytes, bytes]]:
        """All fields in order."""
        split = [line.partition(b":") for line in self._lines]
        return [(_names[label], _tidy(value)) for label, _, value in split]


def read(raw: bytes, start: int, end: int) -> tuple[Header, int]:
    """The header that begins at `start` and where the body begins.

    A blank line ends the header (RFC 5322 2.1), and so does a line that is no field unless fields go on
    behind it (a `From ` line of an mbox, a line that lost its folding).
    """
    if raw.startswith(b"\n", start):
        return Header(), start + 1
    stop = raw.find(b"\n\n", start, min(end, start + _MAX_HEADER))
    if stop > 0:
        header = Header(_FIELD_END.split(raw[start:stop]))
        if header.sound:
            return header, stop + 2
    lines, body = _damaged(raw, start, min(end, start + _MAX_HEADER))
    return Header(lines), body


def _damaged(raw: bytes, position: int, limit: int) -> tuple[list[bytes], int]:
    """The lines that are fields, and where the body begins."""
    lines: list[bytes] = []
    while position < limit:
        if raw[position] == 10:
            return lines, position + 1
        if raw.startswith(b"--", position):
            return lines, position
        match = _FIELD.match(raw, position, limit)
        if match is not None:
            lines.append(match[1] + b":" + match[2])
            position = match.end()
            continue
        line_end = raw.find(b"\n", position, limit)
        following = limit if line_end < 0 else line_end + 1
        if not raw[position:following].strip():
            return lines, following
        if _FIELD.match(raw, following, limit) is None:
            return lines, position
        position = following
    return lines, position


def _tidy(value: bytes) -> bytes:
    return value.replace(b"\n", b"").strip()


class Names(dict[AnyStr, AnyStr]):
    """What stands before the colon of a field as its name in lower case; empty where it cannot be one.

    Mails have the same few hundred names, so those met are remembered, up to a bound. `label` is the
    pattern of what may stand there, its first group the name.
    """

    def __init__(self, label: re.Pattern[AnyStr]) -> None:
        self._label: re.Pattern[AnyStr] = label

    def __missing__(self, label: AnyStr) -> AnyStr:
        match = self._label.fullmatch(label)
        name = match[1].lower() if match else label[:0]
        if len(label) <= 64 and len(self) < 4096:
            self[label] = name
        return name


_names = Names(re.compile(rb"(?!--)([!-9;-~]+)[ \t]*"))
