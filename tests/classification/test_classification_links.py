"""A link to a page that explains many errors says nothing of this one."""

from __future__ import annotations

import pytest

from analyzer.classification import load_rules
from analyzer.model import Question


@pytest.mark.parametrize(
    "reply",
    [
        "550 5.7.1 rejected, see https://example.net/errors/user-unknown.html",
        "550 see http://help.example/no-such-user",
        "554 https://example.org/mailbox-does-not-exist",
        "550 Message refused (https://example.net/?reason=invalid+recipient)",
    ],
)
def test_words_of_a_link_call_no_address_dead(reply: str) -> None:
    (verdict,) = load_rules().classify([Question(reply=reply)])
    assert verdict.classification != "Invalid Address"
    assert not verdict.suppress


def test_the_same_words_beside_the_link_count() -> None:
    reply = "550 5.1.1 user unknown, see https://example.net/errors/user-unknown.html"
    (verdict,) = load_rules().classify([Question(reply=reply)])
    assert verdict.suppress
    assert verdict.evidence == "user unknown"
