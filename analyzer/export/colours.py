"""The few terminal colours, each with one meaning everywhere."""

from __future__ import annotations

_CODES = {
    "Invalid Address": "31",
    "Mailbox Unavailable": "35",
    "Reputation": "33",
    "Content": "36",
    "Frequency/Volume": "34",
    "Technical": "37",
    "Unclassified": "90",
    "problem": "31;1",
    "warning": "33;1",
    "note": "36",
    "good": "32",
    "bad": "31",
    "dim": "2",
    "bold": "1",
}


class Paint:
    """Colours text where colour is wanted, else leaves it."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, meaning: str | None, text: str) -> str:
        """The text in the colour of its meaning."""
        code = _CODES.get(meaning or "")
        return f"\x1b[{code}m{text}\x1b[0m" if self._on and code else text
