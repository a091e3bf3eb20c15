"""A .msg file as the bytes of a message (RFC 5322): header, bodies, attachments, delivery status."""

from __future__ import annotations

from olefile.olefile import OleDirectoryEntry

from analyzer.sources.outlook import fields, mimeparts, report
from analyzer.sources.outlook.compound import DAMAGED, Container
from analyzer.sources.outlook.properties import EMBEDDED, PART, TOP, Properties

MAX_DEPTH = 10
"""Messages inside messages that are opened."""
MAX_PARTS = 2048
"""Recipients, and attachments, that a message may have ([MS-OXMSG] 2.2.1, 2.2.2)."""
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")

Flaw = tuple[str, str]
"""Id and words of a problem."""


def convert(raw: bytes) -> tuple[bytes | None, list[Flaw]]:
    """The message as bytes, None where there is none, and what of it could not be read. Never raises."""
    try:
        with Container(raw) as file:
            reader = _Reader(file)
            converted = reader.message(file.root, TOP, (), 0)
    except RecursionError:
        return None, [("not-readable", "the directory of the Outlook .msg file is nested too deep")]
    except DAMAGED as error:
        return None, [("not-readable", f"the Outlook .msg file is damaged: {error}")]
    return (converted if reader.found else None), reader.flaws()


class _Reader:
    def __init__(self, file: Container) -> None:
        self.file = file
        self.found = False  # anything of the message at all
        self.too_deep = False
        self.too_many = False
        self.rtf_only = False

    def flaws(self) -> list[Flaw]:
        """What is wrong, each once."""
        told = (
            (not self.found, "not-readable", "nothing of the message in the Outlook .msg file can be read"),
            (
                self.file.short,
                "truncated",
                "the Outlook .msg file is damaged; a part of it could not be read",
            ),
            (self.file.spent, "too-large", "the message is too large; not all of its parts were read"),
            (self.too_deep, "too-deep", f"messages nested deeper than {MAX_DEPTH}"),
            (
                self.too_many,
                "too-many",
                f"more than {MAX_PARTS} recipients or attachments; the rest was left",
            ),
            (
                self.rtf_only,
                "unknown-format",
                "the text of the message is there in RTF only, which is not read",
            ),
        )
        return [(problem_id, words) for holds, problem_id, words in told if holds]

    def message(self, storage: OleDirectoryEntry, size: int, codepages: tuple[int, ...], depth: int) -> bytes:
        """The message in `storage`, whose property stream has a header of `size` bytes."""
        message = Properties(self.file, storage, size, codepages)
        recipients = self._all(message, "__recip_version1.0_")
        done = report.action(message.text(0x001A) or "")
        header, report_type = fields.header(message, recipients, is_report=done is not None)
        attached = [self._attached(one, depth) for one in self._all(message, "__attach_version1.0_")]
        parts = [part for part in attached if part is not None]
        body = self._body(message, is_report=done is not None)
        self.found |= bool(header or body or parts)
        if done is not None:
            report_type = report_type or "delivery-status"
            parts = _completed(parts, message, recipients, done)
        if report_type is not None:
            whole = mimeparts.multipart(f"report; report-type={report_type}", [body or _EMPTY, *parts])
        elif parts:
            whole = mimeparts.multipart("mixed", [body or _EMPTY, *parts])
        else:
            whole = body or _EMPTY
        return header + b"MIME-Version: 1.0\n" + whole

    def _all(self, message: Properties, prefix: str) -> list[Properties]:
        storages = self.file.storages(message.storage, prefix)
        self.too_many |= len(storages) > MAX_PARTS
        return [Properties(self.file, one, PART, message.codepages) for one in storages[:MAX_PARTS]]

    def _body(self, message: Properties, *, is_report: bool) -> bytes | None:
        plain = message.text(0x1000, 0x1001) if is_report else message.text(0x1000)
        html = message.html()
        if not plain and not html:
            self.rtf_only |= bool(message.binary(0x1009))
        bodies = [
            mimeparts.text_part(kind, text) for kind, text in (("plain", plain), ("html", html)) if text
        ]
        return mimeparts.multipart("alternative", bodies) if len(bodies) > 1 else next(iter(bodies), None)

    def _attached(self, attachment: Properties, depth: int) -> bytes | None:
        name = attachment.text(0x3707, 0x3704, 0x3001)
        embedded = self.file.storage(attachment.storage, "__substg1.0_3701000d")
        if embedded is not None and "__properties_version1.0" in embedded.kids_dict:
            if depth >= MAX_DEPTH:
                self.too_deep = True
                return None
            inner = self.message(embedded, EMBEDDED, attachment.codepages, depth + 1)
            return mimeparts.message_part("message/rfc822", inner)
        data = attachment.binary(0x3701)
        if data is None:
            return None
        media_type = (attachment.text(0x370E) or "").strip().lower()
        if media_type == "message/rfc822" or (not media_type and (name or "").lower().endswith(".eml")):
            return mimeparts.message_part("message/rfc822", data)
        if media_type == "multipart/signed" and data[:13].lower() == b"content-type:":
            return mimeparts.entity(data)  # the whole of a signed mail, with its MIME header
        if media_type in _LITERAL:
            return mimeparts.message_part(media_type, data, name)
        return mimeparts.attachment(media_type, data, name)


_HEADERS = "text/rfc822-headers"
_EMPTY = mimeparts.text_part("plain", "")
_LITERAL = {
    *_STATUS_TYPES, "message/global", "message/feedback-report", "message/disposition-notification",
    _HEADERS,
}  # fmt: skip


def _completed(
    parts: list[bytes], message: Properties, recipients: list[Properties], done: str
) -> list[bytes]:
    """The parts of a report with those that it lost: its delivery status, the original's header."""
    if not any(_is(part, *_STATUS_TYPES) for part in parts):
        status = report.delivery_status(message, recipients, done)
        parts = ([mimeparts.message_part(_STATUS_TYPES[0], status)] if status else []) + parts
    if not any(_is(part, "message/rfc822", "message/global", _HEADERS) for part in parts):
        original = report.original_header(message)
        parts = parts + ([mimeparts.message_part(_HEADERS, original)] if original else [])
    return parts


def _is(part: bytes, *media_types: str) -> bool:
    label = part.partition(b"\n")[0].partition(b";")[0]
    return label.decode("latin-1") in {f"Content-Type: {one}" for one in media_types}
