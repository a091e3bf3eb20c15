"""Replies into templates: what differs from message to message becomes its role, else its kind.

`{recipient}`, `{recipient_domain}`, `{sender}`, `{sender_domain}` where the role is known, else `{address}`,
`{host}`, `{ip}`, `{id}`, `{number}`. Codes, markers such as `S3150` and links stay. Inside a template the
placeholders are marks such as `_h_`, which no word of a pattern can hit and beside which `\\b` holds; `shown`
writes them out.
"""

from __future__ import annotations

import re
from typing import NamedTuple


MARKS = {
    "recipient": "_r_",
    "recipient_domain": "_rd_",
    "sender": "_s_",
    "sender_domain": "_sd_",
    "address": "_a_",
    "host": "_h_",
    "ip": "_i_",
    "id": "_x_",
    "number": "_n_",
}
_HOSTS = frozenset((MARKS["host"], MARKS["recipient_domain"], MARKS["sender_domain"]))
_NAMES = {mark: name for name, mark in MARKS.items()}
_MARK = re.compile(r"(?<![A-Za-z0-9])_(?:r|rd|s|sd|a|h|i|x|n)_(?![A-Za-z0-9])")


def shown(text: str) -> str:
    """A template as people read it: `_h_` as `{host}`."""
    return _MARK.sub(lambda mark: f"{{{_NAMES[mark[0]]}}}", text)


class Names(NamedTuple):
    """The names whose role is known, lower-case."""

    recipient: str = ""
    recipient_domain: str = ""
    sender: str = ""
    sender_domain: str = ""


def names(recipient: str | None, sender: str | None) -> Names:
    """The names by role; a domain that is both the sender's and the recipient's has no role."""
    to, by = (recipient or "").strip("<> ").lower(), (sender or "").strip("<> ").lower()
    to_domain, by_domain = (
        to.rpartition("@")[2] if "@" in to else "",
        by.rpartition("@")[2] if "@" in by else "",
    )
    if to_domain == by_domain:
        to_domain = by_domain = ""
    return Names(to, to_domain, by if by != to else "", by_domain)


_EDGE = ".:!?,*-_/+#~$&"
_TOKEN = re.compile(
    r"(?P<url>(?<![A-Za-z])(?:https?|ftp)://[^\s<>\"'\])]+)"
    # A run without separators that holds more than letters; looked at from its start only, so linear.
    r"|(?<![^\s<>()\[\]{}\"',;|=])(?=[A-Za-z]*+[^A-Za-z\s<>()\[\]{}\"',;|=])[^\s<>()\[\]{}\"',;|=]+"
)
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?:[:/#]\d{1,5})?|[x#]{1,3}(?:\.[x#]{1,3}){3}", re.IGNORECASE)
_IPV6 = re.compile(
    r"(?:IPv6:)?[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,8}(?:[0-9.]{7,15})?(?:/\d{1,3})?", re.IGNORECASE
)
_CODE = re.compile(r"[245]\d\d(?:\.\d+|-[245]\.\d{1,3}\.\d{1,3})?|[245]\.\d{1,3}\.\d{1,3}(?:-\d{1,3})?")
_CODE_WORD = re.compile(r"\b(?:rfc|code|error|errno|err)[ :=#-]{0,3}$", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:delist\w*|unblock\w*|removals?|remove\w*|blacklist\w*|blocklist\w*|spamblock)", re.IGNORECASE
)
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*(?:[kmg]i?b?|[smhd]|%)?", re.IGNORECASE)
_TLDS = (
    "com|net|org|edu|gov|mil|int|info|biz|name|mobi|pro|arpa|eu|example|invalid|test|localhost|local|lan|internal|"
    "localdomain|email|mail|cloud|online|site|shop|store|tech|app|dev|xyz|club|top|live|world|company|agency|group|"
    "solutions|systems|digital|media|services|center|network|asia|travel|jobs|museum|coop|aero|cat|tel|xn--[a-z0-9-]+"
)
_HOST = re.compile(
    rf"(?:[a-z0-9_](?:[a-z0-9_-]{{0,62}})\.)+(?:{_TLDS}|[a-z]{{2}})\.?(?::\d{{1,5}})?", re.IGNORECASE
)
_ID = re.compile(
    r"(?=[A-Za-z]*\d)(?=\d*[A-Za-z])(?:(?:[A-Za-z]+\d+|\d+[A-Za-z]+\d)[A-Za-z0-9_+/=.-]*[A-Za-z][A-Za-z0-9_+/=.-]*|[0-9A-Fa-f-]{10,})"
)
_LONG_ID = 9

