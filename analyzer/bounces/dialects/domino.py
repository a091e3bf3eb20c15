"""Lotus Notes' and Domino's non-delivery reports.

Format, Domino: "Your document: …", "was not delivered to: …", "because: …", each value on the same line
or below; Notes' SMTP MTA: "Failure Reasons" between dashes, the reason above each recipient, "Returned
Message". Domino sends them in its own language.

Not matched: anything without these heads; a mail that mentions one of them in a sentence.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "domino"

_TO = re.compile(
    r"^\s*(?:(?:was|is|has) not (?:been )?(?:yet )?delivered (?:yet )?to|"
    r"could not be delivered to|wurde nicht (?:zugestellt|übermittelt|"
    r"ausgeliefert) an|konnte nicht zugestellt werden an|"
    r"n'a pas (?:été|pu être) (?:remis|distribué|transmis|délivré)\w{0,2} à|non è stato (?:consegnato|"
    r"recapitato|inviato) a|"
    r"no (?:se entregó|se ha entregado|fue entregado|se ha podido entregar) a|não foi entregue (?:a|para)|"
    r"is niet (?:afgeleverd|bezorgd) bij|"
    r"は次の宛先に配信されませんでした|次の宛先に配信されませんでした|未传递到|未被传递给|未能传递给)\s*[:：]\s*(.*)$",
    re.IGNORECASE,
)  # fmt: skip
_YET = re.compile(r"^\s*(?:was|has|is) not (?:been )?(?:yet delivered|delivered yet)\b", re.IGNORECASE)
_WHY = re.compile(
    r"^\s*(?:because(?: of)?|weil|grund|da|car|en raison de|parce que|perché|a causa di|porque|debido a|"
    r"omdat|理由|原因)\s*[:：]\s*(.*)$",
    re.IGNORECASE,
)
_REASONS = re.compile(r"^-{3,}\s*Failure Reasons\s*-{3,}", re.IGNORECASE)
_RETURNED = re.compile(r"^-{3,}\s*Returned Message\s*-{3,}", re.IGNORECASE)
_END = re.compile(r"^\s*(?:to|an|à|a|para)\s*:|^-{4,}|^\s*_{4,}", re.IGNORECASE)


def recognises(mail: Mail) -> bool:
    """By one of its heads, in a mail with a sign of a report or from Notes."""
    if not (
        evidence.could_be_report(mail)
        or b"notes" in mail.raw_field(b"x-mailer").lower()
        or mail.has(b"x-mimetrack")
    ):
        return False
    start = mail.text[:4000]
    start_lines = start.split("\n")
    return "Failure Reasons" in start or (
        any(map(_TO.match, start_lines)) and any(map(_WHY.match, start_lines))
    )


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each recipient under "was not delivered to:", or above which a reason stands."""
    text_lines = shapes.lines(mail.text)
    warning = evidence.delay_subject(mail) or any(_YET.match(line) for line in text_lines)
    return _domino(text_lines, warning=warning) or _notes(text_lines)


def _domino(text_lines: list[str], *, warning: bool) -> list[Refusal]:
    found: list[shapes.Block] = []
    waiting: list[str] = []
    number = 0
    while number < len(text_lines):
        line = text_lines[number]
        to, why = _TO.match(line), _WHY.match(line)
        if to:
            values, number = _values(to[1], text_lines, number)
            waiting += [one for one in map(shapes.address, values) if one]
        elif why and waiting:
            values, number = _values(why[1], text_lines, number)
            found += [shapes.Block(one, values) for one in waiting]
            waiting = []
        else:
            number += 1
    found += [shapes.Block(one, []) for one in waiting]
    return outcome.refusals(found, warning=warning)


def _values(same: str, text_lines: list[str], number: int) -> tuple[list[str], int]:
    """What stands behind a head on its line and in the paragraph below, and where that ends."""
    values = [same] if same.strip() else []
    at = number + 1
    while not values and at < len(text_lines) and not text_lines[at].strip():
        at += 1
    while at < len(text_lines) and text_lines[at].strip():
        if _TO.match(text_lines[at]) or _WHY.match(text_lines[at]) or _END.match(text_lines[at]):
            break
        values.append(text_lines[at])
        at += 1
    return values, at


def _notes(text_lines: list[str]) -> list[Refusal]:
    start = next((number for number, line in enumerate(text_lines) if _REASONS.match(line.strip())), None)
    if start is None:
        return []
    found: list[shapes.Block] = []
    said: list[str] = []
    named = False
    for line in text_lines[start + 1 :]:
        if _RETURNED.match(line.strip()):
            break
        one = shapes.only_address(line)
        if one is None and (line.rstrip().endswith(">") or shapes.leading_address(line)):
            one = shapes.address(line)
        if one and "." in one.rpartition("@")[2]:
            found.append(shapes.Block(one, list(said)))
            named = True
        elif line.strip():
            if named:
                said, named = [], False
            said.append(line)
    return outcome.refusals(found)
