"""The lexical layer of a Received field: words, comments and semicolons (RFC 5322 3.2, read leniently)."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Kind = Literal["word", "comment", "semicolon"]

# Inside a comment quotes mean nothing; outside, a parenthesis in quotes opens none.
_OUTSIDE = re.compile(r'\\.|\(|"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_INSIDE = re.compile(r"\\.|[()]", re.DOTALL)
_TOKEN = re.compile(
    r"(?:[^\s();<>\"\[\\]++"
    r"|\\."
    r'|"[^"\\]*+(?:\\.[^"\\]*+)*+"'
    r"|\[[^\[\]()]*+\]"
    r"|<[^<>]*+>)++"
    r"|\((?P<comment>[^()\\]*+)\)"
    r"|(?P<semicolon>;)"
    r"|(?P<nested>\()"
    r"|\S",
    re.DOTALL,
)


class Token(NamedTuple):
    """A word, comment or semicolon at depth 0. A comment's text is without its outer parentheses."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text` at depth 0, in linear time; parentheses without a partner are words."""
    found: list[Token] = []
    pairs: dict[int, int] | None = None
    position = 0
    while position >= 0:
        for match in _TOKEN.finditer(text, position):
            start, end = match.span()
            kind = match.lastgroup
            if kind is None:
                found.append(Token("word", match[0], start, end))
            elif kind == "comment":
                found.append(Token("comment", match[1].strip(), start, end))
            elif kind == "semicolon":
                found.append(Token("semicolon", ";", start, end))
            else:
                pairs = _pairs(text) if pairs is None else pairs
                if start in pairs:
                    position = pairs[start]
                    found.append(Token("comment", text[start + 1 : position - 1].strip(), start, position))
                    break
                while text.startswith("(", end) and end not in pairs:
                    end += 1
                position = end
                found.append(Token("word", text[start:end], start, end))
                break
        else:
            position = -1
    return found


def _pairs(text: str) -> dict[int, int]:
    """Where each comment that closes starts and ends (exclusive)."""
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
