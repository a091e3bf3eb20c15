"""An SMTP session as people paste it: which command was refused, and with what (RFC 5321 4.2).

Reads what swaks, telnet, openssl, curl, sendmail -v, mail clients' and libraries' debug output show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from analyzer.model import Conversation, Exchange, Stage

MAX_LINES = 20_000
_MAX_LINE = 2_000

_SERVER = re.compile(
    r"\s*(?:<[-~*]{1,2}|<<<|<|S:|SMTP<<|SERVER\s*->\s*CLIENT:|reply:\s*b?['\"]?|recv:|\[server\])\s*"
    r"(?=\d{3}[ -]|\d{3}$)"
)
_CLIENT = re.compile(
    r"\s*(?:[-~*]{1,2}>|>>>|>|C:|SMTP>>|CLIENT\s*->\s*SERVER:|send:\s*b?['\"]?|sent:|\[client\])\s*",
    re.IGNORECASE,
)
_REPLY = re.compile(r"([245]\d\d|3[35]4)(?:([ -])(.*))?$")
_COMMAND = re.compile(
    r"(EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL FROM|RCPT TO|DATA|BDAT|RSET|NOOP|QUIT|VRFY|EXPN)\b[ :]?(.*)",
    re.IGNORECASE,
)
_STAGES: dict[str, Stage] = {
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "LHLO": "ehlo",
    "STARTTLS": "starttls",
    "AUTH": "auth",
    "MAIL FROM": "mail",
    "RCPT TO": "rcpt",
    "DATA": "data",
    "BDAT": "message",
    ".": "message",
}
_PATH = re.compile(r"<([^<>\s]*)>")


class _Line(NamedTuple):
    who: Literal["server", "client"]
    text: str


def read_conversation(raw: bytes) -> Conversation | None:
    """The session in `raw`; None where it is none: that takes two commands and their replies."""
    lines = list(_lines(raw))
    commands = sum(line.who == "client" and _COMMAND.match(line.text) is not None for line in lines)
    replies = sum(line.who == "server" for line in lines)
    if commands < 1 or replies < 2:
        return None
    conversation = Conversation(exchanges=list(_exchanges(lines)), recipients=[])
    for exchange in conversation.exchanges:
        path = _PATH.search(exchange.command or "")
        if exchange.command is None and conversation.host is None:
            words = exchange.reply[4:].split()
            conversation.host = words[0].lower().rstrip(".") if words and "." in words[0] else None
        elif exchange.stage == "mail" and path:
            conversation.sender = path[1]
        elif exchange.stage == "rcpt" and path:
            conversation.recipients.append(path[1])
    return conversation


def _lines(raw: bytes) -> Iterator[_Line]:
    """What each side said, marked or told apart by its form; anything else is the tool's own chatter."""
    text = raw[: MAX_LINES * 200].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for whole in text.split("\n")[:MAX_LINES]:
        line = whole[:_MAX_LINE].rstrip()
        marked = _SERVER.match(line)
        said = re.sub(r"\\r\\n['\"]?$|(?<=\S)['\"]$", "", line[marked.end() :] if marked else line.strip())
        if _REPLY.match(said):
            yield _Line("server", said)
            continue
        client = _CLIENT.match(line)
        said = re.sub(r"(?:\\r\\n)+['\"]?$", "", line[client.end() :]).strip() if client else line.strip()
        command = _COMMAND.match(said)
        if command is not None or said == ".":
            yield _Line("client", said)


def _exchanges(lines: list[_Line]) -> Iterator[Exchange]:
    """Commands with their replies, also pipelined ones (RFC 2920): replies come in their order."""
    waiting: list[str | None] = [None] if lines and lines[0].who == "server" else []
    reply: list[str] = []
    for line in lines:
        if line.who == "client":
            waiting.append(line.text)
            continue
        match = _REPLY.match(line.text)
        reply.append(line.text)
        if match is not None and match[2] != "-":
            yield _exchange(waiting.pop(0) if waiting else None, "\n".join(reply))
            reply = []
    if reply:
        yield _exchange(waiting.pop(0) if waiting else None, "\n".join(reply))
    for command in waiting:
        if command is not None:
            yield _exchange(command, "")


def _exchange(command: str | None, reply: str) -> Exchange:
    found = _COMMAND.match(command or "")
    verb = found[1].upper() if found else command
    code = int(reply[:3]) if reply[:3].isdecimal() else None
    return Exchange(
        stage="connect" if command is None else _STAGES.get(verb or ""),
        # What follows AUTH may be a password; nobody needs it to understand a refusal.
        command=re.sub(r"(?i)^(AUTH\s+\S+).*", r"\1 …", command) if command and verb == "AUTH" else command,
        reply_code=code,
        reply=reply,
        refused=code is not None and code >= 400,
    )
