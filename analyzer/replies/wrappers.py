"""What reporting MTAs wrap around a reply, and what the wrapping says: host, IP, stage."""

from __future__ import annotations

import re
from typing import NamedTuple, cast

from analyzer.model import Stage


class Unwrapped(NamedTuple):
    """The reply without its wrapping, and what the wrapping said; None where it said nothing."""

    text: str
    host: str | None = None
    ip: str | None = None
    stage: Stage | None = None


_HOST = r"(?P<host>[A-Za-z0-9_.-]{1,255})"
_IP = r"\[(?:IPv6:)?(?P<ip>[0-9A-Fa-f:.]{3,45})\](?::\d{1,5})?"
_STEP = r"(?P<step>[A-Za-z][A-Za-z .]{1,60}?)"
_WRAPPERS = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        rf"(?:delivery temporarily suspended: )?host {_HOST}{_IP} said: (?P<text>.*?)"
        rf"(?:\s*\(in reply to {_STEP}(?: command)?\))?\s*\Z",
        rf"(?:delivery temporarily suspended: )?host {_HOST}{_IP} (?P<step>refused to talk to me): (?P<text>.*)\Z",
        r"(?:smtp|lmtp|x-[a-z-]{2,20})\s?;\s*(?P<text>.*)\Z",
        rf"(?:host {_HOST} {_IP}: )?[SL]MTP error from remote mail(?:er| server) after {_STEP}"
        r"(?::\s?<[^>]{0,320}>[^:]{0,60}|(?=:))(?: SIZE=\d+)?: (?P<text>.*)\Z",
        rf"host {_HOST} {_IP}: (?P<text>.*)\Z",
        r"<<< (?P<text>.*)\Z",
        r"(?:[^\n]{0,200}\n)?Remote host said: (?P<text>.*?)(?:\s*Giving up on [^\s]{1,255})?\s*\Z",
    )
)
_STAGES = (
    ("rcpt to", "rcpt"),
    ("mail from", "mail"),
    ("end of data", "message"),
    ("sending message body", "message"),
    ("message body", "message"),
    ("refused to talk", "connect"),
    ("initial connection", "connect"),
    ("pipelined data", "data"),
    ("data", "data"),
    ("ehlo", "ehlo"),
    ("helo", "ehlo"),
    ("starttls", "starttls"),
    ("auth", "auth"),
)


def stage_of(words: str) -> Stage | None:
    """The stage that words such as `RCPT TO` or `end of DATA` name."""
    lowered = words.lower()
    for mark, stage in _STAGES:
        if mark in lowered:
            return cast("Stage", stage)
    return None


def unwrap(text: str) -> Unwrapped:
    """Remove what reporting MTAs wrap around a reply and say what they told of host, IP and stage."""
    host = ip = stage = None
    for _ in range(5):
        text = text.strip()
        for wrapper in _WRAPPERS:
            if match := wrapper.match(text):
                groups = match.groupdict()
                text = groups["text"]
                host = groups.get("host") or host
                ip = groups.get("ip") or ip
                stage = (stage_of(groups["step"]) if groups.get("step") else None) or stage
                break
        else:
            break
    return Unwrapped(text, host.lower().rstrip(".") if host else None, ip, stage)
