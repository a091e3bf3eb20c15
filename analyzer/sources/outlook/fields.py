"""The header of a message: as the transport delivered it, else from the properties."""

from __future__ import annotations

import re
from email.utils import format_datetime

from analyzer.sources.outlook.mimeparts import encoded, field, one_line
from analyzer.sources.outlook.properties import Properties

_MIME = re.compile(
    r"^(?:mime-version|content-type|content-transfer-encoding|content-disposition)[ \t]*:.*\n(?:[ \t].*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
_CONTENT_TYPE = re.compile(r"^content-type[ \t]*:(.*\n(?:[ \t].*\n)*)", re.IGNORECASE | re.MULTILINE)
_REPORT = re.compile(r"\s*multipart/report\b", re.IGNORECASE)
_REPORT_TYPE = re.compile(r"""\breport-type\s*=\s*"?([\w-]{1,60})""", re.IGNORECASE)
_BANNER = re.compile(r"\A\s*(?:Microsoft Mail Internet Headers Version [\d.]+[ \t]*\r?\n)?\s*")
"""What Exchange 2003 puts above the header."""
_MAX_HEADER = 1_000_000
_TO, _CC = 1, 2


def header(message: Properties, recipients: list[Properties], *, is_report: bool) -> tuple[bytes, str | None]:
    """The header without its MIME fields, and the report-type that a Content-Type of a report stated.

    `recipients` are the message's own unless it is a report, whose recipients are those it tells of.
    """
    delivered = _delivered(message)
    if not delivered:
        return encoded(_made(message, [] if is_report else recipients)), None
    label = _CONTENT_TYPE.search(delivered)
    kind = _REPORT_TYPE.search(label[1]) if label and _REPORT.match(label[1]) else None
    return encoded(_MIME.sub("", delivered)), kind[1].lower() if kind else None


def _delivered(message: Properties) -> str:
    """What PidTagTransportMessageHeaders says, up to the blank line; Exchange 2003 kept the parts' too."""
    text = (message.text(0x007D) or "")[:_MAX_HEADER]
    block = _BANNER.sub("", text, count=1).replace("\r\n", "\n").replace("\r", "\n").partition("\n\n")[0]
    return f"{block}\n" if ":" in block else ""


def _made(message: Properties, recipients: list[Properties]) -> str:
    date = message.time(0x0039, 0x0E06)
    to, cc = (
        ", ".join(
            filter(
                None,
                (
                    mailbox(one, (0x39FE, 0x3003), (0x3001,))
                    for one in recipients
                    if one.number(0x0C15) == kind
                ),
            )
        )
        for kind in (_TO, _CC)
    )
    return "".join(
        (
            field("From", mailbox(message, (0x5D02, 0x5D01, 0x0065, 0x0C1F), (0x0042, 0x0C1A))),
            field("To", to),
            field("Cc", cc),
            field("Subject", message.text(0x0037)),
            field("Date", format_datetime(date) if date else None),
            field("Message-ID", message.text(0x1035)),
            field("In-Reply-To", message.text(0x1042)),
            field("References", message.text(0x1039)),
        )
    )


def mailbox(properties: Properties, addresses: tuple[int, ...], names: tuple[int, ...]) -> str:
    """The name and address (RFC 5322 3.4) that the properties `names` and `addresses` give."""
    address = smtp_address(properties, *addresses)
    name = re.sub(r'[\\"<>]', "", one_line(properties.text(*names) or "")[:256])
    if not address:
        return name
    return f'"{name}" <{address}>' if name and name.strip("'") != address else address


def smtp_address(properties: Properties, *tags: int) -> str | None:
    """The first of `tags` that holds an internet address; Exchange's own are names of a directory."""
    for tag in tags:
        value = one_line(properties.text(tag) or "").strip("'<> ")
        if "@" in value and not value.startswith("/") and not re.search(r"[\s<>,;]", value):
            return value
    return None
