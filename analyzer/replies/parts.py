"""Replies into parts: one part for each code that the text carries, the inner and later ones decisive."""

from __future__ import annotations

import re
from itertools import pairwise

from analyzer.replies.codes import AT_START, ELSEWHERE, ENHANCED, REPLY_CODES, agrees

LIMIT = 8192
"""Characters of one reply that are read; RFC 5321 4.5.3.1.5 allows 512 a line."""

_BREAKS = re.compile(r"\\r\\n|\\n|\r\n|\r|\n")
_INNER = re.compile(
    rf"(?P<code>[245](?<![0-9A-Za-z.\-#?/&_][245])[0-9][0-9])"
    rf"(?:(?P<firm>[- ]{{1,2}}(?:[A-Za-z]\w{{1,11}} )?[#(\[\"']{{0,3}}{ENHANCED})"
    r"|(?P<sep>-|:? +)(?=\S)|(?=['\"\])}>]|$))"
)
_INTRO = re.compile(
    r"(?:[:;'\"<(\[{=>|/]|->|\.\.\."
    r"|\b(?:said|returned|reply|response|response was|code|error|smtp|is|was))\s{0,2}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:[a-z]+ )?(?:e-?mails|messages|recipients|rcpts|connections|sessions|seconds|secs|minutes|mins"
    r"|hours|days|bytes|octets|[kmg]i?b|per|characters|chars)\b",
    re.IGNORECASE,
)
"""What follows a number that is a count and no reply code."""
_UNSEEN = {
    **dict.fromkeys((*range(32), *range(127, 160)), " "),
    **dict.fromkeys((0xAD, *range(0x200B, 0x2010), 0x2060, 0xFEFF), ""),
}
"""Control characters, and characters without width."""
_SENDER_CHECKED = re.compile(
    r"\bsender\b|\bverification failed for\b|\bmail from\b|\breturn path\b", re.IGNORECASE
)
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\])}]{3,500}", re.IGNORECASE)


class Part:
    """What stands under one code: `reply_code`, `enhanced_code` (None where absent), `text` without them.

    A code in brackets (`(#5.1.1)`) is an enhanced code that stays in the text: `inline` is then true.
    """

    __slots__ = ("enhanced_code", "inline", "reply_code", "text")

    def __init__(
        self, reply_code: int | None, enhanced_code: str | None, text: str, *, inline: bool = False
    ) -> None:
        self.reply_code = reply_code
        self.enhanced_code = enhanced_code
        self.text = text
        self.inline = inline

    def __repr__(self) -> str:
        return f"Part({self.reply_code}, {self.enhanced_code}, {self.text!r})"

    @property
    def one_line(self) -> str:
        """Codes and text on one line, the codes once and in front."""
        enhanced = None if self.inline else self.enhanced_code
        if self.reply_code is None:
            return f"{enhanced} {self.text}" if enhanced else self.text
        return f"{self.reply_code} {enhanced} {self.text}" if enhanced else f"{self.reply_code} {self.text}"

    @property
    def failed(self) -> bool:
        """Whether its codes speak of a failure; a part without codes does not."""
        if self.reply_code is not None:
            return self.reply_code >= 400
        return self.enhanced_code is not None and self.enhanced_code[0] in "45"


class Reply:
    """A reply taken apart.

    `one_line` is the whole reply as one line, every code kept. `parts` stand in the order of the text, at
    least one, empty for an empty reply. `decisive` is the last part that speaks of a failure and says
    something, for an inner reply stands behind the outer one that quotes it.
    """

    __slots__ = ("decisive", "one_line", "parts")

    def __init__(self, one_line: str, parts: list[Part]) -> None:
        self.one_line = one_line
        self.parts = parts
        self.decisive = parts[-1] if len(parts) == 1 else _decisive(parts)

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
        if "://" not in self.one_line and "www." not in self.one_line.lower():
            return None
        for text in (self.decisive.text, self.one_line):
            if found := _URL.search(text):
                return found[0].rstrip(".,;:!?")
        return None


def _decisive(parts: list[Part]) -> Part:
    failures = [part for part in parts if part.failed]
    speaking = [part for part in failures if any(map(str.isalnum, part.text))]
    return (speaking or failures or parts)[-1]


