"""A Received field split into its clauses and date (RFC 5321 4.4), in whatever order they come."""

from __future__ import annotations

import re

import msgspec

from analyzer.trace.dates import Stamp, read_date
from analyzer.trace.tokens import Token, tokens
from analyzer.trace.zones import MINUTES

KEYWORDS = frozenset(
    [
        "from",
        "by",
        "via",
        "with",
        "id",
        "for",
        "tls",
        "over",
        "state",
        "priority",
        "envelope-from",
        "envelope-sender",
    ]
)
_ZONE_COMMENT = re.compile(
    r"(?:GMT|UTC)?[+-]\d{1,2}:?(?:\d\d)?$|[A-Za-z]{1,6}(?:[ -]DST)?$|[A-Z][a-z. ]{2,30} Time$"
)
_MAX_SEMICOLONS = 8
_NEAR = 12
_DIGIT_TIME = re.compile(r"\d:\d\d")


class Clause(msgspec.Struct):
    """A clause: its words up to the next keyword, and the comments that stand among them."""

    keyword: str
    words: list[str]
    comments: list[str]

    @property
    def text(self) -> str:
        """The words, joined by one blank."""
        return " ".join(self.words)


class Clauses(msgspec.Struct):
    """The clauses of one field: the first of each keyword by name, the rest in `more`.

    `head` holds what stands before the first keyword. `date` is the field's date.
    """

    head: Clause
    named: dict[str, Clause]
    more: list[Clause]
    date: Stamp | None
    strayed: list[str]
    """Comments in other clauses between from and by: some servers put the client's address there."""

    @property
    def comments(self) -> list[str]:
        """All comments at depth 0, in the order of their clauses."""
        found = list(self.head.comments)
        for clause in (*self.named.values(), *self.more):
            found.extend(clause.comments)
        return found


def split(body: str) -> Clauses:
    """The clauses of a Received field's body; linear in its length."""
    found = tokens(body)
    date, first, last = _find_date(body, found)
    kept = found[:first] + found[last:] if date else found
    head = clause = Clause("", [], [])
    named: dict[str, Clause] = {}
    more: list[Clause] = []
    strayed: list[str] = []
    boundary = first if date else len(kept)
    for index, token in enumerate(kept):
        if token.kind == "semicolon" or index == boundary:
            # What follows a semicolon or the date belongs to no clause unless a keyword opens one.
            clause = Clause("", [], [])
            more.append(clause)
            if token.kind == "semicolon":
                continue
        if token.kind == "comment":
            clause.comments.append(token.text)
            if clause.keyword not in ("from", "") and "from" in named and "by" not in named:
                strayed.append(token.text)
            continue
        keyword = token.text.lower()
        if keyword in KEYWORDS and not _is_value(clause, keyword, kept, index):
            clause = Clause(keyword, [], [])
            if keyword in named:
                more.append(clause)
            else:
                named[keyword] = clause
            continue
        if token.text.strip("()"):
            clause.words.append(token.text)
    return Clauses(head, named, more, date, strayed)


def _is_value(clause: Clause, keyword: str, kept: list[Token], index: int) -> bool:
    """Whether a keyword stands where its clause still lacks a value, as in `from id by mx`."""
    if clause.keyword == "over" and keyword == "tls":
        return True
    if not clause.keyword or clause.words or clause.comments or keyword == clause.keyword:
        return False
    if index + 1 >= len(kept):
        return True
    after = kept[index + 1]
    # `from by mx`, `by with smtp`: an empty value is likelier than a host of that name.
    return after.kind == "word" and after.text.lower() in KEYWORDS and keyword not in ("by", "with", "from")


def _find_date(body: str, found: list[Token]) -> tuple[Stamp | None, int, int]:
    """The field's date and the tokens that it spans: after the last semicolon that has one, else anywhere."""
    if not _DIGIT_TIME.search(body):
        return None, 0, 0
    flat = _without_comments(body, found) if any(token.kind == "comment" for token in found) else body
    end = len(flat)
    semicolons = [index for index, token in enumerate(found) if token.kind == "semicolon"]
    for index in reversed(semicolons[-_MAX_SEMICOLONS:]):
        stamp = _read(flat[:end], found, index + 1, found[index].end)
        if stamp:
            return stamp
        end = found[index].start
    return _read(flat, found, 0, 0) or (None, 0, 0)


def _read(flat: str, found: list[Token], first: int, start: int) -> tuple[Stamp, int, int] | None:
    stamp = read_date(flat, start)
    if stamp is not None and stamp.utc_offset is None:
        near = (token.text for token in found[first : first + _NEAR] if token.kind == "comment")
        zone = next((text for text in near if _ZONE_COMMENT.match(text)), None)
        stamp = read_date(flat, start, comment_zone=zone) if zone else stamp
    if stamp is None:
        return None
    begin, end = stamp.start, stamp.end
    left = first
    while left < len(found) and found[left].end <= begin:
        left += 1
    right = left
    while right < len(found) and found[right].start < end:
        right += 1
    if right > left and found[right - 1].end > end:
        # `+0000From:`: the rest of the word is kept as a word of its own.
        last = found[right - 1]
        found[right - 1] = last._replace(text=last.text[end - last.start :].lstrip(","), start=end)
        right -= 1
    if right < len(found) and (
        (found[right].kind == "comment" and _ZONE_COMMENT.match(found[right].text))
        or (found[right].kind == "word" and found[right].text.upper() in MINUTES)
    ):
        right += 1
    return stamp, left, right


def _without_comments(body: str, found: list[Token]) -> str:
    """The body with each comment blanked, so that places stay the same."""
    pieces: list[str] = []
    position = 0
    for token in found:
        if token.kind == "comment":
            pieces.append(body[position : token.start])
            pieces.append(" " * (token.end - token.start))
            position = token.end
    pieces.append(body[position:])
    return "".join(pieces)
