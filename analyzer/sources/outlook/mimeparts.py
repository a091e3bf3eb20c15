"""MIME entities as bytes (RFC 2045, RFC 2046), lines ended by LF."""

from __future__ import annotations

import base64
import hashlib
import re

_BREAKS = re.compile(r"[\r\n\t\x00-\x1f\x7f]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
_MAX_VALUE = 16_384


def one_line(value: str) -> str:
    """`value` fit for a header field: no line breaks or control characters."""
    return _BREAKS.sub(" ", value[:_MAX_VALUE]).strip()


def field(name: str, value: str | None) -> str:
    """A header field with its line end; nothing where there is no value."""
    return f"{name}: {line}\n" if value and (line := one_line(value)) else ""


def encoded(text: str) -> bytes:
    """`text` in UTF-8 with LF; half characters of damaged UTF-16 are replaced."""
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")


def text_part(kind: str, text: str) -> bytes:
    """A text entity in UTF-8."""
    head = f"Content-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + encoded(text)


def message_part(media_type: str, data: bytes, name: str | None = None) -> bytes:
    """An entity that must not be base64: a message, a report."""
    head = f"Content-Type: {media_type}{_parameter('name', name)}\nContent-Transfer-Encoding: 8bit\n\n"
    return encoded(head) + entity(data.removeprefix(b"\xef\xbb\xbf"))


def entity(data: bytes) -> bytes:
    """What is an entity or its body already."""
    return data.replace(b"\r\n", b"\n")


def attachment(media_type: str | None, data: bytes, name: str | None) -> bytes:
    """Any other entity."""
    if not media_type or not _MEDIA_TYPE.fullmatch(media_type) or media_type.startswith("multipart/"):
        media_type = "application/octet-stream"
    head = (
        f"Content-Type: {media_type}\nContent-Disposition: attachment{_parameter('filename', name)}\n"
        "Content-Transfer-Encoding: base64\n\n"
    )
    return encoded(head) + base64.encodebytes(data)


def multipart(kind: str, parts: list[bytes]) -> bytes:
    """The entities as one of multipart/`kind`, which may carry parameters; a single one stands alone.

    The boundary is made from what it parts, so it can't stand in it.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    boundary = f"=_{digest.hexdigest()}"
    pieces = [f'Content-Type: multipart/{kind}; boundary="{boundary}"\n'.encode()]
    for part in parts:
        pieces += [f"\n--{boundary}\n".encode(), part]
    return b"".join([*pieces, f"\n--{boundary}--\n".encode()])


def _parameter(name: str, value: str | None) -> str:
    if not value:
        return ""
    quoted = one_line(value[:255]).replace("\\", "_").replace('"', "'")
    return f'; {name}="{quoted}"'
