"""What mail programs and client libraries write around the reply that they got."""

from __future__ import annotations

import re
from functools import cache

_REPLY = r"(?P<text>[245](?:\d\d[ -]|\.\d{1,3}\.\d{1,3} ).*)\Z"
_ALL_REFUSED = "can.t send mail - all recipients were rejected"
_COMMAND = r"(?:message|(?:mail |recipient |data )?command) failed"
_ANSWERED = r"(?:response|error)(?: from the (?:remote|recipient) server| that the other server returned)?"
_SPOKEN = (
    # nodemailer
    (": ", rf"(?:\w{{0,40}}error: )?(?:{_ALL_REFUSED}|invalid (?:login|greeting)|{_COMMAND}): "),
    # Thunderbird, Outlook, Windows Mail, .NET
    ("server ", r".{0,600}?\bserver (?:responded|response|error|response was)\s?:\s+'?"),
    # Jakarta Mail, Ruby, Go and others: the name of an exception
    ("exception: ", r".{0,300}?exception: "),
    ("error: ", r".{0,300}?error: "),
    # Gmail, Exchange and others
    (" was: ", rf".{{0,600}}?\b{_ANSWERED} was: '?"),
    # Swift Mailer, Symfony
    ("with message", r"expected response code .{1,60}? with message \""),
    # Fields of a report (RFC 3464), run together
    ("diagnostic-code:", r"(?:.{0,600}?\b)?diagnostic-code:\s?[sl]mtp;\s?"),
)
"""Each with what is looked for first, as that is cheaper; compiled when that is met."""
_ADVICE = re.compile(
    r"\.? {1,2}please (?:check the message recipient|verify that your e-?mail)\b"
    r"|', (?:port|account|server|protocol)\b",
    re.IGNORECASE,
)
"""Where a client's own words go on behind the reply."""
_CHECKED = re.compile(r"\bsender\b|verif|call-?(?:out|back)", re.IGNORECASE)
"""A reply that tells what the check of a sender's address met: its own words count."""
_DOTNET = re.compile(
    r"(?:.{0,200}?exception: )?(?:mailbox unavailable|mailbox name not allowed|transaction failed"
    r"|exceeded storage allocation|insufficient system storage|error in processing|user not local[^.]{0,60}"
    r"|service not available, closing transmission channel)\.+ the server response was: "
    r"(?P<text>\S.{0,2000})\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Before the colon stands .NET's name for the reply's code, in words that the server never said."""
_PHPMAILER = re.compile(
    r".{0,300}?\bcommand failed detail: (?P<text>\S.{0,1000}?) smtp code: (?P<code>[245]\d\d)\b",
    re.IGNORECASE | re.DOTALL,
)


@cache
def _before_reply(start: str) -> re.Pattern[str]:
    return re.compile(start + _REPLY, re.IGNORECASE | re.DOTALL)


def spoken(text: str) -> str:
    """The server's own words in what a client says of them; the text itself where that is not clear."""
    lowered = text.lower()
    for mark, start in _SPOKEN:
        if mark in lowered and (found := _before_reply(start).match(text)):
            if _CHECKED.search(text, 0, found.start("text")):
                return text
            words = found["text"]
            if after := _ADVICE.search(words):
                return words[: after.start()]
            quote = text[found.start("text") - 1]
            return words.rstrip(".").removesuffix(quote) if quote in "'\"" else words
    if "server response was: " in lowered and (found := _DOTNET.match(text)):
        return found["text"]
    if "smtp code: " in lowered and (found := _PHPMAILER.match(text)):
        return f"{found['code']} {found['text']}"
    return text
