"""A mail read bytes first: header, MIME structure, its own words, and the message that it returns.

An own linear scan and not the standard library's parser: most of a bounce is the returned message,
which nobody needs decoded, and damage must cost no more than what it hit.
"""

from __future__ import annotations

import re

from analyzer.bounces import decode, header, markup, mime, returned
from analyzer.bounces.header import Header
from analyzer.bounces.lazy import lazy
from analyzer.bounces.mime import Part
from analyzer.model import Problem

MAX_TEXT = 4_194_304
"""Bytes of human-readable text that are looked at."""
_ODD_BREAKS = re.compile(rb"(?<!\n)(?:\n\n){0,1000}\n(?!\n)")
_FEW_LINES = 10
_PLAIN = {"text/plain", "text", "plain", "plain/text"}


class Mail:
    """One mail. `raw` has its line ends made LF, its byte order mark and mbox `From ` line taken off.

    Everything beyond the header is read when it is first asked for.
    """

    def __init__(self, raw: bytes) -> None:
        raw = raw.removeprefix(b"\xef\xbb\xbf")
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
        if b"\r" in raw:
            raw = raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.raw = raw
        start = len(raw) - len(raw.lstrip(b"\n")) if raw[:1] == b"\n" else 0
        if raw.startswith((b"From ", b">From "), start):
            start = raw.find(b"\n", start) + 1 or len(raw)
        self._fields, self.body_start = header.read(raw, start, len(raw))
        self._decoded: dict[str, str | None] = {}
        if self.body_start and _is_spaced_out(raw, self.body_start):
            self.raw = raw[: self.body_start] + raw[self.body_start :].replace(b"\n\n", b"\n")

    @lazy
    def fields(self) -> list[tuple[str, str]]:
        """All header fields in order: lower-case name, unfolded and decoded value."""
        return _decoded(self._fields)

    def get(self, name: str) -> str | None:
        """The first field called `name` (lower-case), decoded; None where there is none."""
        if name not in self._decoded:
            value = self._fields.get(name.encode())
            self._decoded[name] = None if value is None else decode.words(decode.text(value))
        return self._decoded[name]

    def get_all(self, name: str) -> list[str]:
        """All fields called `name` (lower-case), decoded, topmost first."""
        return [decode.words(decode.text(value)) for value in self._fields.every(name.encode())]

    def raw_field(self, name: bytes) -> bytes:
        """The first field called `name` as it stands; empty where there is none."""
        return self._fields.get(name) or b""

    def has(self, name: bytes) -> bool:
        """Whether there is a field called `name` (lower-case)."""
        return name in self._fields

    def has_any(self, prefixes: tuple[bytes, ...]) -> bool:
        """Whether the name of a field begins with one of `prefixes` (lower-case)."""
        return self._fields.has_any(prefixes)

    @lazy
    def structure(self) -> mime.Structure:
        """The MIME tree as a flat list, with what was wrong with it."""
        return mime.structure(self.raw, self._fields, self.body_start)

    def is_cut(self, part: Part) -> bool:
        """Whether the mail ends inside a line of this part, which is open in its structure."""
        return (
            self.structure.unclosed is not None and part.end == len(self.raw) and not self.raw.endswith(b"\n")
        )

    def is_open(self, part: Part) -> bool:
        """Whether the mail ends inside this part, which nothing closes."""
        return self.structure.unclosed is not None and part.end == len(self.raw)

    @property
    def parts(self) -> list[Part]:
        """All parts in order, the mail itself first; see `Part.level` for those of enclosed messages."""
        return self.structure.parts

    @property
    def content_type(self) -> str:
        """The mail's own content type, lower-case."""
        return self.parts[0].content_type

    @lazy
    def full_text(self) -> str:
        """The first human-readable part as text, at most MAX_TEXT bytes; HTML without its tags."""
        fallback: Part | None = None
        for part in self.parts:
            if part.level or part.disposition == "attachment":
                continue
            if part.content_type in _PLAIN or _is_flat(part):
                if part.end - part.start > 1 and part.raw[:MAX_TEXT].strip():
                    words = _words_of(part)
                    if self.is_cut(part) and words.strip():
                        # The last word of a cut text may be half an address.
                        return words[: len(words) - len(words.split()[-1])]
                    return words
            elif part.content_type == "text/html" and fallback is None:
                fallback = part
        if fallback is not None:
            return markup.plain(_words_of(fallback))
        whole = self.parts[0]
        if whole.content_type.startswith("message/"):
            return ""
        if not whole.content_type.startswith("multipart/") or len(self.parts) == 1:
            return _words_of(whole)
        # A report whose words stand before its first part.
        end = self.raw.find(b"\n--", self.body_start - 1)
        return decode.text(
            self.raw[self.body_start : min(max(end, self.body_start), self.body_start + MAX_TEXT)]
        )

    @lazy
    def text(self) -> str:
        """The mail's own words: `full_text` up to where it begins to quote the returned message."""
        return self.full_text if self._returned_part else self.full_text[: self._split.words_end]

    @lazy
    def _returned_part(self) -> Header:
        return returned.from_parts(self.parts)

    @lazy
    def _split(self) -> returned.Split:
        return returned.split(self.full_text)

    @property
    def inline_start(self) -> int | None:
        """Where in `full_text` the header of a message begins that is quoted there; None where none does."""
        return self._split.fields_start

    @lazy
    def returned_raw(self) -> Header:
        """The header fields of the message that is returned, as parts or inside the text, not decoded."""
        if self._returned_part:
            return self._returned_part
        start = self._split.fields_start
        return returned.parse(self.full_text[start:]) if start is not None else Header()

    @lazy
    def returned(self) -> list[tuple[str, str]]:
        """The same, decoded; may be empty."""
        return _decoded(self.returned_raw)

    def returned_get(self, name: str) -> str | None:
        """The first field of the returned message called `name` (lower-case)."""
        found = self.returned_raw.get(name.encode())
        return None if found is None else decode.words(decode.text(found))

    @lazy
    def problems(self) -> list[Problem]:
        """What of the mail's structure could not be read."""
        found = []
        state = self.structure
        if state.too_deep:
            found.append(
                Problem(id="too-deep", message=f"parts nested deeper than {mime.MAX_DEPTH} were not read")
            )
        if len(self.full_text) >= MAX_TEXT - 4 and not self._returned_part and self.inline_start is None:
            found.append(
                Problem(id="too-long", message=f"of the text only the first {MAX_TEXT} bytes were read")
            )
        if state.too_many:
            found.append(
                Problem(id="too-many-parts", message=f"only the first {mime.MAX_PARTS} parts were read")
            )
        elif state.unclosed is not None:
            found.append(
                Problem(
                    id="truncated",
                    message="the mail ends before its last part is complete",
                    place=f"part {state.unclosed}",
                )
            )
        return found


def _is_spaced_out(raw: bytes, start: int) -> bool:
    """Whether something put a blank line behind every line of the body, which had blank lines before."""
    first = raw.find(b"\n", start)
    if not raw.startswith(b"\n\n", first):
        return False
    odd = _ODD_BREAKS.search(raw, start)
    return (
        (odd is None or odd.end() == len(raw))
        and raw.count(b"\n\n", start) > _FEW_LINES
        and b"\n\n\n\n" in raw[start:]
    )


def _decoded(fields: Header) -> list[tuple[str, str]]:
    return [(decode.text(name), decode.words(decode.text(value))) for name, value in fields.items()]


def _is_flat(part: Part) -> bool:
    """Whether a multipart has lost its parts: what stands in it is text then."""
    return not part.children and part.content_type.startswith("multipart/")


def _words_of(part: Part) -> str:
    if part.end - part.start <= MAX_TEXT:
        return part.text
    data = decode.transfer(part.raw[:MAX_TEXT], part.encoding)
    return decode.text(data, part.params.get("charset"))
