"""The lexical layer of a Received field: words, comments and semicolons (RFC 5322 3.2, read leniently)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["word", "comment", "semicolon"]

_OUTSIDE = re.compile(r'\\.|\(|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_INSIDE = re.compile(r"\\.|[()]", re.DOTALL)
_WORD = re.compile(
    r"(?:[^\s();<>\"\[\\]++"
    r"|\\."
    r'|"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    r"|\[[^\[\]()]*+\]"
    r"|<[^<>]*+>)++"
    r"|(?P<semicolon>;)|(?P<comment>\()|.",
    re.DOTALL,
)
_BLANKS = re.compile(r"\s*+")


class Token(NamedTuple):
    """A word, comment or semicolon at depth 0. A comment's text is without its outer parentheses."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text` at depth 0, in linear time; parentheses without a partner are words."""
    pairs = _pairs(text) if "(" in text else {}
    found: list[Token] = []
    position, length = _BLANKS.match(text).end(), len(text)  # type: ignore[union-attr]
    while position < length:
        match = _WORD.match(text, position)
        assert match is not None  # noqa: S101  `.` matches anything
        end = match.end()
        kind = match.lastgroup
        if kind == "comment" and position in pairs:
            end = pairs[position]
            found.append(Token("comment", text[position + 1 : end - 1].strip(), position, end))
        elif kind == "semicolon":
            found.append(Token("semicolon", ";", position, end))
        else:
            found.append(Token("word", match[0], position, end))
        position = _BLANKS.match(text, end).end()  # type: ignore[union-attr]
    return found


def _pairs(text: str) -> dict[int, int]:
    """Where each outermost comment starts and ends (exclusive)."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    position = 0
    while match := (_INSIDE if opened else _OUTSIDE).search(text, position):
        position = match.end()
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == ")":
            pairs[opened.pop()] = position
    return pairs
