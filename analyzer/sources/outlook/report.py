"""The delivery status that a report's recipient table holds, as message/delivery-status (RFC 3464).

Exchange and Outlook take that part apart when a report arrives and keep what it said of each recipient as
properties ([MS-OXCMAIL] 2.2.3.7); this is the way back. Nothing is written that no property states:
PidTagNonDeliveryReportDiagCode and -ReasonCode are left out, for they are made from the status, and their
zero means both `unrecognised name` and `nothing set`.
"""

from __future__ import annotations

import re
from email.utils import format_datetime

from analyzer.sources.outlook.fields import smtp_address
from analyzer.sources.outlook.mimeparts import encoded, field, one_line
from analyzer.sources.outlook.properties import Properties

_ACTIONS = (
    (".ndr", "failed"),
    (".expanded.dr", "expanded"),
    (".relayed.dr", "relayed"),
    (".delayed.dr", "delayed"),
    (".delayed", "delayed"),
    (".dr", "delivered"),
)
"""By the end of the message class ([MS-OXCMAIL] 2.2.3.7.1.1)."""
_SUPPLEMENTARY = re.compile(r"#?<([^\s<>#]{0,255}) ?#([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_UNKNOWN = "unknown;"
_REPLY = re.compile(r"\b[245]\d\d[ -]")
_TYPE = re.compile(r"(?:smtp|lmtp|esmtp|dns|x400|mts|x-[A-Za-z0-9.-]{1,40})\s*;", re.IGNORECASE)
_REPORT_TEXT, _SUPPLEMENTARY_INFO, _STATUS, _REMOTE_MTA = 0x1001, 0x0C1B, 0x0C20, 0x0C21
_TOLD = (_SUPPLEMENTARY_INFO, _REPORT_TEXT, _STATUS, _REMOTE_MTA, 0x0C04, 0x0C05, 0x0010, 0x0032)
"""What only a recipient has of whom a report tells: one of these, reason, diagnostic, times of delivery and
of the report."""
_REPLY_CODES = {421, 450, 451, 452, 550, 551, 552, 553, 554}
"""Numbers that some write where the status belongs."""


def action(message_class: str) -> str | None:
    """What a report of this class says was done; None for what is no delivery report."""
    name = message_class.lower()
    if not name.startswith("report."):
        return None
    return next((word for end, word in _ACTIONS if name.endswith(end)), None)


def delivery_status(message: Properties, recipients: list[Properties], done: str) -> bytes | None:
    """The fields of the message and of each recipient that the report tells of; None where of none.

    Of a damaged file, a recipient whose address can't be read is left to the problem that says so.
    """
    groups = [
        _group(one, done)
        for one in recipients
        if one.has(*_TOLD) and not (_final(one) == _UNKNOWN and message.file.short)
    ]
    if not groups:
        return None
    mta = message.text(0x6820)
    about = field("Reporting-MTA", _typed("dns", mta)) + field("X-Original-Message-ID", message.text(0x1046))
    return encoded("\n".join([about, *groups]))


def original_header(message: Properties) -> bytes:
    """What a report without the original says of it: message-id, subject, time."""
    sent = message.time(0x004E)
    return encoded(
        field("Message-ID", message.text(0x1046))
        + field("Subject", message.text(0x0049))
        + field("Date", format_datetime(sent) if sent else None)
    )


def _group(recipient: Properties, done: str) -> str:
    supplementary = one_line(recipient.text(_SUPPLEMENTARY_INFO) or "")
    status, diagnostic = _reason(supplementary, one_line(recipient.text(_REPORT_TEXT) or ""))
    status = status or _status(recipient.number(_STATUS))
    # The class is that of the worst recipient (2.2.3.7.1.1); where a status is of success, it decides.
    succeeded = status is not None and status.startswith("2") and done in ("failed", "delayed")
    return "".join(
        (
            f"Final-Recipient: {_final(recipient)}\n",
            "" if succeeded else field("Action", done),
            field("Status", status),
            field("Remote-MTA", _typed("dns", recipient.text(_REMOTE_MTA))),
            field("Diagnostic-Code", _typed("x-unknown", diagnostic)),
            field("X-Supplementary-Info", supplementary),
            field("X-Display-Name", recipient.text(0x3001)),
        )
    )


def _final(recipient: Properties) -> str:
    """The address with its type. A recipient known by name only stays a recipient, without an address."""
    address = smtp_address(recipient, 0x39FE, 0x3003, 0x3001)
    if address:
        return f"rfc822; {address}"
    directory = one_line(recipient.text(0x3003) or "")
    return f"x500; {directory}" if directory.startswith("/") else _UNKNOWN


def _reason(supplementary: str, words: str) -> tuple[str | None, str]:
    """Status and diagnostic of `<mta #5.1.1 smtp;550 ...>` ([MS-OXCMAIL] 2.2.3.7.1.2), else of the words."""
    match = _SUPPLEMENTARY.match(supplementary)
    if match:
        return match[2], _unwrapped(supplementary[match.end() :]) or words
    if _REPLY.search(supplementary):
        return None, supplementary
    match = _SUPPLEMENTARY.search(words)
    if match:
        return match[2], _unwrapped(words[match.end() :]) or words[: match.start()].strip()
    return None, words or supplementary


def _unwrapped(said: str) -> str:
    return said.strip().removesuffix("#SMTP#").rstrip(" #").removesuffix(">").strip()


def _status(number: int | None) -> str | None:
    """The status of 100 * class + 10 * subject + detail, where it can have been only one.

    520 is 5.2.0 and 5.1.10, 554 may be a reply code, and 703 is not of a class at all.
    """
    if number is None or not 200 <= number < 600 or number in _REPLY_CODES:
        return None
    kind, subject, detail = number // 100, number // 10 % 10, number % 10
    return f"{kind}.{subject}.{detail}" if kind != 3 and 0 < subject < 8 and detail else None


def _typed(kind: str, value: str | None) -> str | None:
    return value if not value or _TYPE.match(value) else f"{kind}; {value}"
