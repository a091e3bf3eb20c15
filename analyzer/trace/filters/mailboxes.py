"""Mailbox providers' own fields: Fastmail, Proton, Gmail."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.model import SpamVerdict
from analyzer.trace.filters.number import number

_PROTON_ACTIONS = {"inbox": "not spam", "spam": "spam", "phishing": "phishing"}


def fastmail(value: str) -> SpamVerdict | None:
    """X-Spam-score, X-ME-VSScore: Fastmail's scores."""
    score = number(value)
    return None if score is None else SpamVerdict(vendor="Fastmail", field="", score=score)


def fastmail_category(value: str) -> SpamVerdict | None:
    """X-ME-VSCategory: one word, `clean`, `spam` or `phishing` among them."""
    word = value.strip().lower()[:40]
    if not word:
        return None
    return SpamVerdict(vendor="Fastmail", field="", verdict="not spam" if word == "clean" else word)


def proton_action(value: str) -> SpamVerdict | None:
    """X-Pm-Spam-Action: where Proton Mail's filter sent it."""
    word = re.split(r"[\s;,]", value.strip().lower(), maxsplit=1)[0]
    return (
        SpamVerdict(vendor="Proton Mail", field="", verdict=_PROTON_ACTIONS.get(word, word)) if word else None
    )


def proton_score(value: str) -> SpamVerdict | None:
    """X-Pm-Spamscore: a whole number."""
    score = number(value)
    return None if score is None else SpamVerdict(vendor="Proton Mail", field="", score=score)


def gmail(value: str) -> SpamVerdict:  # noqa: ARG001 - the raw text is kept by the caller
    """X-Gm-Message-State and its kin: for Google alone."""
    return SpamVerdict(vendor="Gmail", field="", decoded={"contents": "opaque: only the vendor can read it"})


FIELDS: dict[str, Callable[[str], SpamVerdict | None]] = {
    "x-me-vsscore": fastmail,
    "x-me-vscategory": fastmail_category,
    "x-pm-spam-action": proton_action,
    "x-pm-spamscore": proton_score,
    "x-gm-message-state": gmail,
}
