"""What else a reply says: the blocklist that it names, when to come back, the limit."""

from __future__ import annotations

import re

_NAMES = (
    "spamhaus",
    "spamcop",
    "barracudacentral",
    "sorbs",
    "uceprotect",
    "invaluement",
    "ivmsip",
    "ivmuri",
    "uribl",
    "surbl",
    "abusix",
    "mailspike",
    "psbl",
    "nixspam",
    "cloudmark",
    "senderscore",
    "return path",
    "spfbl",
    "0spam",
    "backscatterer",
    "hostkarma",
)
_SPAMHAUS_LIST = re.compile(r"spamhaus[ .-]{1,3}(zen|sbl|xbl|pbl|css|dbl|drop)\b")
_LISTING = ("blocked", "listed", "rejected", "found", "blocking")
_ZONE = re.compile(
    r"\b(?:blocked|listed|blacklisted|rejected|found|blocking)\s+(?:using|by|in|on|at|via)\s+(?:the\s+)?"
    r"(?P<zone>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6})"
)
_NO_ZONE = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|.*\.(?:html?|php)")
_QUANTITY = re.compile(
    r"(?P<count>[0-9](?<![0-9.:,][0-9])[0-9]{0,8}(?:,[0-9]{3}){0,3}(?:\.[0-9]{1,2})?)[ -]?(?:"
    r"(?P<time>seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])\b"
    r"|(?P<unit>(?:[kmg]i?b|bytes?|octets?|messages?|e-?mails?|mails?|recipients?|rcpts?|connections?|sessions?)\b"
    r"(?: ?(?:per|/|an?|in|every) ?(?:\d{1,4} ?)?"
    r"(?:seconds?|minutes?|mins?|hours?|days?|connections?|sessions?)\b)?))",
    re.IGNORECASE,
)
_COMING_BACK = re.compile(
    r"\b(?:try|retry|again|back|wait|after|in|for|next|until|delay\w*|greylist\w*|expires?)\b[^0-9.;]{0,25}$",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\b(?:limit\w*|maximum|max|quota|exceed\w*|more than|at most|up to|only|over|allowed|permitted|size)\b"
    r"[^0-9;]{0,30}$",
    re.IGNORECASE,
)
_BARE_RETRY = re.compile(r"\bretry[ _-]?after[ :=]{1,3}(?P<seconds>\d{1,6})\b", re.IGNORECASE)
_CLOCK = re.compile(
    r"\b(?:in|after|for)\s+(?P<hours>\d\d):(?P<minutes>\d\d):(?P<seconds>\d\d)\b", re.IGNORECASE
)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def blocklist(line: str) -> str | None:
    """The blocklist that a reply names: its zone where stated, else its name."""
    lowered = line.lower()
    if any(word in lowered for word in _LISTING):
        found = _ZONE.search(lowered)
        if found and not _NO_ZONE.fullmatch(found["zone"]):
            return found["zone"]
    for name in _NAMES:
        if name in lowered:
            part = _SPAMHAUS_LIST.search(lowered) if name == "spamhaus" else None
            return f"{name} {part[1].upper()}" if part else name
    return None


def quantities(line: str) -> tuple[int | None, str | None]:
    """Seconds after which the reply asks to come back, and the limit that it states, with its unit."""
    seconds: int | None = None
    limit: str | None = None
    for match in _QUANTITY.finditer(line):
        before = line[max(0, match.start() - 45) : match.start()]
        if match["time"]:
            if seconds is None and _COMING_BACK.search(before):
                seconds = int(float(match["count"].replace(",", "")) * _SECONDS[match["time"][0].lower()])
        elif limit is None and _LIMITED.search(before):
            limit = f"{match['count']} {match['unit']}"
    if seconds is None and "etry" in line and (bare := _BARE_RETRY.search(line)):
        seconds = int(bare["seconds"])
    if seconds is None and "00:" in line and (clock := _CLOCK.search(line)):
        seconds = int(clock["hours"]) * 3600 + int(clock["minutes"]) * 60 + int(clock["seconds"])
    return seconds, limit
