"""Encoded words and free text of header fields (RFC 2047)."""

from __future__ import annotations

from email.errors import HeaderParseError
from email.header import decode_header

from analyzer.model.wellformed import wellformed

_MAX_ENCODED = 16 * 1024


def decoded(value: str) -> str:
    """`value` with its encoded words decoded; as it is where they are damaged or too long."""
    if "=?" not in value or len(value) > _MAX_ENCODED:
        return value
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError, LookupError):
        return value
    return wellformed("".join(_text(part, charset) for part, charset in parts))


def _text(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    for name in (charset, "utf-8", "latin-1"):
        try:
            return part.decode(name or "ascii")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return part.decode("ascii", "replace")
