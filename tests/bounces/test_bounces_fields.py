"""The fields of a delivery-status as gateways leave them: spelling, spacing, order; and whose each is."""

import pytest

from analyzer.bounces import delivery_status

EVA = "Final-Recipient: rfc822; eva@example.net\nAction: failed\nStatus: 5.1.1\n"
REPLY = "Diagnostic-Code: smtp; 550 5.1.1 nobody\n"


def found(text):
    report = delivery_status.parse(text)
    return [(one.recipient, one.status, one.diagnostic) for one in delivery_status.refusals(report)]


@pytest.mark.parametrize(
    "text",
    [
        EVA + REPLY,
        (EVA + REPLY).replace("-", "_").replace("x_", "x-"),
        (EVA + REPLY).replace("l-R", "lR").replace("c-C", "cC"),
        (EVA + REPLY).replace("Final-Recipient", "Recipient"),
        "Reporting-MTA: dns; mx.example.org\n\n\t" + (EVA + REPLY).replace("\n", "\n\t"),
        "\n".join("> " + line for line in (EVA + REPLY).split("\n")),
        (EVA + REPLY).replace("\n", " "),
        EVA + REPLY.replace("smtp; ", "smtp;\n\n  "),
        EVA + "\n" + REPLY,
        "Diagnostic-Code: smtp; 550 5.1.1 nobody\n\n" + EVA,
        (EVA + REPLY).replace("\n", "\n\n"),
        (EVA + REPLY).replace("\n", "\n \n"),
    ],
)
def test_one_recipient_in_any_spelling(text):
    assert found(text) == [("eva@example.net", "5.1.1", "550 5.1.1 nobody")]


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        # the original recipient behind a blank line is the one above, if the address is his
        (
            (
                "Final-Recipient: rfc822; eva@example.net\nAction: failed\n\n"
                "Original-Recipient: rfc822; eva@example.net\nStatus: 5.1.1\n\n"
                "Final-Recipient: rfc822; ida@example.com\nAction: failed\nStatus: 5.2.2\n"
            ),
            [("eva@example.net", "5.1.1", None), ("ida@example.com", "5.2.2", None)],
        ),
        # … and without blank lines the one below, beside whose name it stands
        (
            (
                "Final-Recipient: rfc822; eva@example.net\nAction: failed\nStatus: 5.1.1\n"
                "Original-Recipient: rfc822; ida@example.com\nFinal-Recipient: rfc822; ida@example.com\n"
                "Action: failed\nStatus: 5.2.2\n"
            ),
            [("eva@example.net", "5.1.1", None), ("ida@example.com", "5.2.2", None)],
        ),
        # Action first, Status lost, everything spaced out
        (
            (
                "Action: failed\n\nFinal-Recipient: rfc822; eva@example.net\n\n"
                "Action: failed\n\nFinal-Recipient: rfc822; ida@example.com\n\nStatus: 5.2.2\n\n"
                "Diagnostic-Code: smtp; 552 5.2.2 full\n"
            ),
            [("eva@example.net", None, None), ("ida@example.com", "5.2.2", "552 5.2.2 full")],
        ),
        # the name is lost: the fields are nobody's
        (
            EVA + "\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 full\n\n"
            "Final-Recipient: rfc822; ida@example.com\nAction: failed\nStatus: 5.7.1\n",
            [
                ("eva@example.net", "5.1.1", None),
                (None, "5.2.2", "552 full"),
                ("ida@example.com", "5.7.1", None),
            ],
        ),
        (
            EVA + EVA.replace("eva", "eve"),
            [("eva@example.net", "5.1.1", None), ("eve@example.net", "5.1.1", None)],
        ),
    ],
)
def test_every_field_is_of_its_recipient(text, whose):
    assert found(text) == whose


def test_a_read_receipt_under_the_wrong_label_reports_nothing():
    assert found("Final-Recipient: rfc822; eva@example.net\nDisposition: manual-action; displayed\n") == []


def test_many_damaged_fields_take_linear_time():
    text = "".join(f"Action: failed\n\nStatus: 5.1.{number % 9}\n" for number in range(30_000))
    assert len(delivery_status.parse(text).recipients) > 20_000
