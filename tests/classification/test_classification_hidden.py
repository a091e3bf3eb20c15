"""Addresses that somebody hid before he showed a reply to others are addresses all the same."""

import pytest

from analyzer.classification import load_rules
from analyzer.classification.template import shown, template
from analyzer.model import Question

HIDDEN = [
    "[email protected]",
    "[email\xa0protected]",
    "<user>@<domain>",
    "<user>@dest.example",
    "eva@<domain>",
]
PARTLY = ["****@dest.example", "eva@...", "**@**.example"]


@pytest.mark.parametrize("address", HIDDEN)
def test_a_hidden_address_is_one(address: str) -> None:
    assert (
        shown(template(f"550 {address}: see http://example.org/a").text)
        == "550 {address}: see http://example.org/a"
    )


@pytest.mark.parametrize("address", HIDDEN + PARTLY)
@pytest.mark.parametrize("recipient", [None, "eva@dest.example"])
def test_what_is_said_of_it_counts(address: str, recipient: str | None) -> None:
    replies = [
        f"550 {address} does not exist",
        f"550 5.1.1 <{address}>: user unknown",
        f"550 mailbox {address} not found",
    ]
    verdicts = load_rules().classify([Question(reply=reply, recipient=recipient) for reply in replies])
    assert [verdict.suppress for verdict in verdicts] == [True, True, True]
