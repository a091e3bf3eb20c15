"""A number that stands alone in a field."""

from __future__ import annotations


def number(text: str | None) -> float | None:
    """The number that the text is; None where it is none."""
    try:
        return float((text or "").strip())
    except ValueError:
        return None
