"""Tells what an input is from its first bytes, never from its name."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["empty", "mbox", "message", "lines", "tar", "zip", "outlook", "binary"]

BOM = b"\xef\xbb\xbf"
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1b")
_STAMP = re.compile(rb"(?:<\d{1,3}>)?(?:1 )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
"""RFC 3339 and ISO stamps: up to the first colon they look like a header field."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
FROM_LINE = re.compile(
    rb"From (?:\S{1,320} {1,8})?[^\r\n]{0,200}?\d\d?:\d\d(?::\d\d)?[^\r\n]{0,60}(?:[\r\n]|$)"
)
"""The separator of an mbox (RFC 4155): address and date are loose in the wild, a time of day is not."""
HEADER_LINE = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,4}:")
_QUOTED_HEADER = re.compile(rb"(?:[ \t]*>)*[ \t]*[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")


def sniff(head: bytes) -> Kind:
    """What the input is that begins with `head`."""
    if not head:
        return "empty"
    if head[257:262] == b"ustar":
        return "tar"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(_OLE):
        return "outlook"
    if head.startswith(_UTF16):
        return "lines"
    text = head.removeprefix(BOM).lstrip(b"\r\n \t")
    if FROM_LINE.match(text):
        return "mbox"
    if _starts_with_header(text):
        return "message"
    return "binary" if _is_binary(text) else "lines"


def _starts_with_header(text: bytes) -> bool:
    """True where the first line is a header field, or a quoted one as people paste them."""
    first = re.split(rb"[\r\n]", text[:2000], maxsplit=1)[0]
    if first.startswith((b"{", b"[", b"@4")) or _STAMP.match(first):
        return False
    return bool(HEADER_LINE.match(first) or _QUOTED_HEADER.match(first)) and not _is_binary(first)


def _is_binary(text: bytes) -> bool:
    """True for data with many control characters; a stray NUL in a text doesn't make it binary."""
    sample = text[:4096]
    if not sample:
        return False
    control = len(sample) - len(sample.translate(None, _CONTROL))
    return control * 10 > len(sample)
