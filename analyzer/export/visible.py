"""Makes text from mail safe to print on a terminal: no control character reaches it."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


def visible(text: str | None) -> str:
    """The text as one line; control characters and direction marks become a space."""
    return _UNSAFE.sub(" ", text) if text else ""


def cells(text: str) -> int:
    """How many terminal columns the text takes: wide East Asian characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def fit(text: str, width: int) -> str:
    """The text padded to `width` columns, or cut to it with an ellipsis."""
    text = visible(text)
    taken = cells(text)
    if taken <= width:
        return text + " " * (width - taken)
    kept, used = [], 0
    for char in text:
        size = cells(char)
        if used + size > width - 1:
            break
        kept.append(char)
        used += size
    return "".join(kept) + "…" + " " * (width - used - 1)
