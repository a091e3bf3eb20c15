"""The shapes in which free-form reports write addresses and reasons; shared by the dialects.

Everything here works line by line over text that `Mail` has already capped, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from analyzer.bounces.dialects import quoted

MAX_LINES = 100_000
MAX_LINE = 2_000
MAX_RECIPIENTS = 50_000
MAX_PARAGRAPH = 100
_LONG = 200
"""Characters of a line that may hold a report which has lost its line ends."""
_BEFORE = 24  # characters before an address that say whether a sentence leads to it
MAX_REASON = 40
"""Lines of one reason that are kept."""

# An addr-spec as reports print it; all repetitions are bounded, so a scan of a line is linear. East Asian
# characters around an address are words of the sentence: such a name counts in angle brackets only.
_L = r"A-Za-z0-9\u00c0-\u05ff"
_LABEL = rf"(?:[{_L}](?:[{_L}_-]{{0,62}}[{_L}])?|[^\x00-\u05ff\W]{{1,30}})"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL}){{0,12}}|\[[0-9A-Fa-f:.]{{3,45}}\])"
_QUOTED = r'"[^"\s@<>]{1,64}(?:[ ][^"\s@<>]{1,64})?"'
ADDRESS = re.compile(rf"(?:{_QUOTED}|[{_L}!#$%&'*+/=?^_`{{|}}~.-]{{1,128}}+)@{_DOMAIN}")
_WIDE = re.compile(rf"(?:{_QUOTED}|[^\s<>()\[\]\",;:\\@]{{1,128}}+)@{_DOMAIN}")
_BRACKETED = re.compile(r"<([^<>\s]{1,128}@[^<>\s]{1,255})>")
_MAILTO = re.compile(
    r"<mailto:[^<>]{0,400}>|\(mailto:[^()]{0,400}\)|\[mailto:[^\[\]]{0,400}\]", re.IGNORECASE
)
_BULLETS = " \t\u00a0*-•·>+#|=\u3000"
_EDGES = " \t\u00a0<>()[]{}\"'`.,;:“”„«»*|\u3000"
_AFTER = ("", " ", "\t", ">", "'", '"', ")", "]", ":", ";", ",", "\u3000")
_PREFIX = re.compile(r"(?:mailto|smtp|rfc822|rcpt|to|recipient|address)[:;=] ?", re.IGNORECASE)
_NAMED = re.compile(r"[ \t*•·-]{0,8}([^\s<>@:][^<>@:]{0,60}?)[ \t]{0,2}<([^<>\s]{1,128}@[^<>\s]{1,255})>")
_NAMED_BEHIND = re.compile(
    r"[ \t*•·-]{0,8}([^\s<>@:()\[\]][^<>@:()\[\]]{0,60}?)[ \t]{1,2}"
    r"[(\[]([^\s<>()\[\]:]{1,128}@[^\s<>()\[\]:]{1,255})[)\]]"
)
_DIRECTORY = re.compile(r"/(?:o|ou|c|cn|s|g|p|a)=", re.IGNORECASE)  # names of Notes and X.400
_TRAILING = ".'’=_-"
_BETWEEN = " \t,;<>"


_RUN_TOGETHER = re.compile(r"(?<=[ \t\xa0])<[^<>\s@]{1,128}@[^<>\s@]{1,255}>(?: \([^()]{1,300}\))?: ")
_LEADS_IN = re.compile(
    r"(?:(?<![\w.])[45]\d\d|[45]\.\d{1,3}\.\d{1,3}|\b(?:said|repl\w{1,5}|return\w{0,3}|respon\w{1,5}|"
    r"answer\w{0,3}|error|reason|to|recipient|address|user|mailbox|from|sender)\W{0,3}|"
    r"\b(?:for|an|à|para|by|of))\s*\Z",
    re.IGNORECASE,
)
"""What stands before an address that a sentence or a reply names."""


def lines(text: str) -> list[str]:
    """`text` as lines without trailing blanks, at most MAX_LINES of at most MAX_LINE characters."""
    found = text.split("\n", MAX_LINES)[:MAX_LINES]
    if any(len(line) > _LONG and ">: " in line for line in found):
        found = [one for line in found for one in _apart(line)]
    return [(line if len(line) <= MAX_LINE else _begin(line)).rstrip() for line in found]


def _begin(line: str) -> str:
    """The first MAX_LINE characters of `line` at most, without half a word, which may be half an address."""
    if line[MAX_LINE] in _BETWEEN:
        return line[:MAX_LINE]
    return line[: max(line.rfind(mark, 0, MAX_LINE) for mark in _BETWEEN) + 1 or MAX_LINE]


def leaves_out(text: str) -> bool:
    """Whether `lines` leaves out something of `text` that may name recipients."""
    if len(text) <= MAX_LINE:
        return False
    found = text.split("\n", MAX_LINES)
    return len(found) > MAX_LINES or any(
        len(piece) > MAX_LINE and "@" in piece[len(_begin(piece)) :]
        for line in found
        if len(line) > MAX_LINE
        for piece in _apart(line)
    )


def _apart(line: str) -> list[str]:
    """`line` broken before each `<recipient>: reason`, as where a gateway made one line of a whole report.

    Not within a reply, which may begin with the address: `550 <recipient>: Recipient address rejected`.
    """
    if len(line) <= _LONG or ">: " not in line:
        return [line]
    heads = [
        head.start()
        for head in _RUN_TOGETHER.finditer(line)
        if line.startswith("host ", head.end())
        or not _LEADS_IN.search(line[max(0, head.start() - _BEFORE) : head.start()])
    ]
    starts = [0, *heads[:MAX_RECIPIENTS]]
    return [line[start:end] for start, end in zip(starts, [*starts[1:], len(line)], strict=True)]


def addresses(text: str) -> list[str]:
    """The addresses that `text` names, in order, each once (by case-insensitive comparison)."""
    if "@" not in text:
        return []
    found: dict[str, str] = {}
    for match in ADDRESS.finditer(text):
        address = tidy(match[0])
        if address:
            found.setdefault(address.lower(), address)
    return list(found.values())


def address(text: str) -> str | None:
    """The first address in `text`, one in angle brackets before a bare one; None where there is none."""
    if "@" not in text:
        return None
    for match in _BRACKETED.finditer(text):
        inner = tidy(match[1].removeprefix("mailto:"))
        if inner and _WIDE.fullmatch(inner):
            return inner
    return next(iter(addresses(text)), None)


def tidy(text: str) -> str | None:
    """An address without what text puts around it (quotes, full stops, `mailto:`, a source route)."""
    if text[:1] != '"':
        text = text.strip(_EDGES) + ("]" if "@[" in text else "")
    prefix = _PREFIX.match(text)
    text = text[prefix.end() :] if prefix else text
    if text.startswith("@") and ":" in text:
        text = text.rpartition(":")[2]
    text = text.lstrip("'`=*|")
    local, at, domain = text.rpartition("@")
    if not at or not local or ("/" in local and _DIRECTORY.search(local)):
        return None
    return f"{local}@{domain.rstrip(_TRAILING)}"


def leading_address(line: str) -> str | None:
    """The address with which `line` begins, bullets, quotes and brackets aside; a word must end there."""
    number = _NUMBER.match(line)
    bare = _KIND.sub("", line[number.end() if number else 0 :].lstrip(_BULLETS + "'\"<(["))
    match = ADDRESS.match(bare)
    if match is None or (
        bare[match.end() : match.end() + 1] not in _AFTER and not bare.startswith(("...", "…"), match.end())
    ):
        return None
    return tidy(match[0])


def named(line: str) -> str | None:
    """The address of a line that begins with a name and `<address>`: `Eva Bee <eva@example.net>: refused`."""
    match = _NAMED.match(line) or _NAMED_BEHIND.fullmatch(line)
    inner = tidy(match[2]) if match else None
    return inner if match and inner and _is_name(match[1].strip(_EDGES), inner) else None


def only_address(line: str) -> str | None:
    """The address, where `line` is nothing else: bullets, brackets, quotes, `a <a>`, `a<mailto:a>` aside."""
    if "@" not in line or len(line) > 700:
        return None
    bare = _MAILTO.sub("", line).lstrip(_BULLETS).rstrip(" \t\u00a0\u3000*|.;,:")
    wide = "<" in bare
    if wide:
        before, _, rest = bare.partition("<")
        inner, closed, after = rest.partition(">")
        name = before.strip(_EDGES)
        if ":" in before or "=" in before:
            return None
        if not closed or after.strip(_EDGES) or " " in inner.strip():
            return None
        if name and not _is_name(name, inner):
            return None
        bare = inner
    bare = bare.strip().strip("\"'`()[]“”„«»")
    bare = tidy(bare) or ""
    return bare if (_WIDE if wide else ADDRESS).fullmatch(bare) else None


_WORD_OF_SENTENCE = re.compile(r"\b(?:address|was|is|are|were|has|to|from|by|for)\b")


def _is_name(name: str, address: str) -> bool:
    """Whether `name`, which stands before `<address>`, is the address again or a display name."""
    if name.lower() == address.strip().lower() or "@" in name:
        return "@" not in name or name.lower() == address.strip().lower()
    return (
        not _WORD_OF_SENTENCE.search(name)
        and len(name) <= 60
        and len(name.split()) <= 5
        and not name.endswith((":", ".", "?", "!"))
    )


class Block(NamedTuple):
    """One recipient's part of a report: the address, and the lines that say why, as they stand."""

    address: str
    reason: list[str]


