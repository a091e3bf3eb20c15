"""Where the message was put, only where the header proves it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from analyzer.trace.header import Field

Placement = Literal["inbox", "junk", "quarantine"]

_DELIVERY = "x-microsoft-antispam-mailbox-delivery"
_WORDS: dict[str, dict[str, Placement]] = {
    "x-pm-spam-action": {"inbox": "inbox", "spam": "junk", "phishing": "junk"},
    "x-twc-junkmail-folder": {"true": "junk"},
}


def placement(fields: Sequence[Field]) -> Placement | None:
    """The folder kind that the newest deciding field states; None where none does."""
    for field in fields:
        if field.key == _DELIVERY:
            for item in field.value.split(";"):
                key, _, value = item.strip().partition(":")
                if key.lower() == "dest" and value.upper() in ("I", "J"):
                    return "inbox" if value.upper() == "I" else "junk"
        elif field.key in _WORDS:
            word = field.value.strip().lower().split(";")[0].split(" ")[0]
            if word in _WORDS[field.key]:
                return _WORDS[field.key][word]
    return None
