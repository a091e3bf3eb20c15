"""Transcripts of SMTP sessions as reports print them: `>>>` what was sent, `<<<` what came back.

Sendmail, Courier, Japanese carriers and others print them; only the arrows and the sentence that names
the peer are shared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from analyzer.bounces.dialects import shapes
from analyzer.model import Stage

_TALKING = re.compile(r"^\.{0,3} ?while talking to (\S{1,255}?)\.?:?$", re.IGNORECASE)
_SENT = re.compile(r"^(?:[^<>@]{0,40}? )?(?:>>>|Sent <<<|C:|-->) ?(.*)$")
_GOT = re.compile(r"^(?:[^<>@]{0,40}? )?(?:<<<|Received >>>|S:|<--) ?(.*)$")
_FAILS = re.compile(r"^[45]\d\d(?:[ -]|$)|^[45]\.\d{1,3}\.\d{1,3}\b")
_STAGES: tuple[tuple[str, Stage], ...] = (
    ("rcpt", "rcpt"),
    ("mail", "mail"),
    ("data", "data"),
    ("ehlo", "ehlo"),
    ("helo", "ehlo"),
    ("lhlo", "ehlo"),
    ("starttls", "starttls"),
    ("auth", "auth"),
    (".", "message"),
    ("quit", "message"),
)


_ENDS = re.compile(r"^([245]\d\d|[245]\.\d{1,3}\.\d{1,3})(?: |$)")
_BEGINS = re.compile(r"^([245]\d\d|[245]\.\d{1,3}\.\d{1,3})(?:[ -]|$)")


def _is_another(last: str, line: str) -> bool:
    """Whether `line` begins another reply than the one whose line `last` was."""
    ended, begun = _ENDS.match(last), _BEGINS.match(line)
    if ended is None or begun is None:
        return False
    return ended[1] != begun[1] or set(shapes.addresses(line)) - set(shapes.addresses(last)) != set()


def _sent_along(command: str) -> str:
    """The command that a reply after the one to `command` answers, as far as it is known."""
    return command if command.lower().startswith("data") else ""


class Exchange(NamedTuple):
    """One command and its reply: `host` is the peer where named, `reply` its lines, `line` where it ends."""

    host: str | None
    command: str
    reply: list[str]
    line: int

    @property
    def fails(self) -> bool:
        """Whether the reply refuses: 4yz or 5yz."""
        return any(_FAILS.match(line) for line in self.reply)

    @property
    def stage(self) -> Stage | None:
        """The stage of the command."""
        word = self.command.lower().split(" ", 1)[0].rstrip(":")
        return next((stage for mark, stage in _STAGES if word == mark), None)

    @property
    def text(self) -> str:
        """The reply, one line break between its lines."""
        return "\n".join(self.reply)


def exchanges(text_lines: Iterable[str]) -> list[Exchange]:
    """All commands that were answered, in order."""
    found: list[Exchange] = []
    host: str | None = None
    command = ""
    open_reply: list[str] | None = None
    for number, raw in enumerate(text_lines):
        line = raw.strip()
        talking = _TALKING.match(line)
        if talking:
            host, command, open_reply = talking[1], "", None
            continue
        got = _GOT.match(line)
        if got:
            if open_reply and _is_another(open_reply[-1], got[1]):
                # The reply to a command that was sent along: to DATA, or to nobody knows which RCPT.
                command, open_reply = _sent_along(command), None
            if open_reply is None:
                open_reply = []
                found.append(Exchange(host, command, open_reply, number))
            if len(open_reply) < shapes.MAX_REASON and got[1].strip():
                open_reply.append(got[1].strip())
            found[-1] = found[-1]._replace(line=number)
            continue
        sent = _SENT.match(line)
        if sent:
            command, open_reply = sent[1].strip(), None
        elif line:
            if _BEGINS.match(line):
                command = _sent_along(command)
            open_reply = None
    return found
