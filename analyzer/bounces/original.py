"""What the returned message says of itself: so that a report links back to what was sent."""

from __future__ import annotations

import re

from analyzer.bounces import address, decode
from analyzer.bounces.lazy import lazy
from analyzer.bounces.mail import Mail

_DELIVERED = (b"delivered-to", b"x-original-to", b"x-forwarded-to", b"x-hmxmroriginalrecipient")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
# Behind their first word, \b leaves that word what is looked for first.
_FOR = re.compile(r"for(?<!\wfor)\s+<?([^\s<>;]{1,320}@[^\s<>;]{1,255})>?")
_ID = re.compile(r"id(?<!\wid)\s+<?([A-Za-z0-9._/+-]{3,80})>?")
_VERSION = re.compile(r"[\d.]+")  # Exchange writes its version as id
_BY = re.compile(r"by(?<!\wby)\s+([A-Za-z0-9_][A-Za-z0-9_.-]*)")
_ENVELOPE_FROM = re.compile(r"envelope-(?<!\wenvelope-)(?:from|sender)\s*[:=]?\s*<([^<>\s]{0,320})>")


class Facts:
    """The message that failed, as far as its header came back; each fact is looked for when asked for."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._queue_ids: dict[str, str | None] = {}

    @lazy
    def _received(self) -> list[bytes]:
        return self._mail.returned_raw.every(b"received")

    @lazy
    def message_id(self) -> str | None:
        """Its message-id without brackets, else that of the message to which the report answers."""
        value = self._mail.returned_get("message-id")
        return (message_id(value) if value else None) or _referred(self._mail)

    @lazy
    def sender(self) -> str | None:
        """Its envelope sender, empty for the null reverse-path; None where unknown."""
        path = self._mail.returned_get("return-path")
        sender = _path(path) if path is not None else None
        if sender is not None:
            return sender
        stated = (_ENVELOPE_FROM.search(decode.text(raw)) for raw in self._received if b"envelope-" in raw)
        return next((match[1] for match in stated if match), None)

    @lazy
    def recipient(self) -> str | None:
        """The address that it was sent to at first: of the oldest hop that says, else Delivered-To."""
        for raw in reversed(self._received):
            match = _FOR.search(decode.text(raw)) if b"for" in raw else None
            if match:
                return match[1]
        if not any(name in self._mail.returned_raw for name in _DELIVERED):
            return None
        delivered = [
            address.find(decode.text(raw))
            for name, raw in self._mail.returned_raw.items()
            if name in _DELIVERED
        ]
        return next((found for found in reversed(delivered) if found), None)

    def queue_id(self, host: str | None) -> str | None:
        """The queue id that it had at `host`, a lower-case name."""
        if not host:
            return None
        if host not in self._queue_ids:
            self._queue_ids[host] = self._queue_id(host)
        return self._queue_ids[host]

    def _queue_id(self, host: str) -> str | None:
        for raw in self._received:
            if b"by" not in raw:
                continue
            value = decode.text(raw)
            by = _BY.search(value)
            if by and by[1].rstrip(".").lower() == host:
                stamp = _ID.search(value)
                return stamp[1] if stamp and not _VERSION.fullmatch(stamp[1]) else None
        return None


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
