"""Replies into parts: one part for each code that the text carries, the inner and later ones decisive."""

from __future__ import annotations

import re
from functools import cached_property

from analyzer.replies.codes import AT_START, ELSEWHERE, ENHANCED, agrees

LIMIT = 8192
"""Characters of one reply that are read; RFC 5321 4.5.3.1.5 allows 512 a line."""

_BREAKS = re.compile(r"\\r\\n|\\n|\r\n|\r|\n")
_SPACES = re.compile(r"\s+")
_INNER = re.compile(
    rf"(?<![0-9A-Za-z.\-])(?P<code>[245][0-5][0-9])"
    rf"(?:(?P<firm>[- ](?:[A-Za-z]\w{{1,11}} )?[#(\[]{{0,3}}{ENHANCED})|(?P<sep>[- ])(?=\S))"
)
_INTRO = re.compile(r"(?:[:;'\"<(\[=>]|->|\bsaid|\breturned|\breply|\bresponse(?: was)?|\bcode|\berror)\s?$", re.IGNORECASE)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\]]{3,500}", re.IGNORECASE)


class Part:
    """What stands under one code: `reply_code` and `enhanced_code` (None where absent), `text` without them."""

    __slots__ = ("enhanced_code", "reply_code", "text")

    def __init__(self, reply_code: int | None, enhanced_code: str | None, text: str) -> None:
        self.reply_code = reply_code
        self.enhanced_code = enhanced_code
        self.text = text

    def __repr__(self) -> str:
        return f"Part({self.reply_code}, {self.enhanced_code}, {self.text!r})"

    @property
    def one_line(self) -> str:
        """Codes and text on one line."""
        return " ".join(str(piece) for piece in (self.reply_code, self.enhanced_code, self.text) if piece)


class Reply:
    """A reply taken apart; `parts` are in the order of the text, at least one, empty for an empty reply."""

    def __init__(self, one_line: str, parts: list[Part]) -> None:
        self.one_line = one_line
        self.parts = parts

    @cached_property
    def decisive(self) -> Part:
        """The last part that says something: inner replies stand behind the outer ones that quote them."""
        for part in reversed(self.parts):
            if part.text and (part.reply_code or part.enhanced_code):
                return part
        for part in reversed(self.parts):
            if part.reply_code or part.enhanced_code:
                return part
        return self.parts[-1]

    @property
    def reply_code(self) -> int | None:
        """Reply code of the decisive part."""
        return self.decisive.reply_code

    @property
    def enhanced_code(self) -> str | None:
        """Enhanced status code of the decisive part."""
        return self.decisive.enhanced_code

    @property
    def help_url(self) -> str | None:
        """The first link that the reply names, the decisive part first."""
        for text in (self.decisive.text, self.one_line):
            if found := _URL.search(text):
                return found[0].rstrip(".,;:!?)")
        return None


def _part(text: str) -> Part:
    """One part from a text that starts with its code, if it has one."""
    match = AT_START.match(text)
    code = enhanced = None
    rest = text
    if match and (match["code"] or match["enhanced"]):
        code = int(match["code"]) if match["code"] else None
        enhanced = match["enhanced"]
        mark = (match["mark"] or "") if enhanced else ""
        rest = mark + text[match.end() :] if enhanced else text[match.end("sep") :]
    if enhanced is None and (bracketed := ELSEWHERE.search(rest)) and agrees(code, bracketed["enhanced"]):
        enhanced = bracketed["enhanced"]
    elif enhanced and not agrees(code, enhanced) and code and enhanced[0] == "2":
        enhanced = None
    return Part(code, enhanced, rest.strip(" -:;,"))


def _starts(line: str) -> list[int]:
    """Where a code inside a line starts a line of its own or a quoted reply."""
    starts = []
    codes = {line[:3]}
    for match in _INNER.finditer(line, 1):
        before = line[max(0, match.start() - 16) : match.start()]
        firm = match["firm"] is not None
        repeated = match["code"] in codes and match["sep"] == "-"
        if firm or repeated or _INTRO.search(before):
            starts.append(match.start())
            codes.add(match["code"])
    return starts


def parse(text: str) -> Reply:
    """Take one reply apart. Any text gives a Reply; only its first LIMIT characters are read.

    Lines that repeat the codes of the line before are its continuation (RFC 5321 4.2.1), also where the
    line breaks were lost; a part with other codes is a part of its own.
    """
    text = text[:LIMIT]
    lines = [_SPACES.sub(" ", line).strip() for line in _BREAKS.split(text)]
    parts: list[Part] = []
    for line in lines:
        if not line:
            continue
        starts = [0, *_starts(line), len(line)]
        for start, end in zip(starts, starts[1:], strict=False):
            part = _part(line[start:end])
            last = parts[-1] if parts else None
            if last is not None and _continues(last, part):
                last.text = f"{last.text} {part.text}".strip()
                last.enhanced_code = last.enhanced_code or part.enhanced_code
            else:
                parts.append(part)
    if not parts:
        parts = [Part(None, None, "")]
    return Reply(" ".join(part.one_line for part in parts), parts)


def _continues(last: Part, part: Part) -> bool:
    """Whether `part` goes on where `last` stopped."""
    if part.reply_code is None and part.enhanced_code is None:
        return True
    if part.reply_code is None:
        return part.enhanced_code == last.enhanced_code
    return part.reply_code == last.reply_code and (
        part.enhanced_code is None or last.enhanced_code in (None, part.enhanced_code)
    )
