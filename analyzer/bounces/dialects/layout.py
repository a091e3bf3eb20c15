"""What a list says of each of its recipients, by the layout that they share; unknown words count as well.

Three layouts are told apart: the reason beside each address (after a dash, a colon, in brackets, in the next
cell), below each address, or under a label above it (`Reason: …`, then `Recipient: …`). Who has none in a
list in which others have one gets none: never his neighbour's, nor what is said behind the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from analyzer.bounces.dialects import phrases, shapes

_COMMENTS = re.compile(r"(?:[ \t]{0,4}\((?:host|queue|mailer|channel|via|relay): ?[^()\s]{1,255}\)){1,3}")
_SEPARATOR = re.compile(r"[>\"'`\])}*]{0,4}(?:\.{2,8}|…|[-–—=]{1,8}>|[-–—:：;,|│=*\s\u3000]){0,40}")
_CELLS = re.compile(r"[ \t]*[|│][ \t]*")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_LABEL = re.compile(r"[^:]{2,40}[:：]")
_LONGEST = 12
_HEADING = (":", "：")

Told = Callable[[Sequence[str]], "str | None"]


def tail(line: str, one: str) -> str:
    """What stands behind the address `one` on its line, without separators, brackets or cells around it."""
    rest = _COMMENTS.sub("", line[line.find(one) + len(one) :])
    separator = _SEPARATOR.match(rest)
    rest = rest[separator.end() :] if separator else rest
    rest = _CELLS.sub(" ", rest.rstrip(" \t|│*-=")).strip()
    if _PAIRS.get(rest[:1]) == rest[-1:] and rest.count(rest[:1]) == 1:
        rest = rest[1:-1].strip()
    return rest


def is_entry(line: str) -> bool:
    """Whether `line` is an entry of a list: it begins with an address, a name and `<address>`, or a label."""
    if shapes.leading_address(line) is not None or phrases.LABEL.match(line) is not None:
        return True
    return shapes.named(line) is not None and not phrases.is_reply(line.partition("<")[0])


def reasons(text_lines: Sequence[str], places: Sequence[int], told: Told) -> dict[int, str | None] | None:
    """The reason for each recipient on the lines `places`; None where the layout is none of these.

    `told` reads what labels and reply codes say in some lines.
    """
    if not all(is_entry(text_lines[place]) for place in places):
        return None
    beside = {place: _tail(text_lines[place]) for place in places}
    below = {
        place: text_lines[place + 1 : following]
        for place, following in zip(places, [*places[1:], len(text_lines)], strict=True)
    }
    if any(beside.values()):
        return {place: _beside(text_lines[place], beside[place], below[place]) for place in places}
    inner = [below[place] for place in places[:-1]]
    last = places[-1]
    if all(_is_heading(gap) for gap in inner) and not _is_last_ones(text_lines[last], below[last], inner):
        return None
    above = _labels_above(text_lines, places, told)
    return above or _below(places, below, told)


def _tail(line: str) -> str:
    found = shapes.addresses(line)
    label = phrases.LABEL.match(line)
    one = shapes.address(line[label.end() :] if label else line) if found else None
    return tail(line, one) if one else ""


def _is_last_ones(line: str, gap: Sequence[str], inner: Sequence[Sequence[str]]) -> bool:
    """Whether what stands below the last entry is his alone: right below it, or announced."""
    if not _blanks(gap) and gap and all(_blanks(other) for other in inner):
        return True  # Blank lines stand between the entries, but none before these words.
    if _blanks(gap) and not line.rstrip().endswith(_HEADING):
        return False
    return _depth(gap) > len(line) - len(line.lstrip())


def _words(gap: Sequence[str]) -> list[str]:
    """The lines of a gap that say something, without the heading of the next list."""
    kept = [line for line in gap if line.strip() and not shapes.is_rule(line)]
    if kept and kept[-1].rstrip().endswith(_HEADING) and len(kept) > 1:
        kept.pop()
    return kept


def _is_heading(gap: Sequence[str]) -> bool:
    kept = [line for line in gap if line.strip()]
    return not kept or (len(kept) == 1 and kept[0].rstrip().endswith(_HEADING))


def _beside(line: str, said: str, below: Sequence[str]) -> str | None:
    depth = len(line) - len(line.lstrip())
    rest: list[str] = []
    for one in below:
        deeper = len(one) - len(one.lstrip()) > depth
        if not one.strip() or not (deeper or said) or len(rest) >= _LONGEST:
            break
        rest.append(one)
    if rest and rest[-1].rstrip().endswith(_HEADING):
        rest.pop()
    return shapes.reason([said, *rest])


def _labels_above(
    text_lines: Sequence[str], places: Sequence[int], told: Told
) -> dict[int, str | None] | None:
    """The reasons on the lines right above the recipients, where each recipient has the same label there."""
    above = {place: text_lines[place - 1] if place else "" for place in places}
    labels = {_LABEL.match(line) and line.partition(":")[0].strip() for line in above.values()}
    if len(labels) != 1 or None in labels or any("@" in line for line in above.values()):
        return None
    found = {place: told([line]) for place, line in above.items()}
    return found if any(found.values()) else None


def _below(places: Sequence[int], below: dict[int, Sequence[str]], told: Told) -> dict[int, str | None]:
    gaps = [below[place] for place in places[:-1] if _words(below[place])] or [below[places[-1]]]
    blank = max(_blanks(gap) for gap in gaps)
    depth = min(_depth(gap) for gap in gaps)
    found: dict[int, str | None] = {}
    for place in places:
        gap = below[place]
        own = shapes.paragraph(gap, 0)[0]
        if place == places[-1] and (_blanks(gap) > blank or _depth(gap) < depth):
            own = []  # What stands behind the list is about none of them.
        label = _words(own)[:1]
        if label and label[0].rstrip().endswith(_HEADING) and len(_words(gap)) > 1:
            own = _words(gap)  # A label, and the reason below it.
        own = [] if _is_heading(own) else own
        found[place] = (told(own) or shapes.reason(_without_heading(own))) if own else None
    return found


def _without_heading(own: Sequence[str]) -> Sequence[str]:
    return own[:-1] if len(own) > 1 and own[-1].rstrip().endswith(_HEADING) else own


def _blanks(gap: Sequence[str]) -> int:
    return next((at for at, line in enumerate(gap) if line.strip()), len(gap))


def _depth(gap: Sequence[str]) -> int:
    first = next((line for line in gap if line.strip()), "")
    return len(first) - len(first.lstrip())
