"""The stage of a failure that no server's reply decided: what the reporting host says it was doing."""

from __future__ import annotations

import re

from analyzer.model import Stage

_DNS = (
    r"name service error|host or domain name not found|\bnxdomain\b|\bdns\b|\bMX or SRV record\b|"
    r"no mx (?:record )?found|null ?mx|nullmx|host (?:not found|unknown)|(?:unknown|no such) (?:host|domain)|"
    r"domain (?:does not|doesn't) (?:exist|accept)|mail exchanger|cannot resolve|domain name not found|"
    r"illegal host/domain"
)
_TLS = r"\btls\b|\bstarttls\b|\bssl handshake|certificate"
_CONNECT = (
    r"connect(?:ion)?(?: to| with)?(?: \S{1,200})?[: ]{1,2}(?:connection )?"
    r"(?:refused|timed out|failed|reset)|"
    r"no route to host|network is unreachable|couldn't connect|unable to connect|host is unreachable|"
    r"not accept our requests to connect|wasn't able to establish an smtp connection|socket error"
)
_QUEUE = (
    r"retry time|message expired|envelope expired|expired|in the queue too long|"
    r"have been failing for a long time"
)
_WORDS: tuple[tuple[Stage, re.Pattern[str]], ...] = (
    ("dns", re.compile(_DNS, re.IGNORECASE)),
    ("starttls", re.compile(_TLS, re.IGNORECASE)),
    ("connect", re.compile(_CONNECT, re.IGNORECASE)),
    ("queue", re.compile(_QUEUE, re.IGNORECASE)),
)


def stage_of(diagnostic: str, *, here: bool) -> Stage | None:
    """The stage that `diagnostic` names; `local` where it names none and the reporter itself failed."""
    for stage, words in _WORDS:
        if words.search(diagnostic):
            return stage
    return "local" if here else None
