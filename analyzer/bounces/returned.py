"""The message that a report returns: as a part of its own, or inside the report's text.

Free-form reports put it behind a line such as "--- Below this line is a copy of the message" in any
language. What all share is the header that follows, so that header is what is looked for: a run of
lines that are fields, at least three of them known ones of a message.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.bounces import header, mime
from analyzer.bounces.header import Header
from analyzer.bounces.mime import Part

_KNOWN = {
    "received", "return-path", "from", "to", "subject", "date", "message-id", "mime-version",
    "content-type", "content-transfer-encoding", "reply-to", "sender", "cc", "x-mailer", "delivered-to",
    "dkim-signature", "in-reply-to", "references", "x-original-to", "user-agent", "importance", "x-priority",
    "domainkey-signature", "authentication-results", "received-spf", "list-id", "precedence", "errors-to",
    "content-disposition", "x-received", "envelope-to", "organization", "thread-index", "thread-topic",
}  # fmt: skip
# A summary of the message above the reason has the others; only a whole header has these.
_TRANSPORT = {"received", "return-path", "mime-version", "content-type", "content-transfer-encoding",
              "x-mailer", "dkim-signature", "delivered-to", "user-agent", "domainkey-signature"}  # fmt: skip
_FIELD = re.compile(r"[ \t>]{0,8}([A-Za-z][A-Za-z0-9-]{1,60})[ \t]?:(?!//)")
_SEPARATOR = re.compile(r"[-=_*#~+<>.:\s]{3,}|[-=_*#~+<>.:\s]{2,}.{1,120}")
_WRAPPED = {*mime.MESSAGES, "message/partial"}
_HEADERS = {"text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers", "message/global-headers",
            "text/rfc822", "text/rfc-822-headers"}  # fmt: skip


class Split(NamedTuple):
    """Where in a text the mail's own words end, and where the returned header begins (or None)."""

    words_end: int
    fields_start: int | None


def split(text: str) -> Split:
    """Find the returned message inside `text`."""
    position = 0
    run_start: int | None = None
    known: set[str] = set()
    before = ""
    first: int | None = None
    for line in text.split("\n"):
        following = position + len(line) + 1
        match = _FIELD.match(line) if ":" in line else None
        if match is not None and (run_start is not None or _is_break(before)):
            if run_start is None:
                run_start = position
                known = set()
            name = match[1].lower()
            if name in _KNOWN:
                known.add(name)
                if len(known) >= 3 and first is None:
                    first = run_start
                if len(known) >= 3 and known & _TRANSPORT:
                    return Split(_before_separator(text, run_start), run_start)
        elif run_start is not None and line[:1] not in (" ", "\t", ">"):
            run_start = None
        before = line
        position = following
    return Split(len(text), first)


def _is_break(line: str) -> bool:
    """Whether a header may begin below `line`."""
    return not line.strip(" \t\r>") or line.startswith("From ") or _SEPARATOR.fullmatch(line) is not None


def _before_separator(text: str, end: int) -> int:
    """Leave out the line that announces the returned message."""
    lines = text[max(0, end - 400) : end].rstrip().rsplit("\n", 1)
    last = lines[-1]
    if len(last) < 150 and _SEPARATOR.fullmatch(last):
        return len(text[:end].rstrip()) - len(last)
    return end


def parse(text: str) -> Header:
    """The header at the beginning of `text`, also indented or quoted with `>`."""
    quoted = re.match(r"[ \t>]+", text)
    if quoted:
        mark = quoted[0]
        text = "\n".join(line.removeprefix(mark) for line in text[:65_536].split("\n"))
    raw = text[:262_144].encode("utf-8", "surrogateescape")
    return header.read(raw, 0, len(raw))[0]


def from_parts(parts: Sequence[Part]) -> Header:
    """The header of the message that stands as a part of its own in `parts`."""
    for index, part in enumerate(parts):
        if part.level:
            continue
        if part.content_type in _WRAPPED:
            if index + 1 < len(parts) and parts[index + 1].path == f"{part.path}.1":
                return parts[index + 1].own
            return _header_of(part)
        if part.content_type in _HEADERS:
            return _header_of(part)
    return Header()


def _header_of(part: Part) -> Header:
    data = part.data if part.encoding in ("base64", "quoted-printable") else part.raw
    data = data.lstrip(b"\r\n").replace(b"\r\n", b"\n")
    return header.read(data, 0, len(data))[0]
