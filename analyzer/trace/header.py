"""Header fields out of bytes: whole messages, and headers as people paste them.

Reads RFC 5322 fields as well as what mail programs, tickets and terminals make of them: lost folding,
leading blanks or quote marks before all lines, any line end, a byte order mark, UTF-16, an mbox From_
line, text before the first field, HTML entities, a blank line after each line.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from analyzer.model import Problem

MAX_HEADER_BYTES = 2 * 1024 * 1024
"""Bytes of a header that are read at most."""
MAX_FIELDS = 20_000
"""Fields that are read at most."""
MAX_FIELD_CHARS = 64 * 1024
"""Characters of one field that are read at most."""

_TAG_LIST = re.compile(r"[\w-]+(?::[\w-]+)*+[:;]?(?:\s|$)")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9._/+-]*+)[ \t]*+:([ \t]|$)?")
# Names that are believed without a blank after the colon; anything else with a hyphen is, too.
_KNOWN = frozenset(
    [
        "received",
        "from",
        "to",
        "cc",
        "bcc",
        "date",
        "subject",
        "sender",
        "message-id",
        "return-path",
        "reply-to",
        "references",
    ]
)
# Fields whose folded tag lists hold words and colons (h=from:to:subject).
_TAG_LISTS = ("dkim-signature", "arc-", "x-google-dkim", "domainkey")
_QUOTED = re.compile(rb"[ \t]*(?:[>|]+[ \t]?)+")
_FIELD_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9._/+-]*:[ \t]?")
# Where a header begins that stands below other text.
_START = re.compile(
    rb"^[ \t>|]*(?:Received|Return-Path|Delivered-To|Authentication-Results|Message-ID|Subject|From|Date"
    rb"|MIME-Version|DKIM-Signature|ARC-[A-Za-z-]+|X-[A-Za-z0-9-]+):[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_INTRODUCTION = 16 * 1024
_LINE = 1000
_BLANK_LINE = re.compile(rb"\n[ \t]*\n")


class Field(NamedTuple):
    """One header field: `key` is the lower-case name, `value` the unfolded text without outer blanks."""

    name: str
    key: str
    value: str


class Header(NamedTuple):
    """The fields of a header, top first, and whether a body follows it."""

    fields: list[Field]
    problems: list[Problem]
    has_body: bool


def read_header(raw: bytes) -> Header:
    """The header at the start of `raw`. Never raises; what could not be read is a Problem."""
    problems: list[Problem] = []
    lines, has_body = _header_lines(raw, problems)
    fields: list[Field] = []
    name = ""
    parts: list[str] = []
    skipped: list[str] = []

    def finish() -> None:
        if name:
            fields.append(Field(name, name.lower(), _unfold(name, parts, len(fields) + 1, problems)))

    for line in lines:
        if line[:1] in " \t" and parts:
            parts.append(line.strip())
            continue
        start = _field_start(line, name)
        if start is None:
            if parts:
                if not line.startswith((">From ", "From ")):
                    parts.append(line.strip())
            elif line.strip() and not line.startswith("From "):
                skipped.append(line.strip())
            continue
        finish()
        if len(fields) >= MAX_FIELDS:
            problems.append(
                Problem(
                    id="too-many-fields",
                    message=f"Only the first {MAX_FIELDS:,} header fields were read.",
                    place=f"field {MAX_FIELDS + 1}",
                )
            )
            name, parts = "", []
            break
        name = start[1]
        parts = [line[start.end(1) :].lstrip(" \t")[1:].strip()]
    finish()
    if skipped:
        problems.append(
            Problem(
                id="not-a-field",
                message=f"Text before the first header field was skipped: {skipped[0][:80]!r}",
                place="before field 1",
            )
        )
    return Header(fields, problems, has_body)


def _field_start(line: str, previous: str) -> re.Match[str] | None:
    """The match of a field name at the start of `line`, None where the line continues the field before it."""
    start = _NAME.match(line)
    if start is None or start[2] is not None:
        return start
    name = start[1].lower()
    if previous.lower().startswith(_TAG_LISTS) and _TAG_LIST.match(line):
        return None
    if line[start.end() : start.end() + 1] == ":":
        return None
    return start if name in _KNOWN or "-" in name else None


def _unfold(name: str, parts: list[str], number: int, problems: list[Problem]) -> str:
    value = parts[0] if len(parts) == 1 else " ".join(part for part in parts if part)
    if len(value) > MAX_FIELD_CHARS:
        problems.append(
            Problem(
                id="field-too-long",
                message=f"Only the first {MAX_FIELD_CHARS:,} of {len(value):,} characters were read.",
                place=f"field {number} ({name})",
            )
        )
        value = value[:MAX_FIELD_CHARS]
    return value


def _header_lines(raw: bytes, problems: list[Problem]) -> tuple[list[str], bool]:
    """The header's lines as text, line ends removed, and whether anything follows the header."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raw = raw[: 2 * MAX_HEADER_BYTES].decode("utf-16", "replace").encode()
    head = raw[: MAX_HEADER_BYTES + 1]
    if b"\r" in head:
        head = head.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    head = _from_first_field(head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\n"), problems)
    if head[:1] in b" \t>|":
        head = _without_prefix(head)
    end = _BLANK_LINE.search(head)
    if end and _double_spaced(head):
        head = b"\n".join(line for line in head.split(b"\n") if line.strip())
        end = None
    if end:
        block, has_body = head[: end.start()], bool(head[end.end() :].strip()) or len(raw) > MAX_HEADER_BYTES
    else:
        block, has_body = head, False
        if len(raw) > MAX_HEADER_BYTES:
            problems.append(
                Problem(
                    id="header-too-long",
                    message=f"Only the first {MAX_HEADER_BYTES:,} bytes of the header were read.",
                    place=f"byte {MAX_HEADER_BYTES}",
                )
            )
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = "\n".join(_decoded(line) for line in block.split(b"\n"))
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    lines = text.split("\n")
    if "&lt;" in text and "<" not in text:
        # After the split: an entity may stand for a line break, which must not become a field.
        lines = [html.unescape(line) for line in lines]
    return lines, has_body


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _from_first_field(head: bytes, problems: list[Problem]) -> bytes:
    """The header without a text before it, as people write above what they paste."""
    first = head[:_LINE].split(b"\n", 1)[0].lstrip(b" \t>|")
    if _FIELD_LINE.match(first) or first.startswith(b"From "):
        return head
    start = _START.search(head, 0, _INTRODUCTION)
    if start is None:
        return head
    text = head[: start.start()].decode("utf-8", "replace").strip()
    problems.append(
        Problem(
            id="not-a-field",
            message=f"Text before the first header field was skipped: {text[:80]!r}",
            place="before field 1",
        )
    )
    return head[start.start() :]


def _without_prefix(head: bytes) -> bytes:
    """The lines without the blanks or quote marks that all of them have in front."""
    lines = head.split(b"\n")
    first = next((line for line in lines if line.strip()), b"")
    quote = _QUOTED.match(first)
    if quote:
        return b"\n".join(_QUOTED.sub(b"", line, count=1) for line in lines).lstrip(b"\n")
    margin = first[: len(first) - len(first.lstrip(b" \t"))]
    if not _FIELD_LINE.match(first[len(margin) :]):
        return head
    return b"\n".join(
        line[len(margin) :] if line.startswith(margin) else line.lstrip(b" \t") for line in lines
    ).lstrip(b"\n")


def _double_spaced(head: bytes) -> bool:
    """Whether a blank line follows each of the first lines, as some programs copy headers."""
    lines = head[:4096].split(b"\n")[:8]
    if len(lines) < 6 or not _FIELD_LINE.match(lines[0]):
        return False
    fields = sum(bool(_FIELD_LINE.match(line)) for line in lines[2::2])
    return (
        fields >= 1
        and all(line.strip() for line in lines[:6:2])
        and not any(line.strip() for line in lines[1:6:2])
    )
