"""What the returned message says of itself: so that a report links back to what was sent."""

from __future__ import annotations

import re

import msgspec

from analyzer.bounces import address, decode
from analyzer.bounces.mail import Mail

_DELIVERED = (b"delivered-to", b"x-original-to", b"x-forwarded-to", b"x-hmxmroriginalrecipient")
_WANTED = {b"message-id", b"return-path", b"received", *_DELIVERED}
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_FOR = re.compile(r"\bfor\s+<?([^\s<>;]{1,320}@[^\s<>;]{1,255})>?")
_ID = re.compile(r"\bid\s+<?([A-Za-z0-9._/+-]{3,80})>?")
_VERSION = re.compile(r"[\d.]+")  # Exchange writes its version as id
_BY = re.compile(r"\bby\s+([A-Za-z0-9_][A-Za-z0-9_.-]*)")
_ENVELOPE_FROM = re.compile(r"\benvelope-(?:from|sender)\s*[:=]?\s*<([^<>\s]{0,320})>")


class Original(msgspec.Struct):
    """The message that failed, as far as its header came back; unknown is None.

    `recipients` are the addresses that the header states as envelope recipients, the oldest hop's first.
    """

    message_id: str | None = None
    sender: str | None = None
    recipients: list[str] = []
    queue_ids: dict[str, str] = {}


def read(mail: Mail) -> Original:
    """What the returned header in `mail` states."""
    found = Original()
    fors: list[str] = []
    delivered: list[str] = []
    for name, raw in mail.returned_raw:
        if name not in _WANTED:
            continue
        value = decode.text(raw)
        if name == b"message-id":
            found.message_id = found.message_id or message_id(value)
        elif name == b"return-path":
            found.sender = _path(value) if found.sender is None else found.sender
        elif name == b"received":
            by, stamp = _BY.search(value), _ID.search(value)
            if by and stamp and not _VERSION.fullmatch(stamp[1]):
                found.queue_ids.setdefault(by[1].rstrip(".").lower(), stamp[1])
            match = _FOR.search(value) if "for" in value else None
            if match:
                fors.append(match[1])
            match = _ENVELOPE_FROM.search(value) if "envelope-" in value else None
            if match and found.sender is None:
                found.sender = match[1]
        else:
            one = address.find(value)
            if one:
                delivered.append(one)
    found.recipients = fors[::-1] + delivered[::-1]
    if found.message_id is None:
        found.message_id = _referred(mail)
    return found


def message_id(value: str) -> str | None:
    """A message-id without its angle brackets."""
    match = _MESSAGE_ID.search(value)
    if match:
        return match[1]
    value = value.strip()
    return value if value and " " not in value else None


def _path(value: str) -> str | None:
    value = value.strip()
    if value in ("<>", ""):
        return "" if value else None
    return address.find(value)


def _referred(mail: Mail) -> str | None:
    """The message that a report answers: In-Reply-To, else the last of its References."""
    for name in ("in-reply-to", "x-original-message-id", "original-message-id"):
        value = mail.get(name)
        if value:
            return message_id(value)
    references = _MESSAGE_ID.findall(mail.get("references") or "")
    return references[-1] if references else None