def _part(text: str) -> Part:
    """One part from a text that starts with its code, if it has one."""
    match = AT_START.match(text)
    assert match is not None  # noqa: S101 - all of it is optional
    stated, enhanced, mark = match.group("code", "enhanced", "mark")
    code = int(stated) if stated else None
    if stated or enhanced:
        text = (mark or "") + text[match.end() :].lstrip() if enhanced else text[match.end("sep") :]
    inline = False
    if (enhanced is None or not agrees(code, enhanced)) and ("#" in text or "(" in text or "[" in text):
        marked = ELSEWHERE.search(text)
        if marked is not None and agrees(code, marked["enhanced"]):
            enhanced, inline = marked["enhanced"], True
    if enhanced is not None and enhanced[0] == "2" and code is not None and code >= 400:
        enhanced = None
    return Part(code, enhanced, text.lstrip(" -:;,").rstrip(), inline=inline)


def _starts(line: str) -> list[tuple[int, bool]]:
    """Where a code inside a line starts a line of its own or a reply, and whether words introduce it."""
    if _INNER.search(line, 1) is None:
        return []
    starts = []
    first = line[:3]
    seen = {first}
    continued = line[3:4] == "-"
    for match in _INNER.finditer(line, 1):
        code = match["code"]
        starting = match["firm"] is not None and code[0] in "45"
        if not starting and int(code) not in REPLY_CODES:
            continue
        introduced = _INTRO.search(line, max(0, match.start() - 16), match.start()) is not None
        if not starting:
            last = continued and code == first and match["sep"] != "-"
            if last or (code in seen and (match["sep"] == "-" or match.end() == len(line))):
                starting = True
            elif _COUNTED.match(line, match.end()) is None:
                starting = introduced or (code in seen and match["sep"] is not None)
        if starting:
            starts.append((match.start(), introduced))
            seen.add(code)
    return starts


def parse(text: str) -> Reply:
    """Take one reply apart. Any text gives a Reply; only its first LIMIT characters are read.

    Lines that repeat the codes of the line before are its continuation (RFC 5321 4.2.1), also where the
    line breaks were lost; a part with other codes is a part of its own. What a reply quotes while it
    speaks of the sender (a failed sender verification) stays inside that reply.
    """
    text = text[:LIMIT]
    if "\n" not in text and "\r" not in text and "\\" not in text:
        line = _spaced(text)
        if _INNER.search(line, 1) is None:  # as most replies are
            return Reply(line, [_part(line)])
        lines = [line]
    else:
        lines = [_spaced(raw) for raw in _BREAKS.split(text)]
    parts: list[Part] = []
    joined: list[str] = []
    for line in lines:
        if not line:
            continue
        joined.append(line)
        starts = _starts(line)
        if not starts:
            _add(parts, _part(line), introduced=False)
            continue
        starts = [(0, False), *starts, (len(line), False)]
        for (start, introduced), (end, _) in pairwise(starts):
            _add(parts, _part(line[start:end]), introduced=introduced)
    return Reply(" ".join(joined), parts or [Part(None, None, "")])


def _spaced(line: str) -> str:
    """A line without what is not seen, one space between words."""
    return " ".join((line if line.isprintable() else line.translate(_UNSEEN)).split())


def _add(parts: list[Part], part: Part, *, introduced: bool) -> None:
    """Append a part, or join it with the one before that it continues or that speaks of the sender."""
    last = parts[-1] if parts else None
    if last is None:
        parts.append(part)
        return
    joins = _continues(last, part)
    adds_code = part.enhanced_code is not None and last.enhanced_code is None
    if introduced and (adds_code or not joins) and _SENDER_CHECKED.search(last.text):
        last.text = f"{last.text} {part.one_line}"
    elif joins:
        last.text = f"{last.text} {part.text}".strip()
        if adds_code:
            last.enhanced_code, last.inline = part.enhanced_code, part.inline
    else:
        parts.append(part)


def _continues(last: Part, part: Part) -> bool:
    """Whether `part` goes on where `last` stopped."""
    if part.reply_code is None:
        return part.enhanced_code in (None, last.enhanced_code) or part.inline
    return part.reply_code == last.reply_code and (
        part.enhanced_code is None or last.enhanced_code in (None, part.enhanced_code)
    )
