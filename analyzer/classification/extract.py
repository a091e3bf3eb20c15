"""What else a reply says: the blocklist that it names, when to come back, the limit."""

from __future__ import annotations

import re

_LISTS = re.compile(
    r"\b(?:(?P<spamhaus>spamhaus)(?:[ .-]{1,3}(?P<zone>zen|sbl|xbl|pbl|css|dbl|drop))?"
    r"|(?P<name>spamcop|barracuda(?:central)?|sorbs|uceprotect(?:[- ]?(?:level|l)?[- ]?[123])?|invaluement|ivmsip|ivmuri|uribl"
    r"|surbl|abusix|mailspike|psbl|nixspam|truncate|cloudmark|senderscore|return ?path|trend micro|fabelsources"
    r"|spfbl|gbudb|manitu|0spam|backscatterer|hostkarma|njabl|proofpoint)\b)",
    re.IGNORECASE,
)
_ZONE = re.compile(
    r"\b(?:blocked|listed|blacklisted|rejected|found)\s+(?:using|by|in|on|at|via)\s+(?:the\s+)?"
    r"(?P<zone>[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6})",
    re.IGNORECASE,
)
_RETRY = re.compile(
    r"(?:\b(?:try|retry|again|back|wait|after|in|for|come back)\b[^0-9.]{0,30})"
    r"(?P<count>\d{1,6})(?:\.\d+)?\s*(?P<unit>seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)\b"
    r"|\bretry[ _-]after[ :=]{1,3}(?P<bare>\d{1,6})\b",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\b(?:in|after|for)\s+(?P<h>\d{2}):(?P<m>\d{2}):(?P<s>\d{2})\b", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LIMIT = re.compile(
    r"\b(?:limit|maximum|max|quota|exceed(?:s|ed|ing)?|limited to|more than|at most|up to|only|size)\b[^0-9.;]{0,30}?"
    r"(?P<limit>\d[\d,.]{0,14}\d|\d)\s?(?P<unit>(?:[kmg]i?b|bytes?|octets?|messages?|e-?mails?|mails?|recipients?|connections?|"
    r"sessions?|rcpts?)?(?:\s?(?:per|/|a|an|in)\s?(?:\d{1,4}\s)?(?:second|sec|minute|min|hour|day|connection|session|message|s|m|h)\w?)?)",
    re.IGNORECASE,
)


def blocklist(line: str) -> str | None:
    """The blocklist that a reply names: its zone where stated, else its name."""
    if found := _ZONE.search(line):
        return found["zone"].lower().rstrip(".")
    if found := _LISTS.search(line):
        zone = found["zone"]
        name = found["spamhaus"] or found["name"]
        return f"{name} {zone.upper()}" if zone else name
    return None


def retry_after(line: str) -> int | None:
    """Seconds after which the reply asks to come back; None where it names no time."""
    if found := _RETRY.search(line):
        if found["bare"]:
            return int(found["bare"])
        return int(found["count"]) * _SECONDS[found["unit"][0].lower()]
    if found := _CLOCK.search(line):
        return int(found["h"]) * 3600 + int(found["m"]) * 60 + int(found["s"])
    return None


def limit(line: str) -> str | None:
    """The limit that the reply states, with its unit: `100 messages per hour`, `25 MB`."""
    found = _LIMIT.search(line)
    return " ".join(f"{found['limit']} {found['unit']}".split()) if found else None
