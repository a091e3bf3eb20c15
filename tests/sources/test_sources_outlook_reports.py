"""The delivery status that Outlook took apart is put together again, and nothing is added to it."""

from __future__ import annotations

import pytest
from sources_msgfile import EMBEDDED, compound, message
from sources_msgs import EVA, HEADER, MAX, PLAIN, report, told

from analyzer.bounces import read
from analyzer.sources.outlook.message import convert


def test_a_report_on_two_recipients_with_their_own_causes() -> None:
    raw = report(
        EVA
        | {
            0x0C1B: "<mx.example.net #5.1.1 smtp;550 5.1.1 User unknown>",
            0x0C21: "mx.example.net",
            0x0C20: 511,
        },
        MAX | {0x0C1B: "#< #5.2.2 smtp;552 5.2.2 Mailbox full> #SMTP#", 0x0C05: 0, 0x1001: "It is full."},
        {0x3001: "Sender", 0x39FE: "sender@example.com"},
    )
    assert told(raw) == [
        ("eva@example.net", "failed", "5.1.1", "550 5.1.1 User unknown"),
        ("max@example.net", "failed", "5.2.2", "552 5.2.2 Mailbox full"),
    ]
    mail, _ = convert(raw)
    first, second = read(mail).attempts
    assert (first.format, first.reporting_mta, first.remote_mta) == (
        "dsn",
        "ex1.example.com",
        "mx.example.net",
    )
    assert second.remote_mta is None


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("NDR", "5.1.1", "failed"),
        ("ndr", "4.4.7", "failed"),
        ("NDR", "2.0.0", "delivered"),
        ("Delayed.DR", "4.4.1", "delayed"),
        ("DELAYED", "4.4.1", "delayed"),
        ("Relayed.DR", "2.0.0", "relayed"),
        ("Expanded.DR", "2.0.0", "expanded"),
        ("DR", "2.0.0", "delivered"),
    ],
)
def test_the_class_says_what_was_done(kind: str, status: str, expected: str) -> None:
    assert told(report(EVA | {0x0C1B: f"<mx.example.net #{status}>"}, kind=kind)) == [
        ("eva@example.net", expected, status, None)
    ]


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (511, "5.1.1"),
        (447, "4.4.7"),
        (520, None),
        (550, None),
        (703, None),
        (0, None),
        (-1, None),
        (571, "5.7.1"),
    ],
)
def test_a_status_as_a_number_counts_where_it_can_be_only_one(number: int, status: str | None) -> None:
    ((_, action, found, diagnostic),) = told(report(EVA | {0x0C20: number}))
    assert (action, found, diagnostic) == ("failed", status, None)


@pytest.mark.parametrize(
    ("supplementary", "words", "status", "diagnostic"),
    [
        ("", "The mailbox is full.\r\nTry later.", None, "The mailbox is full. Try later."),
        ("MSEXCH:MSExchangeMTA:Example:HQ", "", None, "MSEXCH:MSExchangeMTA:Example:HQ"),
        ("MSEXCH:MSExchangeMTA:Example:HQ", "Unknown; no such name.", None, "Unknown; no such name."),
        ("550 5.1.1 User unknown", "It failed.", "5.1.1", "550 5.1.1 User unknown"),
        ("<mx.example.net #5.2.2>", "It is full.", "5.2.2", "It is full."),
        ("", "It is full.   <mx.example.net #5.2.2>", "5.2.2", "It is full."),
        ("", "It failed. <mx.example.net #5.2.2 smtp;552 5.2.2 Full>", "5.2.2", "552 5.2.2 Full"),
        (
            "< #5.1.1 smtp;550 5.1.1 <eva@example.net> unknown>",
            "",
            "5.1.1",
            "550 5.1.1 <eva@example.net> unknown",
        ),
        ("<mx.example.net #5.1.1 smtp;550 5.1.1 cut", "", "5.1.1", "550 5.1.1 cut"),
    ],
)
def test_the_reason(supplementary: str, words: str, status: str | None, diagnostic: str) -> None:
    assert told(report(EVA | {0x0C1B: supplementary, 0x1001: words})) == [
        ("eva@example.net", "failed", status, diagnostic)
    ]


def test_a_diagnostic_code_of_mapi_is_no_cause() -> None:
    """40 is MAPI_DIAG_MAIL_RECIPIENT_UNKNOWN, which some set for any failure; 0 is unrecognised, or unset."""
    for code in (0, 40):
        assert told(report(EVA | {0x0C05: code, 0x0C04: 0})) == [("eva@example.net", "failed", None, None)]


def test_a_recipient_without_an_address_stays_apart() -> None:
    raw = report(EVA | {0x0C1B: "< #5.2.2>"}, {0x3001: "Max", 0x3003: "/O=A B/CN=max", 0x0C1B: "< #5.1.1>"})
    assert [row[:3] for row in told(raw)] == [
        ("eva@example.net", "failed", "5.2.2"),
        (None, "failed", "5.1.1"),
    ]
    raw = report(EVA | {0x0C05: 0}, {0x3001: "Max", 0x0C1B: "< #5.1.1>"})
    assert [row[:3] for row in told(raw)] == [("eva@example.net", "failed", None), (None, "failed", "5.1.1")]


def test_a_report_keeps_the_delivery_status_that_is_attached() -> None:
    status = (
        b"Reporting-MTA: dns; mx.example.net\r\n\r\n"
        b"Final-Recipient: rfc822; eva@example.net\r\nAction: failed\r\nStatus: 5.2.2\r\n"
    )
    attached = [{0x3701: status, 0x370E: "message/delivery-status", 0x3707: "details.txt"}]
    assert [row[:3] for row in told(report(EVA | {0x0C1B: "<#5.1.1>"}, attachments=attached))] == [
        ("eva@example.net", "failed", "5.2.2")
    ]
    # Outlook leaves it so where it does not know the report as one.
    header = HEADER.replace("multipart/mixed", "multipart/report; report-type=delivery-status")
    storage = message(PLAIN | {0x007D: header}, [], attached)
    assert [row[:3] for row in told(compound(storage))] == [("eva@example.net", "failed", "5.2.2")]


def test_a_report_returns_the_message_that_is_embedded() -> None:
    original = message(PLAIN, [EVA], header=EMBEDDED)
    raw = report(
        EVA | {0x0C1B: "<mx.example.net #5.1.1>"},
        header=True,
        attachments=[{0x3701: original, 0x3001: "Offer"}],
    )
    mail, _ = convert(raw)
    reading = read(mail, originals=True)
    (attempt,) = reading.attempts
    assert (attempt.recipient, attempt.message_id) == ("eva@example.net", "17.4@example.org")
    (found,) = reading.originals
    assert (found.subject, found.to) == ("Offer", "eva@example.net")


def test_a_report_without_the_original_says_what_it_knows_of_it() -> None:
    raw = report(EVA | {0x0C1B: "<#5.1.1>"}, **{"1046": "<17.4@example.org>", "0049": "Offer"})
    mail, _ = convert(raw)
    reading = read(mail, originals=True)
    assert [one.message_id for one in reading.attempts] == ["17.4@example.org"]
    assert [(one.message_id, one.subject) for one in reading.originals] == [("17.4@example.org", "Offer")]


def test_a_read_receipt_and_ordinary_mail_report_nothing() -> None:
    receipt = message(
        {0x001A: "REPORT.IPM.Note.IPNRN", 0x0037: "Read: Offer", 0x1000: "Your message was read."}, [EVA]
    )
    for storage in (receipt, message(PLAIN, [EVA])):
        assert told(compound(storage)) == []
