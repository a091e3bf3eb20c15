"""What reporting MTAs wrap around a reply, and what the wrapping says: host, IP, stage."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from analyzer.model import Stage
from analyzer.replies.clients import spoken
from analyzer.replies.parts import LIMIT


class Unwrapped(NamedTuple):
    """The reply without its wrapping, and what the wrapping said; None where it said nothing."""

    text: str
    host: str | None = None
    ip: str | None = None
    stage: Stage | None = None


_HOST = r"(?P<host>[A-Za-z0-9_.-]{1,255})"
_IP = r"\s?[\[(](?:IPv6:)?(?P<ip>[0-9A-Fa-f:.]{3,45})[\])](?::\d{1,5})?"
_STEP = r"(?P<step>[A-Za-z][^:<>\n]{1,120}?)"
_EXIM = r"(?:SMTP|LMTP) error from remote mail(?:er| server) after "
_STATUS = r"#[245](?:\.\d{1,3}){2}"
_QMAIL = (
    "(?P<step>does not like recipient|but sender was rejected|failed after I sent the message|"
    "but greeting failed|but my name was rejected)"
)
_REPLY_TO = r"\s*\((?:in reply to|while sending|after) (?P<step>[A-Za-z][^()]{1,60}?)(?: command)?\)"


@cache
def _wrappers() -> tuple[re.Pattern[str], ...]:
    """What stands before a reply; compiled when a reply is met that is not bare."""
    patterns = (
        # Postfix, in a bounce's text with the recipient before it
        (
            r"<[^<>\s]{1,320}>(?: \([^()]{1,400}\))?: "
            r"(?P<text>(?:host|connect to|conversation with|lost connection with|delivery temporarily) .*)\Z"
        ),
        # Postfix
        r"delivery temporarily suspended: (?P<text>.*)\Z",
        rf"host {_HOST}{_IP} (?:said|returned): (?P<text>.*)\Z",
        rf"host {_HOST}{_IP} (?P<step>refused to talk to me): (?P<text>.*)\Z",
        # Diagnostic-Code (RFC 3464 2.3.6) and what Exchange makes of it
        r"(?:smtp|lmtp|x-(?!unix)[a-z-]{2,20})\s?;\s*(?P<text>\S.*)\Z",
        rf"(?:[^\s<>]{{1,255}} )?[#<]{{1,2}}\s?{_HOST} {_STATUS} [sl]mtp;\s?(?P<text>.*?)>?\s*(?:#SMTP#)?\Z",
        # Exim
        r"(?:[RT]=\S{1,99} |defer \(-?\d{1,3}\):? ){1,4}(?P<text>\S.*)\Z",
        rf"(?:H=|host ){_HOST}{_IP}(?: [A-Z]{{1,4}}=\S{{1,99}}){{0,6}}: (?P<text>\S.*)\Z",
        rf"{_EXIM}{_STEP}(?::\s?<[^>]{{0,320}}>[^:]{{0,60}})?:\s+(?P<text>\S.*)\Z",
        # qmail
        (
            rf"(?:Connected to )?{_HOST} {_QMAIL}\.?\s+(?:(?:Remote host said:|I said:)\s*|(?=[245]\d\d\b))"
            r"(?P<text>\S.*)\Z"
        ),
        r"Remote host said:\s*(?P<text>.*)\Z",
        # Sendmail
        r"<<<\s?(?P<text>.*)\Z",
        r"SMTP error, (?P<step>[A-Za-z ]{2,30}):\s?(?P<text>\d.*)\Z",
        # Microsoft
        rf"(?:Remote server|Remote host) at {_HOST}{_IP} returned\s+(?P<text>.*)\Z",
        r"(?:Remote server|The server|Server) returned (?=['\"])(?P<text>.*)\Z",
    )
    return tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns)


_WRAPPED = re.compile(
    r"delivery temp|host |[hrt]=|defer |[sl]mtp|x-[a-z]|[<#]|\S{1,255} (?:does|but|failed|#)"
    r"|connected to |remote |server |the server ",
    re.IGNORECASE,
)
"""What any wrapper starts with: one look spares a bare text the look at each."""
_SUFFIXES = tuple(
    (mark, re.compile(pattern, re.IGNORECASE))
    for mark, pattern in (
        (")", rf"{_REPLY_TO}\s*\Z"),
        ("giving up on ", rf"\s*Giving up on {_HOST}\s*\Z"),
        ("#smtp#", r"\s*#SMTP#\s*\Z"),
    )
)
"""What stands behind a reply, each with what is looked for first, as that is cheaper."""
_LAST_ERROR = re.compile(
    r"\[?\{?LED=(?P<text>[^{}]{1,1000}?)\}?\]?;\s?[\[{]?(?:MSG=[^;]{0,99};\s?[\[{]?)?FQDN=(?P<host>[A-Za-z0-9_.-]{0,255})[}\]];"
    r"\s?[\[{]?IP=(?P<ip>[0-9A-Fa-f:.]{0,45})"
)
_TALKING = re.compile(r"\.\.\. while talking to (?P<host>[A-Za-z0-9_.-]{1,255}?)\.?:?\s")
_ASKED = re.compile(r"^>>> (?P<step>[^\n]{2,80})", re.MULTILINE)
_ANSWERS = re.compile(r"^<<< ?(.*)$", re.MULTILINE)
_STAGES: tuple[tuple[str, Stage], ...] = (
    ("rcpt to", "rcpt"),
    ("like recipient", "rcpt"),
    ("mail from", "mail"),
    ("sender was rejected", "mail"),
    ("end of data", "message"),
    ("sent the message", "message"),
    ("message body", "message"),
    ("data block", "message"),
    ("refused to talk", "connect"),
    ("initial connection", "connect"),
    ("initial server greeting", "connect"),
    ("greeting failed", "connect"),
    ("starttls", "starttls"),
    ("ehlo", "ehlo"),
    ("helo", "ehlo"),
    ("name was rejected", "ehlo"),
    ("auth", "auth"),
    ("bdat", "message"),
    ("data", "data"),
)
_STATED = re.compile(
    r"\b(?:in (?:reply|response) to|while (?:sending|receiving|performing)|timed out (?:after|in)"
    r"|after|sent|failed (?:at|during))(?: the)?(?: pipelined)? (?P<step>rcpt to|mail from|end of data"
    r"|message body|data|ehlo|helo|starttls|auth|initial connection|initial server greeting)\b",
    re.IGNORECASE,
)
_CONNECTING = re.compile(
    r"connect to \S{1,300}: |(?:connection|connect) (?:timed out|refused)|no route to host|unable to connect|"
    r"couldn't find any host|wasn't able to establish an smtp connection",
    re.IGNORECASE,
)
_RESOLVING = re.compile(
    r"name service error|host or domain name not found|\bnxdomain\b|\bdns (?:error|lookup|query)"
    r"|domain \S{1,255} does not accept mail|cname lookup failed|host lookup did not complete"
    r"|all relevant mx records point to non-existent hosts|unrouteable mail domain",
    re.IGNORECASE,
)


def stage_of(words: str) -> Stage | None:
    """The stage that words such as `RCPT TO` or `end of DATA` name."""
    lowered = words.lower()
    for mark, stage in _STAGES:
        if mark in lowered:
            return stage
    return None


_UNRESOLVED = (
    "name service error", "domain name not found", "nxdomain", "dns ", "does not accept mail", "lookup ",
    "non-existent hosts", "unrouteable mail domain",
)  # fmt: skip
"""One of them is in whatever `_RESOLVING` finds."""


def _says_when(text: str) -> bool:
    """A cheap look before the expensive one; spelt out, for this is asked of every reply."""
    return (
        (" to " in text and ("reply to" in text or "response to" in text))
        or "while " in text
        or "after " in text
        or "timed out" in text
        or "sent " in text
    )


def stated_stage(text: str) -> Stage | None:
    """The stage that the text of a failure itself states, where no wrapping did."""
    lowered = text.lower()
    if (_says_when(lowered) or "failed " in lowered) and (found := _STATED.search(text)):
        return stage_of(found["step"])
    if text[:1].isdigit():
        return None
    if _CONNECTING.match(text):
        return "connect"
    told = any(mark in lowered for mark in _UNRESOLVED)
    return "dns" if told and _RESOLVING.search(text) else None


def _sendmail(text: str) -> Unwrapped:
    """The session that Sendmail quotes: what the other side answered, not what Sendmail made of it."""
    answers = _ANSWERS.findall(text)
    talking, asked = _TALKING.search(text), _ASKED.findall(text)
    host = talking["host"].lower() if talking else None
    return Unwrapped("\n".join(answers), host, None, stage_of(asked[-1]) if asked else None)


def unwrap(text: str) -> Unwrapped:
    """Remove what reporting MTAs wrap around a reply and say what they told of host, IP and stage."""
    text = text[:LIMIT].strip()
    host: str | None = None
    ip: str | None = None
    stage: Stage | None = None
    if "<<< " in text and (quoted := _sendmail(text)).text:
        text, host, ip, stage = quoted
    if " " not in text and text.count("_") > 2:  # qmail's log writes spaces as _ and line ends as /
        text = text.replace("_", " ").replace("/", "\n").strip()
    bare = text[:3].isdigit() and text[3:4] != "."
    if not bare:
        text = spoken(text)
        bare = text[:3].isdigit() and text[3:4] != "."
    for _ in range(0 if bare else 6):
        if _WRAPPED.match(text) is None:
            break
        for wrapper in _wrappers():
            if match := wrapper.match(text):
                groups = match.groupdict()
                text = groups["text"].strip()
                host = groups.get("host") or host
                ip = groups.get("ip") or ip
                stage = (stage_of(groups["step"]) if groups.get("step") else None) or stage
                break
        else:
            break
    if "LED=" in text and (last := _LAST_ERROR.search(text)):
        text, host, ip = last["text"], last["host"] or host, last["ip"] or ip
    if not bare or text.endswith((")", "#")):
        for mark, suffix in _SUFFIXES:
            while mark in text[-120:].lower() and (match := suffix.search(text, max(0, len(text) - 120))):
                text = text[: match.start()]
                groups = match.groupdict()
                stage = stage or (stage_of(groups["step"]) if groups.get("step") else None)
    if stage is None and (not bare or _says_when(text)):
        stage = stated_stage(text)
    return Unwrapped(
        text.strip("'\" ") if text[:1] in "'\"" else text,
        host.lower().rstrip(".") if host else None,
        ip,
        stage,
    )