_FOLD: dict[int, str] = {
    ord(a): b for a, b in zip("‘’‚‛“”„«»´`‐‑‒–—\u00a0\u3000İı", "''''\"\"\"\"\"''-----  Ii", strict=True)
}


def _fold_table() -> None:
    import unicodedata

    for point in range(0xC0, 0x250):
        parts = unicodedata.normalize("NFD", chr(point))
        if len(parts) > 1 and parts[0].isascii():
            _FOLD.setdefault(point, parts[0])


_fold_table()


def fold(text: str) -> str:
    """Lower-case, Latin letters without accents, plain quotes and dashes; as long as `text` is."""
    if text.isascii():
        return text.lower()
    text = text.translate(_FOLD)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _kind(token: str, known: Names, before: str) -> str | None:
    """The placeholder for one bare token, or None where it stays."""
    if "@" in token:
        local, _, domain = token.rpartition("@")
        if not local or not domain or _CONTACT.fullmatch(local):
            return None
        lowered = token.lower()
        if lowered == known.recipient:
            return MARKS["recipient"]
        return MARKS["sender"] if lowered == known.sender else MARKS["address"]
    if token.isdigit():
        return None if len(token) == 3 or (len(token) < 6 and _CODE_WORD.search(before)) else MARKS["number"]
    first = token[0]
    if "." in token:
        if _CODE.fullmatch(token):
            return None
        if _IPV4.fullmatch(token):
            return MARKS["ip"]
        if _HOST.fullmatch(token):
            lowered = token.lower().rstrip(".")
            if lowered == known.recipient_domain:
                return MARKS["recipient_domain"]
            return MARKS["sender_domain"] if lowered == known.sender_domain else MARKS["host"]
    if token.count(":") > 1 and _IPV6.fullmatch(token):
        return MARKS["ip"]
    if _CODE.fullmatch(token):
        return None
    if first.isdigit() and _NUMBER.fullmatch(token):
        return MARKS["number"]
    if len(token) >= _LONG_ID and _ID.fullmatch(token):
        return MARKS["id"]
    return None


_URL_VALUE = re.compile(
    r"(?<=[=/])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?=[^=&?/#]*[0-9])[^=&?/#]{24,})(?=[&/?#;]|$)"
)


class Template(NamedTuple):
    """The template, the hosts that stood in the text, and where each placeholder came from."""

    text: str
    hosts: tuple[str, ...]


def template(text: str, known: Names = Names()) -> Template:  # noqa: B008 - a tuple, immutable
    """Reduce one line to its template."""
    hosts: list[str] = []

    def mask(match: re.Match[str]) -> str:
        token = match[0]
        if match["url"]:
            return _URL_VALUE.sub(MARKS["id"], token)
        core = token.rstrip(_EDGE)
        tail = token[len(core) :]
        stripped = core.lstrip(_EDGE)
        if not stripped:
            return token
        start = match.start()
        placeholder = _kind(stripped, known, text[max(0, start - 9) : start])
        if placeholder is None:
            return token
        if placeholder in _HOSTS:
            hosts.append(stripped.lower())
        return core[: len(core) - len(stripped)] + placeholder + tail

    return Template(_TOKEN.sub(mask, text), tuple(hosts))


def restore(text: str, known: Names, start: int, end: int) -> str:
    """The original text under template[start:end]: what a reader recognises."""
    offset = 0
    result_start = result_end = None
    for match in _TOKEN.finditer(text):
        replaced = (
            template(match[0], known).text if not match["url"] else _URL_VALUE.sub(MARKS["id"], match[0])
        )
        left = match.start() + offset
        if result_start is None and start < left + len(replaced):
            result_start = (
                start - offset if start < left else match.start() + _inside(match[0], replaced, start - left)
            )
        if result_end is None and end <= left + len(replaced):
            result_end = (
                end - offset if end <= left else match.start() + _inside(match[0], replaced, end - left, True)
            )
        offset += len(replaced) - len(match[0])
    if result_start is None:
        result_start = start - offset
    if result_end is None:
        result_end = end - offset
    return text[result_start:result_end]


def _inside(original: str, replaced: str, at: int, closing: bool = False) -> int:
    """Where position `at` of a masked token lies in the original token."""
    if original == replaced:
        return at
    return len(original) - (len(replaced) - at) if closing else min(at, len(original))
