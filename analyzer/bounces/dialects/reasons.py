"""What a report of unknown form says of one of its recipients, and never what it says of another.

In this order: beside the address on its own line, below it up to the next recipient, in the heading above
it where several headings sort the recipients, and last what is said of all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from analyzer.bounces.dialects import phrases, shapes

_LABEL = re.compile(
    r"[\s*>|.-]{0,12}(?:(?:the|failure|failed|error|delivery|smtp|server|remote|mögliche[rs]?)[ -]){0,3}"
    r"(?:reasons?|error(?: message| text| description)?|cause|diagnostics?(?: code| information)?|"
    r"explanation|"
    r"(?:remote )?(?:server|host|system) (?:said|replied|responded|response|answered)|response|"
    r"grund|ursache|fehler(?:meldung|text|beschreibung)?|antwort|raison|motif|cause|erreur|motivo|raz[oó]n|causa|"
    r"err[oe]re?|falha|причина|ошибка|ответ сервера|理由|原因|エラー(?:内容|メッセージ)?|退信原因|失败原因|"
    r"失敗原因|错误信息|錯誤訊息|이유|사유|원인|powód|przyczyna|důvod|príčina|orsak|årsag|årsak|reden|oorzaak|syy|"
    r"neden|sebep)"
    r"(?: \S{1,30}){0,3}?[ \t]{0,4}(?:[:：=]|\t|[ ]{2,})[ \t]*(.*)",
    re.IGNORECASE,
)
_SEPARATORS = " \t\u00a0\u3000-–—:：;,|=>.)]}\"'`*"
_WORDS = re.compile(r"[^\W\d_]{2,}")
_CELLS = re.compile(r"[ \t]*[|│][ \t]*")
_NEAR = 60
_LONGEST = 8


def labelled(text_lines: Sequence[str]) -> str | None:
    """What stands behind or below the first `Reason:`, `Error:`, `理由:` and their like."""
    for number, line in enumerate(text_lines):
        match = _LABEL.match(line)
        if match is None or "@" in line[: match.start(1)]:
            continue
        said = match[1].strip()
        rest = text_lines[number + 1 : number + 1 + _LONGEST]
        if not said or said.endswith((":", "：")):
            below = shapes.paragraph(rest, 0)[0]
            said = shapes.reason([said, *below]) or "" if below else said
        else:
            said = shapes.reason([said, *(_indented(rest, line))]) or ""
        if said:
            return said
    return None


def _indented(rest: Sequence[str], above: str) -> list[str]:
    """The lines that go on with `above`: indented deeper than it."""
    depth = len(above) - len(above.lstrip())
    kept: list[str] = []
    for line in rest:
        if not line.strip() or len(line) - len(line.lstrip()) <= depth:
            break
        kept.append(line)
    return kept


def of(text_lines: Sequence[str], number: int, places: Collection[int]) -> str | None:
    """The reason for the recipient on line `number`, where all recipients stand on the lines `places`."""
    following = min((other for other in places if other > number), default=len(text_lines))
    line = text_lines[number]
    below = text_lines[number + 1 : following]
    beside = _beside(line)
    if beside:
        return shapes.reason([beside, *_continued(below)])
    alone = beside is not None
    if not alone and phrases.is_reply(line):
        return shapes.reason([line, *_continued(below)])
    near = below[:_NEAR] if following == len(text_lines) or len(places) == 1 else below
    said = _below(near)
    if said:
        return said
    heading = _heading(text_lines, number, places)
    if heading:
        return heading
    if not alone and not line.rstrip().endswith((":", "：")) and len(places) == 1:
        return labelled(text_lines) or shapes.reason([line, *_continued(below)])
    own = shapes.paragraph(below, 0)[0]
    spoken = shapes.reason(own) if any(phrases.FAILURE.occurs(one) for one in own) else None
    if not alone and not line.rstrip().endswith((":", "：")):
        spoken = spoken or shapes.reason([line, *_continued(below)])
    return spoken or common(text_lines, places) or shapes.reason(own)


def _beside(line: str) -> str | None:
    """What stands behind the address with which `line` begins, empty for nothing; None if it has none."""
    head = shapes.bare_colon_head(line)
    if head is not None:
        return head[1]
    if shapes.only_address(line) is not None:
        return ""
    one = shapes.leading_address(line)
    label = phrases.LABEL.match(line) if one is None else None
    if label is not None:
        one = shapes.leading_address(line[label.end() :])
    if one is None:
        return None
    rest = line[line.find(one) + len(one) :].strip(_SEPARATORS)
    rest = rest[1:].strip(_SEPARATORS) if rest.startswith(("(", "[")) else rest
    rest = _CELLS.sub(" ", rest)
    return rest if len(_WORDS.findall(rest)) > 1 or phrases.is_reply(rest) or _says_it(rest) else ""


def _says_it(rest: str) -> bool:
    return bool(rest) and phrases.FAILURE.occurs(rest)


def _below(below: Sequence[str]) -> str | None:
    for index, one in enumerate(below):
        if phrases.is_reply(one):
            said = labelled(below[index : index + 1])
            return shapes.reason(
                [said, *phrases.run(below, index)[1:]] if said else phrases.run(below, index)
            )
    return labelled(below)


def _heading(text_lines: Sequence[str], number: int, places: Collection[int]) -> str | None:
    """The line above the list in which `number` stands, where other lists have other headings."""
    if len(places) < 2:
        return None
    mine = _above(text_lines, number, places)
    if mine is None or all(_above(text_lines, other, places) == mine for other in places):
        return None
    said = text_lines[mine].strip()
    return said.rstrip(":：") if said.endswith((":", "：")) else None


def _above(text_lines: Sequence[str], number: int, places: Collection[int]) -> int | None:
    for above in range(number - 1, -1, -1):
        if above not in places and text_lines[above].strip():
            return above
    return None


def common(text_lines: Sequence[str], places: Collection[int]) -> str | None:
    """The first reason in a text that it states for all its recipients, who stand on the lines `places`."""
    return first(shared(text_lines, places))


def shared(text_lines: Sequence[str], places: Collection[int]) -> Sequence[str]:
    """The lines that are about all the recipients.

    Where words stand between or beside the recipients, those are one recipient's own and never another's.
    """
    if len(places) < 2:
        return text_lines
    start, last = min(places), min(max(places), len(text_lines) - 1)
    apart = any(number not in places and text_lines[number].strip() for number in range(start, last))
    beside = any(_beside(text_lines[number]) != "" for number in places if number <= last)
    return text_lines[:start] if apart or beside else text_lines


def first(text_lines: Sequence[str]) -> str | None:
    """The first reply in a text, else what is labelled as reason, else the first words of a failure."""
    for index, line in enumerate(text_lines):
        if phrases.is_reply(line) and not phrases.FOREIGN.match(line.strip()):
            return shapes.reason(phrases.run(text_lines, index))
    said = labelled(text_lines)
    if said:
        return said
    for index, line in enumerate(text_lines):
        if phrases.FAILURE.occurs(line):
            return shapes.reason(phrases.run(text_lines, index, 6))
    return None


def _continued(below: Sequence[str]) -> list[str]:
    """The lines up to the next blank one."""
    if not below or not below[0].strip():
        return []
    return shapes.paragraph(below, 0)[0][:_LONGEST]
