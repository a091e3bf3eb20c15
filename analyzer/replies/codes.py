"""Reply codes (RFC 5321 4.2) and enhanced status codes (RFC 3463 2) as they stand in reply texts."""

from __future__ import annotations

import re

ENHANCED = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?:-[0-9]{1,3})?(?![0-9A-Za-z]|[.-][0-9])"
"""Neither an IP address nor a version: no fourth number may follow. A range (`4.7.500-699`) may."""

AT_START = re.compile(
    rf"[\s\"'#<(\[]*(?:(?P<code>[245][0-9][0-9])(?![0-9A-Za-z%@/]|[.,][0-9])(?P<sep>[-\s:=,;.]*))?"
    rf"(?:(?P<mark>[A-Za-z]\w{{1,11}}\s)?(?:b(?=['\"]))?[#(\[\"']{{0,3}}(?P<enhanced>{ENHANCED})[)\]]?)?"
)
"""The codes at the very start of a reply: `550 5.1.1`, `550-5.1.1`, `#5.1.1`, `550 (#5.1.1)`, `5.7.1`,
also with one word between them (`550 cuda_nsu 5.1.1`)."""

ELSEWHERE = re.compile(
    rf"[(\[<#](?:(?<=[(\[<])\s?#?|(?<=\s#))(?:id=)?(?P<enhanced>{ENHANCED})(?=[)\]>\s;:]|$)"
)
"""A marked code at any place, as qmail writes it: `(#5.1.1)`, also `[5.1.1]` and `#5.1.1`."""

REPLY_CODES = frozenset(
    (
        *(421, 422, 431, 432, 441, 442, 446, 447, 449, *range(450, 460), 471),
        *(*range(500, 505), 510, 511, 512, 513, 515, 517, *range(521, 526), 530, 531, 533, 534, 535, 538),
        *(540, 541, 542, 543, 544, 546, 547, *range(550, 560), *range(571, 575), 577),
    )
)
"""Failure codes in use; a number in the midst of a text is a reply code only if it is one of these."""


def agrees(code: int | None, enhanced: str) -> bool:
    """Whether the class digit of an enhanced code fits the reply code (RFC 3463 2: 2, 4, 5)."""
    return code is None or code // 100 == int(enhanced[0])
