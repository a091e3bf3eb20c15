"""Sessions as logs and old mailers print them: commands and replies in turn, with any mark before them.

`RCPT TO:<a@b>` and `550 no` may stand bare (MDaemon), with a number (`050 RCPT TO:` of BSMTP), a time, an
arrow either way (`<<-`, `->>` of ZMailer) or a name (`C:`, `Out:`, `sent`). Pipelined commands are answered
in order (RFC 2920 3.1).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.bounces.dialects import shapes
from analyzer.bounces.refusal import Refusal
from analyzer.model import Stage

_MARK = (
    r"[^\w@]{0,8}(?:(?:mon|tue|wed|thu|fri|sat|sun),? )?(?:[\d/.-]{6,10}[ T])?"
    r"(?:\d\d:\d\d(?::\d\d)?[\d.]{0,7}[^\w@]{1,6})?"
    r"(?:(?:in|out|c|s|client|server|sent|send|got|received?|rcvd|us|them|local|remote|smtp)\b[^\w@]{1,6}){0,2}"
)
_COMMAND = re.compile(
    _MARK + r"(?:0\d\d[ -])?(helo|ehlo|lhlo|mail from|rcpt to|data|bdat|rset|quit|starttls|auth|noop|\.)"
    r"(?:(?<=o|m):?[ \t]*<?[^\s<>]{0,400}>?(?: [A-Z]+=\S*){0,8}|[ :][^@]*)?\s*$",
    re.IGNORECASE,
)
_REPLY = re.compile(_MARK + r"([1-5]\d\d)(?:([ -])(.*)|$)", re.IGNORECASE)
_LOGGED = re.compile(
    r"[^\w<@]{0,8}(?:(?:mon|tue|wed|thu|fri|sat|sun)\w{0,6},? )?"
    r"(?:(?:\d{4}[/.-]\d\d[/.-]\d\d|\d\d[/.-]\d\d[/.-]\d{2,4})[ T,]{1,2})?\d\d:\d\d(?::\d\d)?[\d.]{0,7}"
    r"[^\w<@]{1,12}(?=[^\W\d])",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:winsock|wsa|socket|tcp(?:/ip)?|network|dns|ssl|tls) error\b|"
    r"\bconnection (?:has )?(?:been )?(?:timed out|refused|reset|closed|dropped|lost|aborted|failed)|"
    r"\btimed out\b|\bno response from\b|\bresponse exceeded\b|"
    r"\b(?:host|domain) (?:not found|unknown)|\bno route to host|\bunreachable\b|"
    r"\b(?:could not|unable to|can(?:no|')t|failed to) (?:connect|resolve)|\bno (?:mx|dns|a)[ -]records?\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\b0 (?:minutes|hours|days) left in (?:this|the) queue|\bno longer in (?:this|the) queue", re.IGNORECASE
)
_SOME = re.compile(r"\bsome\b|\bone or more\b", re.IGNORECASE)
_ENDS = ("data", "bdat", ".", "quit")


class Answer(NamedTuple):
    """A reply and the command that it answers; the command is empty for a greeting."""

    command: str
    recipient: str | None
    code: int
    text: str


def answers(text_lines: Iterable[str]) -> list[Answer]:
    """All replies in order, each with its command."""
    waiting: deque[tuple[str, str | None]] = deque()
    last: tuple[str, str | None] = ("", None)
    found: list[Answer] = []
    said: list[str] = []
    for line in text_lines:
        command = _COMMAND.match(line)
        if command is not None:
            name = command[1].lower()
            waiting.append((name, shapes.address(line) if name == "rcpt to" else None))
            said = []
            continue
        reply = _REPLY.match(line)
        if reply is None:
            said = []
            continue
        if said and not said[-1].startswith(reply[1]):
            said = []
        said.append(f"{reply[1]}{reply[2] or ' '}{reply[3] or ''}".strip())
        if found and not waiting and len(said) == 1 and found[-1].code == int(reply[1]) >= 400:
            # Lines of one reply that all look like its last.
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{said.pop()}")
        elif reply[2] != "-":
            last = waiting.popleft() if waiting else last
            found.append(Answer(*last, int(reply[1]), "\n".join(said)))
            said = []
    return found


def error(text_lines: Iterable[str]) -> str | None:
    """The last line of a log of attempts that says what went wrong, where no server answered."""
    found, left = None, None
    for line in text_lines:
        stamp = _LOGGED.match(line)
        bare = line.lstrip(" \t*-")
        said = line[stamp.end() :].strip() if stamp else bare if _ERROR.match(bare) else ""
        if said and _ERROR.search(said):
            found = said
        elif said and _LEFT.search(said):
            left = said
    return found or left


def outside(text_lines: list[str]) -> list[str]:
    """`text_lines` with those of sessions left blank: who is named there need not have failed."""
    if not any("rcpt to" in line.lower() for line in text_lines):
        return text_lines
    if not any(answer.recipient for answer in answers(text_lines)):
        return text_lines
    return ["" if _COMMAND.match(line) or _REPLY.match(line) else line for line in text_lines]


def refusals(text_lines: Sequence[str]) -> list[Refusal]:
    """Those whose RCPT was refused, and those for whom the message was refused behind it."""
    if not any("rcpt to" in line.lower() for line in text_lines):
        return []
    refused: dict[str, Refusal] = {}
    accepted: dict[str, str] = {}
    for answer in answers(text_lines):
        one, fails = answer.recipient, answer.code >= 400
        if fails and len(answer.text) < 5:
            continue  # A code without words: the text may have been cut here.
        if answer.command == "mail from":
            accepted = {}
        elif one is not None:
            if fails:
                _add(refused, one, answer.text, "rcpt")
            else:
                accepted[one.lower()] = one
        elif fails and answer.command in _ENDS:
            if len(accepted) > 1 and _SOME.search(answer.text):
                told = answer.text.lower()
                accepted = {key: name for key, name in accepted.items() if key.partition("@")[0] in told}
            for name in accepted.values():
                _add(refused, name, answer.text, "message")
            accepted = {}
    return list(refused.values())


def _add(refused: dict[str, Refusal], one: str, text: str, stage: Stage) -> None:
    refused.setdefault(one.lower(), Refusal(recipient=one, diagnostic=text, stage=stage))