Head = Callable[[str], "tuple[str, str] | None"]
"""Reads a line as the head of a block: the address and what of the reason stands on the same line."""

_KIND = re.compile(r"\A(?:mailto|smtp|rfc822)[:;] ?", re.IGNORECASE)
_NUMBER = re.compile(r"[ \t]{0,8}(?:\(?\d{1,4}[.)]|\[\d{1,4}\])[ \t]+")
_COLON = re.compile(
    r"""[ \t]{0,8}(?:"?<([^<>\s]{1,400})>"?|"([^"\s]{1,400}@[^"\s]{1,255})")"""
    r"""[ \t]?(\(.{1,400}?\))?[ \t]*[:;][ \t]*(.*)"""
)
_BARE_COLON = re.compile(r"[ \t]{0,8}([^\s<>()\",;:]{1,128}@[^\s<>()\",;:]{1,255}):(?:[ \t]+(.*)|$)")


def colon_head(line: str) -> tuple[str, str] | None:
    """`<address>: reason`, `<address>:` or `"address":`; a comment as Postfix puts it stays in the reason."""
    if "@" not in line:
        return None
    match = _COLON.match(line)
    if match is None:
        return None
    found = tidy(match[1] or match[2])
    if not found:
        return None
    comment = match[3] or ""
    return found, f"{comment} {match[4]}".strip()


