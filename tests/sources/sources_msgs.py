"""Messages and reports as Outlook keeps them, shared by the tests of .msg files."""

from __future__ import annotations

from sources_msgfile import compound, message

from analyzer.bounces import read
from analyzer.sources.outlook.message import convert

HEADER = (
    "Received: from mail.example.org (mail.example.org [192.0.2.7]) by mx.example.net with ESMTPS id 4711\r\n"
    " for <eva@example.net>; Sat, 21 Nov 2026 10:00:07 +0000\r\n"
    "From: Müller <mueller@example.org>\r\n"
    "To: eva@example.net\r\n"
    "Subject: Offer\r\n"
    "Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n"
    "Message-ID: <17.4@example.org>\r\n"
    "Content-Type: multipart/mixed;\r\n"
    '\tboundary="gone"\r\n'
    "Content-Transfer-Encoding: 7bit\r\n"
    "MIME-Version: 1.0\r\n"
    "X-Mailer: writes to you\r\n\r\n"
)
PLAIN = {0x001A: "IPM.Note", 0x007D: HEADER, 0x0037: "Offer", 0x1000: "Good morning,\r\nhere it is.\r\n"}

EVA = {0x3001: "Eva Example", 0x3002: "SMTP", 0x3003: "eva@example.net", 0x0C15: 1}
MAX = {
    0x3001: "max@example.net",
    0x3002: "EX",
    0x3003: "/o=Example/cn=Recipients/cn=max",
    0x39FE: "max@example.net",
}


def report(*recipients: dict, kind: str = "NDR", header: bool = False, attachments=(), **more) -> bytes:
    properties = {
        0x001A: f"REPORT.IPM.Note.{kind}",
        0x0037: "Undeliverable: Offer",
        0x0C1A: "System Administrator",
        0x1001: "Your message did not reach some or all of the intended recipients.",
        0x6820: "ex1.example.com",
    }
    if header:
        properties[0x007D] = "From: <postmaster@example.com>\r\nSubject: Undeliverable: Offer\r\n"
    properties |= {int(tag, 16): value for tag, value in more.items()}
    return compound(message(properties, list(recipients), list(attachments)))


def told(raw: bytes) -> list[tuple]:
    mail, flaws = convert(raw)
    assert mail is not None
    assert flaws == []
    reading = read(mail)
    assert reading.problems == []
    return [(one.recipient, one.action, one.enhanced_code, one.diagnostic) for one in reading.attempts]
