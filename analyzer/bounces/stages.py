"""The stage of a failure that no server's reply decided: what the reporting host says it was doing."""

from __future__ import annotations

import re

from analyzer.model import Stage

_CONNECT = re.compile(
    r"connect(?:ion)?(?: to| with)?(?: \S{1,200})?[: ]{1,2}(?:connection )?(?:refused|timed out|failed|reset)"
)
_DNS = re.compile(r"\bdns\b|\bmx or srv record\b")
_WORDS: tuple[tuple[Stage, tuple[str, ...]], ...] = (
    (
        "dns",
        ("name service error", "domain name not found", "nxdomain", "no mx found", "no mx record", "null mx",
         "nullmx", "host not found", "host unknown", "unknown host", "unknown domain", "no such host",
         "no such domain", "domain does not exist", "domain doesn't exist", "domain does not accept",
         "mail exchanger", "cannot resolve", "illegal host/domain"),
    ),
    ("starttls", (" tls", "starttls", "ssl handshake", "certificate")),
    (
        "connect",
        ("no route to host", "network is unreachable", "couldn't connect", "unable to connect",
         "socket error",
         "host is unreachable", "not accept our requests to connect", "to establish an smtp connection"),
    ),
    (
        "queue",
        ("retry time", "message expired", "envelope expired", "in the queue too long",
         "have been failing for a long time"),
    ),
)  # fmt: skip


def stage_of(diagnostic: str, *, here: bool) -> Stage | None:
    """The stage that `diagnostic` names; `local` where it names none and the reporter itself failed."""
    said = f" {diagnostic.lower()}"
    for stage, words in _WORDS:
        for word in words:
            if word in said:
                return stage
        if stage == "dns" and _DNS.search(said):
            return stage
        if stage == "connect" and _CONNECT.search(said):
            return stage
    return "local" if here else None
