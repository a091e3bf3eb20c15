r"""Replies into templates: what differs from message to message becomes its role, else its kind.

`{recipient}`, `{recipient_domain}`, `{sender}`, `{sender_domain}` where the role is known, else `{address}`,
`{host}`, `{ip}`, `{id}`, `{number}`. Codes, markers such as `S3150` and links stay. Inside a template the
placeholders are marks such as `_h_`, which no word of a pattern can hit and beside which `\b` holds; `shown`
writes them out.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

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
_NAMES = {mark: name for name, mark in MARKS.items()}
_MARK = re.compile(r"(?<![A-Za-z0-9])(?:_h_=|_(?:r|rd|s|sd|a|h|i|x|n)_(?![A-Za-z0-9]))")


def shown(text: str) -> str:
    """A template as people read it: `_h_` as `{host}`, and blocklist zones by their names."""
    return _MARK.sub(lambda mark: f"{{{_NAMES[mark[0]]}}}" if mark[0] in _NAMES else "", text)


class Names(NamedTuple):
    """The names whose role is known, lower-case."""

    recipient: str = ""
    recipient_domain: str = ""
    sender: str = ""
    sender_domain: str = ""


NOBODY = Names()


def names(recipient: str | None, sender: str | None) -> Names:
    """The names by role; a domain that is both the sender's and the recipient's has no role."""
    if not recipient and not sender:
        return NOBODY
    to, by = (recipient or "").strip("<> ").lower(), (sender or "").strip("<> ").lower()
    to_domain, by_domain = (
        to.rpartition("@")[2] if "@" in to else "",
        by.rpartition("@")[2] if "@" in by else "",
    )
    if to_domain == by_domain:
        to_domain = by_domain = ""
    return Names(to, to_domain, by if by != to else "", by_domain)


_EDGE = ".:!?,*-_/+#~$&"
_PLAIN_SEPARATORS = "\t\n\r<>()[]{}\"',;|="
_SEPARATORS = dict.fromkeys(map(ord, f"{_PLAIN_SEPARATORS}（），：；。、「」【】"), " ")
_ASCII_SEPARATORS = bytes.maketrans(_PLAIN_SEPARATORS.encode(), b" " * len(_PLAIN_SEPARATORS))
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9]@[A-Za-z0-9]")
_UNSPACED = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
"""Scripts that put no space between words: beside a plain address they are not part of it."""
_URL = re.compile(r"(?<![A-Za-z])(?:https?|ftp)://[^\s<>\"'\])]+")
_URL_OR_ADDRESS = re.compile(
    _URL.pattern + r"|(?<![\w.+=&'*/~#%-])(?:(?:prvs|msprvs\d|srs[01]|btv1)[=+-]|[\w.]{1,64}[+'-])"
    r"[\w.+=&'*/~#%-]{1,90}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{1,63}",
    re.IGNORECASE,
)
"""Links, and addresses that hold what elsewhere separates words: VERP, BATV, SRS, O'Neil."""
_HIDDEN = re.compile(
    r"\[e-?mail.protected\]|<[\w. -]{1,40}>@(?:<[\w. -]{1,40}>(?:\.[\w.-]{1,20})?|[\w.-]{1,80})"
    r"|(?<![\w.+-])[\w.+-]{1,64}@<[\w. -]{1,40}>|" + _URL_OR_ADDRESS.pattern,
    re.IGNORECASE,
)
"""The same, and addresses that somebody hid before he showed the reply to others."""
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?:[:/#]\d{1,5})?|[x#]{1,3}(?:\.[x#]{1,3}){3}", re.IGNORECASE)
_IPV6 = re.compile(
    r"(?:IPv6:)?[0-9A-F]{0,4}(?::[0-9A-F]{0,4}){2,8}(?:[0-9.]{7,15})?(?:/\d{1,3})?", re.IGNORECASE
)
_CODE = re.compile(r"[245]\d\d(?:\.\d+|-[245]\.\d{1,3}\.\d{1,3})?|[245]\.\d{1,3}\.\d{1,3}(?:-\d{1,3})?")
_CLOCK = re.compile(r"\d{1,2}:\d\d:\d\d")
_CODE_WORD = re.compile(r"\b(?:rfc|code|error|errno|err)[ :=#-]{0,3}$", re.IGNORECASE)
_CONTACT = re.compile(
    r"(?:delist\w*|unblock\w*|removals?|remove\w*|blacklist\w*|blocklist\w*|spamblock)", re.IGNORECASE
)
_URL_VALUE = re.compile(
    r"(?<=[=/?])(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|(?=[^=&?/#]*[0-9])[^=&?/#]{24,})(?=[&/?#;]|$)"
)
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*(?:[kmg]i?b?|[smhd]|%)?", re.IGNORECASE)
_TOP_LEVEL = (
    "com net org edu gov mil int info biz name mobi pro arpa eu example invalid test localhost local lan "
    "internal localdomain email mail cloud online site shop store tech app dev xyz club top live world "
    "company agency group solutions systems digital media services center network asia travel jobs museum "
    "coop aero cat tel"
)
_TLDS = frozenset(_TOP_LEVEL.split())
"""Besides those of two letters and those that are encoded (`xn--`)."""
_HOST = re.compile(
    r"(?:[a-z0-9_][a-z0-9_-]{0,62}\.)+([a-z]{2,}|xn--[a-z0-9-]+)\.?(?::\d{1,5})?", re.IGNORECASE
)
_SPOKEN_OF = re.compile(r"\b(?:from|client|helo|ehlo|domain|host|by|using|for)[ :=<]{1,3}$", re.IGNORECASE)
_ZONE = re.compile(
    r"(?:^|[.-])(?:[a-z]{0,4}bl\d?|dns[bw]l|zen|blackholes?|black-?list|block-?list|dul|dnsrbl)[.-]"
    r"|(?:^|\.)(?:spamhaus|spamcop|sorbs|barracudacentral|uceprotect|abusix|mailspike|invaluement|surriel|manitu"
    r"|spfbl|junkemailfilter|backscatterer|spamrats|mail-abuse|dronebl|blocklist|0spam|gbudb|surbl|uribl)\."
)
"""Names of blocklist zones: which list it was is worth knowing, so the name stays behind the mark."""
_ID = re.compile(
    r"(?:[A-Za-z]+\d+|\d+[A-Za-z]+\d)[A-Za-z0-9_+/=.-]*[A-Za-z][A-Za-z0-9_+/=.-]*"
    r"|(?=[A-Fa-f-]*\d)(?=[\d-]*[A-Fa-f])[0-9A-Fa-f-]{10,}"
)
_LONG_ID = 9

_FOLD: dict[int, str] = {
    ord(a): b for a, b in zip("‘’‚‛“”„«»´`‐‑‒–—\u00a0\u3000İı", "''''\"\"\"\"\"''-----  Ii", strict=True)
}


def _fold_table() -> None:
    import string
    import unicodedata

    for point in range(0xC0, 0x250):
        parts = unicodedata.normalize("NFD", chr(point))
        if len(parts) > 1 and parts[0].isascii():
            _FOLD.setdefault(point, parts[0])
    _FOLD.update({ord(a): b for a, b in zip("łŁøØđĐſςΣ", "lLoOdDsσσ", strict=True)})
    _FOLD.update({ord(c) + 0xFEE0: c for c in string.ascii_letters + string.digits})


_fold_table()


def fold(text: str) -> str:
    """Lower-case, plain quotes and dashes, Latin letters of one width without accents; as long as `text`."""
    if text.isascii():
        return text.lower()
    text = text.translate(_FOLD)
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _is_top_level(label: str) -> bool:
    """Whether a label is a top-level domain rather than the word behind a full stop."""
    return len(label) == 2 or label in _TLDS or label.startswith("xn--")


def _kind(token: str, known: Names, text: str, start: int) -> str | None:
    """The placeholder for one bare token, or None where it stays."""
    if "@" in token:
        local, _, domain = token.rpartition("@")
        if not local or not domain or _CONTACT.fullmatch(local):
            hidden = start and text[start - 1] == "*" if domain else text.startswith("..", start + len(token))
            return MARKS["address"] if hidden else None
        bare = token.lower().rpartition(":")[2]  # RCPT TO:eva@example.net
        if bare == known.recipient:
            return MARKS["recipient"]
        return MARKS["sender"] if bare == known.sender else MARKS["address"]
    if token.isdigit():
        named = len(token) < 6 and _CODE_WORD.search(text, max(0, start - 9), start)
        return None if named or len(token) == 3 else MARKS["number"]
    digit = token[0].isdigit()
    if "." in token:
        if digit and _CODE.fullmatch(token):
            return None
        if _IPV4.fullmatch(token):
            return MARKS["ip"]
        if (host := _HOST.fullmatch(token)) and _is_top_level(host[1].lower()):
            lowered = token.lower().rstrip(".")
            if lowered == known.recipient_domain:
                return MARKS["recipient_domain"]
            if lowered == known.sender_domain:
                return MARKS["sender_domain"]
            return f"{MARKS['host']}={lowered}" if _ZONE.search(lowered) else MARKS["host"]
    if token.count(":") > 1 and not _CLOCK.fullmatch(token) and _IPV6.fullmatch(token):
        return MARKS["ip"]
    if digit and _NUMBER.fullmatch(token):
        return MARKS["number"]
    if len(token) >= _LONG_ID and _ID.fullmatch(token):
        return MARKS["id"]
    return None


_Masked = tuple[int, int, str]
"""Start and length of what is masked, and the mark for it."""


class Template(msgspec.Struct, frozen=True, gc=False):
    """The template, the hosts that stood in the text, and what was replaced.

    `edits` are (start in the template, start in the text, length in the template, length in the text).
    """

    text: str
    hosts: tuple[str, ...]
    edits: tuple[tuple[int, int, int, int], ...]


def template(text: str, known: Names = NOBODY) -> Template:
    """Reduce one line to its template, in linear time."""
    hosts: list[str] = []
    found: list[_Masked] = []
    at = "@" in text
    odd = at and ("=" in text or "'" in text)  # addresses that hold separators
    hidden = (at and (">@" in text or "@<" in text)) or "protected]" in text
    if odd or hidden or "://" in text:
        done = 0
        for match in (_HIDDEN if hidden else _URL_OR_ADDRESS if odd else _URL).finditer(text):
            whole = match[0]
            if "://" in whole:
                masked: str | None = _URL_VALUE.sub(MARKS["id"], whole)
            elif hidden and ("<" in whole or "[" in whole):
                masked = MARKS["address"]
            else:
                masked = _kind(whole, known, text, match.start())
            _find(text, (done, match.start()), known, found, hosts)
            done = match.end()
            if masked is not None and masked != whole:
                found.append((match.start(), len(whole), masked))
        _find(text, (done, len(text)), known, found, hosts)
    else:
        _find(text, (0, len(text)), known, found, hosts)
    edits: list[tuple[int, int, int, int]] = []
    pieces: list[str] = []
    done = shift = 0
    for start, length, mark in found:
        pieces += (text[done:start], mark)
        edits.append((start + shift, start, len(mark), length))
        done = start + length
        shift += len(mark) - length
    pieces.append(text[done:])
    return Template("".join(pieces), tuple(hosts), tuple(edits))


def _client(text: str, start: int, end: int) -> bool:
    """Whether a host in a reply is the client that it speaks of rather than the one that speaks."""
    after = text[end : end + 3].lstrip()
    return after[:1] in ("[", "(") or _SPOKEN_OF.search(text, max(0, start - 12), start) is not None


def _find(text: str, span: tuple[int, int], known: Names, found: list[_Masked], hosts: list[str]) -> None:
    """Append what is to be masked in a span of the text, and the names of hosts."""
    begin, end = span
    part = text if end - begin == len(text) else text[begin:end]
    if part.isascii():
        part = part.encode().translate(_ASCII_SEPARATORS).decode()
    else:
        part = part.translate(_SEPARATORS)
        if _PLAIN_ADDRESS.search(part):
            part = _UNSPACED.sub(lambda run: " " * len(run[0]), part)
    for token in [token for token in part.split() if not token.isalpha()]:
        core = token.strip(_EDGE)
        if core.isalpha() or not core:
            continue
        if ":" in core and "@" in core:  # in a list "eva@example.com:quota exceeded" the reason follows
            local, _, domain = core.rpartition("@")
            core = f"{local}@{domain.partition(':')[0]}"
        # No token in between can hold it: those that were passed over are words.
        start = text.index(core, begin)
        begin = start + len(core)
        if len(core) == 3 and core.isdigit():
            continue  # a reply code, as most replies start with
        mark = _kind(core, known, text, start)
        if mark is not None:
            found.append((start, len(core), mark))
            if mark == MARKS["host"] and not _client(text, start, begin):
                hosts.append(core.lower())


def restore(text: str, masked: Template, span: tuple[int, int]) -> str:
    """The original text under a span of its template: what a reader recognises."""
    return text[_original(masked, span[0], 0) : _original(masked, span[1], 1)].strip(" ,;:<>'\"([")


def _original(masked: Template, at: int, end: int) -> int:
    """Where a position of the template lies in the text; inside a mark, an end of what it stands for."""
    shift = 0
    for start, origin, width, length in masked.edits:
        if at <= start:
            break
        if at < start + width:
            return origin + (length if end else 0)
        shift = origin + length - start - width
    return at + shift