def bare_colon_head(line: str) -> tuple[str, str] | None:
    """`address: reason` or `address:`, without brackets; also what `colon_head` reads."""
    found = colon_head(line)
    if found is not None or "@" not in line:
        return found
    match = _BARE_COLON.match(line)
    inner = tidy(match[1]) if match else None
    if not match or not inner or not ADDRESS.fullmatch(inner):
        return None
    return inner, (match[2] or "").strip()


def blocks(
    text_lines: Iterable[str],
    head: Head,
    stop: Callable[[str], bool] | None = None,
    *,
    labelled: bool = False,
) -> Iterator[Block]:
    """The blocks that begin with a `head` line and run to the next one, or to a line that `stop` knows.

    A line inside a reason may begin with an address too, often the sender's. So a head follows a blank
    line, another head, or a block whose reason stands beside its head, and then not indented deeper; but
    wherever it stands if a word says that it is one (`labelled`).
    """
    current: Block | None = None
    count = 0
    apart = True
    depth = -1
    for line in text_lines:
        if stop is not None and stop(line):
            break
        indent = len(line) - len(line.lstrip())
        free = labelled or apart or current is None or not current.reason or indent <= depth
        found = head(line) if free else None
        apart = not line.strip()
        if found is not None:
            if current is not None:
                yield current
            count += 1
            if count > MAX_RECIPIENTS:
                return
            current = Block(found[0], [found[1]] if found[1] else [])
            depth = indent if found[1] else -1
        elif current is not None and len(current.reason) < MAX_REASON:
            current.reason.append(line)
    if current is not None:
        yield current


def listed(text_lines: Sequence[str], start: int = 0, gap: int = 2) -> tuple[list[str], int]:
    """Addresses that stand alone on lines from `start` on, and the index of the line behind the last.

    At most `gap` blank lines may stand before and between them; the first line that is no address ends
    the list.
    """
    found: list[str] = []
    index, blank, end = start, 0, start
    while index < len(text_lines) and len(found) < MAX_RECIPIENTS:
        line = text_lines[index]
        if not line.strip():
            blank += 1
            if blank > gap:
                break
        else:
            one = only_address(line)
            if one is None:
                break
            blank = 0
            found.append(one)
            end = index + 1
        index += 1
    return found, end


def paragraph(text_lines: Sequence[str], start: int) -> tuple[list[str], int]:
    """The first run of lines that are not blank from `start` on (at most MAX_PARAGRAPH), and its end."""
    index = start
    while index < len(text_lines) and not text_lines[index].strip():
        index += 1
    first = index
    while index < len(text_lines) and text_lines[index].strip() and index - first < MAX_PARAGRAPH:
        index += 1
    return list(text_lines[first:index]), index


def reason(text_lines: Iterable[str]) -> str | None:
    """Lines as one diagnostic, without indentation, blank lines, rules and fields of a quoted header."""
    kept = [line.strip() for line in quoted.without_header(text_lines)]
    kept = [line for line in kept if line and not _RULE.fullmatch(line)][:MAX_REASON]
    return "\n".join(kept) or None


_RULE = re.compile(r"[-=_*#~+. ]+")


def is_rule(line: str) -> bool:
    """Whether `line` is drawn, not written: `-----`."""
    return _RULE.fullmatch(line) is not None


def field(text_lines: Iterable[str], *names: str) -> str | None:
    """What stands behind the first `Name:` of `names`, in any case and indentation; None where empty."""
    wanted = tuple(name.lower() + ":" for name in names)
    for line in text_lines:
        bare = line.strip()
        if bare.lower().startswith(wanted):
            return bare.partition(":")[2].strip() or None
    return None
