"""Why a message waited, only where a field of the header says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from analyzer.model import Evidence
from analyzer.trace.clocks import Step, host_of, time_of
from analyzer.trace.dates import read_date
from analyzer.trace.header import Field

_SLACK_SECONDS = 60
_SEARCHED = 2000
# postgrey, sqlgrey: `delayed 905 seconds by postgrey-1.37 at mx.b.example; …`
_POSTGREY = re.compile(r"delayed (\d{1,9}) seconds by \S+(?: at (\S+?))?[;,]?(?:\s|$)", re.IGNORECASE)
# milter-greylist: `Delayed for 00:15:32 by milter-greylist-4.5 (mx.b.example [203.0.113.1]); …`
_MILTER = re.compile(r"Delayed for (\d{1,4}):(\d\d):(\d\d) by \S+(?: \((\S+))?", re.IGNORECASE)
# RFC 6729 5.2: why a message was held, said by the server that held it.
_STATES = {
    "auth": "it waited for the sender to be verified",
    "content": "its content was looked at by a person",
    "convert": "its content was converted",
    "moderation": "it waited for a moderator",
    "outbound": "it waited in the outbound queue",
    "quarantine": "it was held in quarantine",
    "timed": "it was sent to be delivered later",
}
_STATE = re.compile(rf"\sstate ({'|'.join(_STATES)})\b", re.IGNORECASE)
# Servers that do nothing but look at content: what they hold, they scan.
_SCANNER = re.compile(
    r"\((amavis\w*)[-,\s)]|\((MIMEDefang)\)|(qmail-scanner)|\((InterScan)\b|\bby (pps\.\w+)\b"
)

Cause = tuple[str, Evidence]


def cause_of(step: Step, fields: Sequence[Field]) -> Cause | None:
    """What the header says of the wait between two hops: the cause in words, and its evidence."""
    for field in fields:
        read = _READERS.get(field.key)
        said = read(field.value[:_SEARCHED], step) if read else None
        if said:
            return said, Evidence(field=field.name, text=field.value[:_SEARCHED])
    state = _STATE.search(step.newer.raw) or _STATE.search(step.older.raw)
    if state:
        return _STATES[state[1].lower()], _received(step, state[0].strip())
    scanner = _SCANNER.search(step.older.raw)
    if scanner:
        name = next(group for group in scanner.groups() if group)
        return f"its content was scanned there ({name})", _received(step, scanner[0].strip())
    return None


def _received(step: Step, text: str) -> Evidence:
    return Evidence(field=f"Received ({host_of(step.newer)})", text=text)


def _greylisted(value: str, step: Step) -> str | None:
    """The greylisting host, where it states a delay that makes up most of this one."""
    if match := _POSTGREY.search(value):
        seconds, host = int(match[1]), match[2]
    elif match := _MILTER.search(value):
        seconds, host = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]), match[4]
    else:
        return None
    fits = step.seconds / 2 <= seconds <= step.seconds + _SLACK_SECONDS
    return f"{host or host_of(step.newer)} greylisted it" if fits else None


def _between(value: str, step: Step) -> bool:
    stamp = read_date(value)
    if stamp is None:
        return False
    after = (stamp.timestamp - time_of(step.older)).total_seconds()
    return -_SLACK_SECONDS <= after <= step.seconds + _SLACK_SECONDS


def _approved(value: str, step: Step) -> str | None:
    return "it waited for a list moderator" if _between(value, step) else None


def _deferred(value: str, step: Step) -> str | None:
    return "its sender asked for delivery at a later time" if _between(value, step) else None


_READERS: dict[str, Callable[[str, Step], str | None]] = {
    "x-greylist": _greylisted,
    "x-mailman-approved-at": _approved,
    "deferred-delivery": _deferred,
}
