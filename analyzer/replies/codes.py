"""Reply codes (RFC 5321 4.2) and enhanced status codes (RFC 3463 2) as they stand in reply texts."""

from __future__ import annotations

import re

ENHANCED = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?:-[0-9]{1,3})?(?![0-9]|\.[0-9])"
"""Neither an IP address nor a version: no fourth number may follow."""

AT_START = re.compile(
    rf"[\s\"'#<(\[]*(?:(?P<code>[245][0-5][0-9])(?![0-9A-Za-z]|\.[0-9])(?P<sep>[-\s:=,;\"'_#(\[.]*))?"
    rf"(?:(?P<mark>[A-Za-z]\w{{1,11}}\s)?[#(\[]{{0,3}}(?P<enhanced>{ENHANCED})[)\]]?)?"
)
"""The codes at the very start of a reply: `550 5.1.1`, `550-5.1.1`, `#5.1.1`, `550 (#5.1.1)`, `5.7.1`,
also with one word between them (`550 cuda_nsu 5.1.1`)."""

ELSEWHERE = re.compile(rf"[(\[#][(\[#]?\s?(?:id=)?(?P<enhanced>{ENHANCED})[)\]]")
"""A code in brackets at any place, as qmail writes it: `(#5.1.1)`."""


def agrees(code: int | None, enhanced: str) -> bool:
    """Whether the class digit of an enhanced code fits the reply code (RFC 3463 2: 2, 4, 5)."""
    return code is None or (code // 100) == int(enhanced[0])
