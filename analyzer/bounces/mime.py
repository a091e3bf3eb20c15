"""The MIME structure of a mail, found in one pass over its delimiter lines (RFC 2046).

A stack of open boundaries stands against the lines that begin with `--`, so the time is linear in the
size of the mail whatever its nesting, and a missing close delimiter costs nothing that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from analyzer.bounces import decode, header
from analyzer.bounces.header import Header
from analyzer.bounces.lazy import lazy

MAX_DEPTH = 100
MAX_PARTS = 10_000
MAX_GUESSES = 20
"""Lines that are tried as the delimiter of a multipart that does not say its boundary."""
MAX_LINES = 1_000_000
"""Lines that begin like a delimiter, of which nearly all are other things."""
_DELIMITER = re.compile(rb"^--([^\n]{1,70})\n(content-[a-z-]+:)?", re.MULTILINE | re.IGNORECASE)
_TOKEN = re.compile(rb"-*[A-Za-z0-9_=][!-~]{2,70}")  # no rule of dashes, no sentence
_PARAMETER = re.compile(r"""[;\s]\s*([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)""")
MESSAGES = {"message/rfc822", "message/global", "message/news"}


class ContentType(NamedTuple):
    """A Content-Type or Content-Disposition as labelled: value and parameters in lower-case names."""

    value: str
    params: dict[str, str]


@lru_cache(maxsize=1024)
def content_type(value: str) -> ContentType:
    """A structured value taken apart (RFC 2045 5.1), continued parameters joined (RFC 2231 3)."""
    first, _, rest = value.partition(";")
    params: dict[str, str] = {}
    if "=" in value:
        found = _plain_parameters(rest) if "=" not in first else None
        pieces: dict[str, list[str]] = {}
        for name, content in _parameters(value) if found is None else found:
            base, star, _ = name.partition("*")
            if star:
                pieces.setdefault(base, []).append(content)
            else:
                params.setdefault(name, content)
        for base, contents in pieces.items():
            params.setdefault(base, "".join(contents))
    return ContentType((first.split() or [""])[0].lower(), params)


def _plain_parameters(text: str) -> list[tuple[str, str]] | None:
    """The parameters in `text` where each is as simple as most are; None where one is not."""
    found: list[tuple[str, str]] = []
    for piece in text.split(";"):
        label, equals, content = piece.partition("=")
        label, content = label.strip(), content.strip()
        if content.startswith('"') and content.endswith('"'):
            content = content[1:-1]
        if not equals and not label:
            continue
        if not equals or len(label.split()) != 1 or '"' in label or '"' in content or "\\" in content:
            return None
        found.append((label.lower(), content))
    return found


def _parameters(text: str) -> Iterator[tuple[str, str]]:
    for match in _PARAMETER.finditer(text):
        content = match[2].strip()
        if content.startswith('"'):
            content = content[1:].removesuffix('"').replace('\\"', '"').replace("\\\\", "\\")
        yield match[1].lower(), content


class Part:
    """One leaf, multipart or enclosed message of a mail's MIME tree.

    `level` is 0 for a part of the mail itself and 1 for a message that it encloses, whose own parts are
    not taken apart. `start` and `end` delimit the body in the mail's bytes.
    """

    def __init__(
        self, mail: bytes, fields: Header, start: int, *, path: str, depth: int, level: int, default: str
    ) -> None:
        self._mail = mail
        self.own = fields
        self.start = start
        self.end = len(mail)
        self.path = path
        self.depth = depth
        self.level = level
        self.children = 0
        label = fields.get(b"content-type")
        self.content_type, self.params = content_type(decode.text(label)) if label else (default, {})

    def _get(self, name: bytes) -> str | None:
        value = self.own.get(name)
        return None if value is None else decode.text(value)

    @lazy
    def fields(self) -> list[tuple[str, str]]:
        """The fields of this part's own header: lower-case name, decoded value."""
        return [(decode.text(key), decode.words(decode.text(value))) for key, value in self.own.items()]

    @lazy
    def encoding(self) -> str:
        """Content-Transfer-Encoding, lower-case; `7bit` where there is none."""
        stated = self._get(b"content-transfer-encoding")
        return stated.strip().lower() if stated else "7bit"

    @lazy
    def disposition(self) -> str:
        """`inline`, `attachment` or an empty string."""
        stated = self._get(b"content-disposition")
        return stated.partition(";")[0].strip().lower() if stated else ""

    @lazy
    def description(self) -> str:
        """Content-Description, decoded."""
        return decode.words(self._get(b"content-description") or "")

    @property
    def raw(self) -> bytes:
        """The body as it stands in the mail, lines ended by LF."""
        return self._mail[self.start : self.end]

    @lazy
    def data(self) -> bytes:
        """The body without its transfer encoding."""
        return decode.transfer(self.raw, self.encoding)

    @lazy
    def text(self) -> str:
        """The body as text, charset labels mended."""
        return decode.text(self.data, self.params.get("charset"))

    def __repr__(self) -> str:
        return f"<Part {self.path} {self.content_type} level {self.level} {self.end - self.start} bytes>"


class Structure(NamedTuple):
    """All parts in the order of the mail, and what was wrong: `unclosed` is the path of an open multipart."""

    parts: list[Part]
    unclosed: str | None
    too_deep: bool
    too_many: bool


class _Open(NamedTuple):
    boundary: bytes
    part: Part
    inside: int  # how many parts stood open when this multipart began
    shadowed: int | None  # the outer multipart of the same boundary


def structure(raw: bytes, fields: Header, body: int) -> Structure:
    """The parts of the mail in `raw` whose header is `fields` and whose body begins at `body`."""
    walk = _walk(raw, fields, body)
    whole = walk.parts[0]
    if whole.content_type.startswith("multipart/") and not whole.children and "boundary" in whole.params:
        # The boundary that the header states is not the one that the body has.
        found = walk.unstated(whole)
        if found and found != whole.params["boundary"].rstrip():
            walk = _walk(raw, fields, body, boundary=found)
    unclosed = walk.boundaries[0].part.path if walk.boundaries else None
    return Structure(walk.parts, unclosed, walk.too_deep, walk.too_many)


def _walk(raw: bytes, fields: Header, body: int, boundary: str | None = None) -> _Walk:
    walk = _Walk(raw)
    whole = Part(raw, fields, body, path="1", depth=0, level=0, default="text/plain")
    if boundary is not None:
        whole.params = {**whole.params, "boundary": boundary}
    walk.begin(whole)
    if walk.boundaries:
        start = raw.find(b"\n--", max(body - 1, 0))
        lines = 0
        while start >= 0 and walk.boundaries and not walk.too_many:
            end = raw.find(b"\n", start + 3)
            end = len(raw) if end < 0 else end
            following = raw.find(b"\n--", end)
            walk.limit = len(raw) if following < 0 else following + 1
            walk.delimiter(start, end, raw[start + 3 : end].rstrip())
            start = following
            lines += 1
            walk.too_many |= lines > MAX_LINES
    return walk


class _Walk:
    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.parts: list[Part] = []
        self.open: list[Part] = []
        self.boundaries: list[_Open] = []
        self.by_boundary: dict[bytes, int] = {}
        self.limit = len(raw)  # where the next line that begins like a delimiter is: no header runs over it
        self.too_deep = self.too_many = False

    def begin(self, part: Part) -> None:
        """Take in a part, and of a message that it encloses the header."""
        if len(self.parts) >= MAX_PARTS:
            self.too_many = True
            return
        self.parts.append(part)
        self.open.append(part)
        kind = part.content_type
        if kind.startswith(("multipart/", "message/")) or "boundary" in part.params:
            boundary = part.params.get("boundary", "").rstrip()
            if not boundary and kind.startswith("multipart/"):
                boundary = self.unstated(part)
            if boundary and part.depth >= MAX_DEPTH:
                self.too_deep = True
            elif boundary:
                key = boundary.encode("utf-8", "surrogateescape")
                self.boundaries.append(_Open(key, part, len(self.open), self.by_boundary.get(key)))
                self.by_boundary[key] = len(self.boundaries) - 1
            elif kind in MESSAGES and part.encoding not in ("base64", "quoted-printable"):
                self._enclosed(part)

    def _enclosed(self, message: Part) -> None:
        fields, body = header.read(self.raw, message.start, max(self.limit, message.start))
        message.children = 1
        path, depth = f"{message.path}.1", message.depth + 1
        part = Part(self.raw, fields, body, path=path, depth=depth, level=1, default="text/plain")
        self.parts.append(part)
        self.open.append(part)

    def unstated(self, part: Part) -> str:
        """The boundary of a multipart that states none or a wrong one: of its first line that acts as one.

        Such a line has a field of a part below it, or stands a second time.
        """
        stop = part.start + 65_536
        lines = islice(_DELIMITER.finditer(self.raw, max(part.start - 1, 0), stop), MAX_GUESSES)
        for match in lines:
            boundary = match[1].rstrip()
            if boundary in self.by_boundary or boundary.removesuffix(b"--") in self.by_boundary:
                break  # the part ends here
            if match[2] or (
                _TOKEN.fullmatch(boundary) and self.raw.find(b"\n--" + boundary, match.end(1), stop) >= 0
            ):
                return boundary.decode("utf-8", "surrogateescape")
        return ""

    def delimiter(self, start: int, end: int, line: bytes) -> None:
        """Close and open parts at a delimiter, which stands from `start` (a line break) to `end`."""
        index = self.by_boundary.get(line)
        close = False
        if index is None:
            if not line.endswith(b"--"):
                return
            index = self.by_boundary.get(line[:-2].rstrip())
            close = True
            if index is None:
                return
        entry = self.boundaries[index]
        for part in self.open[entry.inside :]:
            part.end = max(part.start, start)
        del self.open[entry.inside :]
        if len(self.boundaries) > index + 1:
            self._forget(index + 1)
        if close:
            self._forget(index)
            return
        parent = entry.part
        parent.children += 1
        fields, body = header.read(self.raw, min(end + 1, len(self.raw)), self.limit)
        default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
        self.begin(
            Part(
                self.raw,
                fields,
                body,
                path=f"{parent.path}.{parent.children}",
                depth=parent.depth + 1,
                level=0,
                default=default,
            )
        )

    def _forget(self, index: int) -> None:
        while len(self.boundaries) > index:
            entry = self.boundaries.pop()
            if entry.shadowed is None:
                del self.by_boundary[entry.boundary]
            else:
                self.by_boundary[entry.boundary] = entry.shadowed
