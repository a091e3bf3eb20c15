"""The stage of a failure that no server's reply decided: what the reporting host says it was doing."""

from __future__ import annotations

import re

from analyzer.model import Stage

_WORDS: tuple[tuple[Stage, re.Pattern[str]], ...] = tuple(
    (stage, re.compile(words, re.IGNORECASE))  # type: ignore[misc]
    for stage, words in (
        (
            "dns",
            r"name service error|host or domain name not found|\bnxdomain\b|\bdns\b|\bMX or SRV record\b|no mx (?:record )?found|"
            r"null ?mx|nullmx|host (?:not found|unknown)|(?:unknown|no such) (?:host|domain)|domain (?:does not|doesn't) (?:exist|accept)|"
            r"mail exchanger|cannot resolve|domain name not found|illegal host/domain",
        ),
        ("starttls", r"\btls\b|\bstarttls\b|\bssl handshake|certificate"),
        (
            "connect",
            r"connect(?:ion)? (?:to |with )?\S* ?(?:\[\S*\])?\S* ?(?:refused|timed out|failed|reset)|no route to host|"
            r"network is unreachable|couldn't connect|unable to connect|not accept our requests to connect|"
            r"wasn't able to establish an smtp connection|socket error|host is unreachable",
        ),
        (
            "queue",
            r"retry time|message expired|envelope expired|expired|in the queue too long|have been failing for a long time",
        ),
    )
)


def stage_of(diagnostic: str, *, here: bool) -> Stage | None:
    """The stage that `diagnostic` names; `local` where it names none and the failure was the reporter's own."""
    for stage, words in _WORDS:
        if words.search(diagnostic):
            return stage
    return "local" if here else None
