"""What a report of unknown form says of one of its recipients, and never what it says of another.

In this order: beside the address on its own line, below it up to the next recipient, in the heading above
it where several headings sort the recipients, and last what is said of all of them together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from functools import cached_property

from analyzer.bounces.dialects import conversation, layout, phrases, quoted, shapes

_LABEL = re.compile(
    r"[\s*>|.-]{0,12}(?:(?:the|failure|failed|error|delivery|smtp|server|remote|mögliche[rs]?|last|"
    r"letzte[rs]?|derni[eè]re?|[uú]ltim[oa]|mensaje de|mensagem de|messaggio di)[ -]|"
    r"(?:message |messaggio )?d['’]){0,3}"
    r"(?:reasons?|error(?: message| text| description)?|cause|diagnostics?(?: code| information)?|"
    r"explanation|problems?|"
    r"(?:remote )?(?:server|host|system) (?:said|replied|responded|response|answered)|response|"
    r"grund|ursache|fehler(?:meldung|text|beschreibung)?|antwort|raison|motif|cause|erreur|motivo|"
    r"raz[oó]n|causa|"
    r"err[oe]re?|falha|причина|ошибка|ответ сервера|理由|原因|エラー(?:内容|メッセージ)?|退信原因|失败原因|"
    r"失敗原因|報告されたエラー|报告的错误|(?:错误|錯誤|退信)(?:原因|信息|代码|代碼)|錯誤訊息|"
    r"(?:(?:반송|실패|오류) ?)?(?:이유|사유|원인|내용)|lý do|alasan|sebab|motivul|indoklás|αιτία|"
    r"powód|przyczyna|důvod|príčina|orsak|årsag|årsak|reden|oorzaak|syy|"
    r"neden|sebep)"
    r"(?: \S{1,30}){0,3}?[ \t]{0,4}(?:[:：=]|\t|[ ]{2,})[ \t]*(.*)",
    re.IGNORECASE,
)
_SEPARATORS = " \t\u00a0\u3000-–—:：;,|=>.)]}\"'`*"
_CODE = re.compile(r"(?<![\w.])[45]\d\d(?![\w.])")
_STATUS = re.compile(r"(?<![\w.])[45]\.\d{1,3}\.\d{1,3}(?![\w.])")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_COMMENTS = re.compile(r"(?:[ \t]{0,4}\((?:host|queue|mailer|channel|via|relay): ?[^()\s]{1,255}\)){1,3}")
_ANNOUNCES = re.compile(
    r"(?:\bfollowing|\bbecause of|\bdue to|folgende[nmrs]?|suivante?s?|siguientes?|seguentes?|"
    r"seguintes?|seguenti)"
    r"(?: \S{1,20})?\W*$",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3041-\u9fff\uac00-\ud7a3]{4}")
_CELLS = re.compile(r"[ \t]*[|│][ \t]*")
_NEAR = 60
_LONGEST = 8
_SHORT = 160
_FIELD = re.compile(r"\W{0,8}[^\W\d]{1,30}(?:[ -][^\W\d]{1,20}){0,2} ?[:：]")
_GREETING = re.compile(
    r"\b(?:i'm afraid|permanent error; i've given up|sorry it didn't work|"
    r"(?:am|i'm|are) sorry to (?:have to )?inform|regret to inform|list of recipients and the reason)",
    re.IGNORECASE,
)
"""What programs say in every report, whatever the reason is."""
_ONLY_MARK = re.compile(r"\W{0,8}(?:[\w-]{1,63}(?:\.[\w-]{1,63}){1,8} )?#[45]\.\d{1,3}\.\d{1,3}\W{0,8}")
"""Host and status as Exchange writes them below its sentence."""
_ONLY_CODE = re.compile(
    r"\W{0,12}(?:[^\W\d]{1,20}[ -]?){0,3}[ \t]{0,4}[:：=]?[ \t]{0,4}"
    r"[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?\W{0,4}"
)


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


class Reasons:
    """The reasons in a text whose recipients stand on the lines `places`."""

    def __init__(self, text_lines: Sequence[str], places: Collection[int]) -> None:
        self._lines = text_lines
        self._places = sorted(place for place in set(places) if place < len(text_lines))
        self._headings: dict[int, int | None] = {}
        above, last = None, 0
        known = set(self._places)
        for place in self._places:
            above = next((at for at in range(place - 1, last - 1, -1) if self._is_words(at, known)), above)
            self._headings[place] = above
            last = place
        self._sorted_by_heading = len(set(self._headings.values())) > 1
        self._by_layout = layout.reasons(text_lines, self._places, _told) if len(self._places) > 1 else None
        self._common: str | None = None
        self._has_common = False

    def _is_words(self, number: int, known: set[int]) -> bool:
        return number not in known and bool(self._lines[number].strip())

    def of(self, number: int) -> str | None:
        """The reason for the recipient on line `number`, one of the places."""
        if self._by_layout is not None:
            return self._by_layout[number]
        index = bisect_right(self._places, number)
        following = self._places[index] if index < len(self._places) else len(self._lines)
        line = self._lines[number]
        below = self._below(number, following)
        said = beside(line)
        only = len(self._places) == 1
        if said and only and not phrases.is_reply(line) and (reply := _reply(below[:_NEAR])):
            return reply
        if said:
            rest = _continued(below)
            if following < len(self._lines) and rest and rest[-1].endswith((":", "：")):
                rest.pop()  # The heading of the next list.
            return shapes.reason([said, *rest])
        alone = said is not None
        if not alone and phrases.is_reply(line):
            return shapes.reason([line, *_continued(below)])
        if not alone and not only and (head := before(line)):
            return head
        if alone and self._is_told_in_many_replies:
            return self._naming(number)
        told = _told(below[:_NEAR] if following == len(self._lines) else below)
        if told:
            return told
        inside = _indented(below, line)
        if alone and any(map(phrases.FAILURE.occurs, inside)):
            return shapes.reason(inside)
        heading = self._heading(number)
        if heading:
            return heading
        sentence = not alone and not line.rstrip().endswith((":", "："))
        if sentence and only:
            return labelled(self._lines) or _announced(line, below)
        own = [one for one in shapes.paragraph(below, 0)[0] if not phrases.FOREIGN.match(one)]
        if any(phrases.FAILURE.occurs(one) for one in own) or (own and not only and _indented(own, line)):
            return shapes.reason(own)
        if sentence:
            return shapes.reason([line, *_continued(below)])
        common = self.common() or self._naming(number)
        new = only and alone and _is_bare(own) and own[0].strip() not in (common or "")
        if common and new and not phrases.is_reply(common):
            # Words that are not understood, where those understood say only that it failed.
            return shapes.reason([*common.split("\n"), *own])
        return common or shapes.reason(own)

    def _below(self, number: int, following: int) -> Sequence[str]:
        """The lines up to the next recipient, without the heading of the list in which that stands."""
        end = following
        if following < len(self._lines):
            last = next((at for at in range(end - 1, number, -1) if self._lines[at].strip()), number)
            if last > number + 1 and self._lines[last].rstrip().endswith((":", "：")):
                end = last
        return self._lines[number + 1 : end]

    def above(self, number: int) -> str | None:
        """The line above the list in which place `number` stands, where several lists have their own."""
        mine = self._headings.get(number)
        return self._lines[mine] if mine is not None and self._sorted_by_heading else None

    def _heading(self, number: int) -> str | None:
        """The line above the list in which `number` stands, where other lists have other headings."""
        said = (self.above(number) or "").strip()
        return said.rstrip(":：") if said.endswith((":", "：")) else None

    def common(self) -> str | None:
        """The first reason in the text that it states for all its recipients."""
        if not self._has_common:
            several = len(self._places) > 1 and _are_several(self.shared())
            self._common, self._has_common = None if several else first(self.shared()), True
        return self._common

    @cached_property
    def _is_told_in_many_replies(self) -> bool:
        """Whether several replies stand in one block behind a bare list: nobody knows whose is which."""
        if len(self._places) < 2 or len(self._shared) < len(self._lines):
            return False
        last = self._places[-1]
        behind = self._lines[last + 1 : last + 1 + _NEAR]
        return bool(behind) and not behind[0].strip() and _are_several(behind)

    def _naming(self, number: int) -> str | None:
        """The one reply among several in the text that names the recipient on line `number`."""
        one = shapes.address(self._lines[number])
        found = self._replies.get(one.lower(), []) if one and len(self._places) > 1 else []
        return shapes.reason(found) if len(found) == 1 and found[0] != self._lines[number] else None

    @cached_property
    def _replies(self) -> dict[str, list[str]]:
        """The shared lines with a reply by the addresses (lower-case) that they name."""
        found: dict[str, list[str]] = {}
        for line in self.shared():
            for one in shapes.addresses(line) if "@" in line and phrases.is_reply(line) else ():
                found.setdefault(one.lower(), []).append(line)
        return found

    def shared(self) -> Sequence[str]:
        """The lines that are about all the recipients."""
        return self._shared

    @cached_property
    def _shared(self) -> Sequence[str]:
        """The lines that are about all the recipients.

        Where words stand between or beside the recipients, those are one recipient's own and never another's.
        """
        if len(self._places) < 2:
            return self._lines
        start, last = self._places[0], self._places[-1]
        known = set(self._places)
        apart = any(self._is_words(number, known) for number in range(start, last))
        own = any(beside(self._lines[number]) != "" for number in self._places)
        return self._lines[:start] if apart or own else self._lines


def _are_several(text_lines: Sequence[str]) -> bool:
    """Whether replies of different codes stand in a text: then none is said of everybody."""
    codes: set[str] = set()
    statuses: set[str] = set()
    for line in text_lines:
        if phrases.is_reply(line) and not phrases.FOREIGN.match(line.strip()):
            codes.update(_CODE.findall(line)[:1])
            statuses.update(_STATUS.findall(line)[:1])
    return len(codes) > 1 or len(statuses) > 1


def before(line: str) -> str | None:
    """The words before the address with which `line` ends: `mailbox full: user@example.com`."""
    one = shapes.address(line)
    head, found, rest = line.partition(one) if one else ("", "", "")
    if not found or rest.strip(_SEPARATORS):
        return None
    said = head.strip(_SEPARATORS + "<([{")
    return (
        said
        if (len(_WORDS.findall(said)) > 1 or _HAN.search(said))
        and head.rstrip(" <([{'\"").endswith((":", "-", "=", "："))
        else None
    )


def beside(line: str) -> str | None:
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
    rest = _COMMENTS.sub("", line[line.find(one) + len(one) :]).strip(_SEPARATORS)
    if _ANNOUNCES.search(rest):
        return ""
    rest = rest[1:].strip(_SEPARATORS) if rest.startswith(("(", "[")) else rest
    rest = _CELLS.sub(" ", rest)
    return rest if len(_WORDS.findall(rest)) > 1 or phrases.is_reply(rest) or _says_it(rest) else ""


def behind(line: str) -> str:
    """What stands behind the address with which `line` begins, few words too; empty where it has none."""
    one = shapes.leading_address(line)
    return line[line.find(one) + len(one) :] if one else ""


def _says_it(rest: str) -> bool:
    return bool(rest) and phrases.FAILURE.occurs(rest)


def _told(below: Sequence[str]) -> str | None:
    return _reply(below) or labelled(below)


def _reply(below: Sequence[str]) -> str | None:
    """The first reply among the lines; with what a label says beside it where it is a code alone."""
    for index, one in enumerate(below):
        if phrases.is_reply(one) and not quoted.is_header(one):
            said = labelled(below[index : index + 1])
            if _ONLY_MARK.fullmatch(one):
                above = [words for words in _paragraph_above(below, index) if _WORDS.search(words)]
                return shapes.reason([*above, one])
            if _ONLY_CODE.fullmatch(one) and (why := labelled([*below[:index], *below[index + 1 :]])):
                return shapes.reason([why, one])
            return shapes.reason(
                [said, *phrases.run(below, index)[1:]] if said else phrases.run(below, index)
            )
    return None


def _paragraph_above(text_lines: Sequence[str], index: int) -> list[str]:
    start = index
    while start > 0 and text_lines[start - 1].strip():
        start -= 1
    return list(text_lines[start:index])


def _announced(line: str, below: Sequence[str]) -> str | None:
    """The paragraph below the sentence of `line` if that ends in "the following error", else the sentence."""
    rest = _continued(below)
    following = shapes.paragraph(below, len(rest))[0]
    if following and _ANNOUNCES.search(rest[-1] if rest else line):
        return shapes.reason(one.strip(" \t*") for one in following)
    return shapes.reason([line, *rest])


def _is_bare(own: Sequence[str]) -> bool:
    """Whether a paragraph is a few words, as a reason is, and sends nobody to a helper or a page."""
    text = " ".join(own)
    if any(_FIELD.match(line) for line in own):
        return False  # The subject of the message, say, which may speak of anything.
    return (
        0 < len(text) < _SHORT
        and _WORDS.search(text) is not None
        and not (phrases.CONTACT.search(text) or "://" in text or "@" in text or text.endswith((":", "：")))
    )


def _sentence_of_failure(text_lines: Sequence[str], *, headings: bool) -> str | None:
    greeting: list[str] = []
    for index, line in enumerate(text_lines):
        if not headings and line.rstrip().endswith((":", "：", "--")):
            continue
        if phrases.FAILURE.occurs(line) and not phrases.FOREIGN.match(line):
            said = phrases.run(text_lines, index, 6)
            if not _GREETING.search(" ".join(text_lines[max(0, index - 2) : index + 1])):
                return shapes.reason(said)
            greeting = greeting or said
    return shapes.reason(greeting)


def first(text_lines: Sequence[str]) -> str | None:
    """The first reply in a text, else what is labelled as reason, else the first words of a failure."""
    for index, line in enumerate(text_lines):
        if phrases.is_reply(line) and not phrases.FOREIGN.match(line.strip()):
            return shapes.reason(phrases.run(text_lines, index))
    said = labelled(text_lines) or conversation.error(text_lines)
    if said:
        return said
    return _sentence_of_failure(text_lines, headings=False) or _sentence_of_failure(text_lines, headings=True)


def _continued(below: Sequence[str]) -> list[str]:
    """The lines up to the next blank one."""
    if not below or not below[0].strip():
        return []
    kept = shapes.paragraph(below, 0)[0][:_LONGEST]
    end = next((at for at, line in enumerate(kept) if before(line) or layout.is_entry(line)), len(kept))
    return kept[:end]
