"""Who the client was: HELO name, reverse DNS and IP out of the from clause, by each MTA's habit.

The same words mean different things: Postfix and Sendmail write `HELO (rdns [ip])`, Exim
`rdns ([ip] helo=HELO)`, qmail `rdns (HELO x) (ip)`, Exchange `HELO (ip)`, GMX `rdns (EHLO x) [ip]`.
Each habit is one small function over one comment or the clause's own words.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from analyzer.trace.clauses import Clause
from analyzer.trace.domains import LIKE_AN_IP

_IPV4 = r"(?:\d{1,3}\.){3}\d{1,3}"
_IPV6 = rf"(?:[0-9A-Fa-f]{{0,4}}:){{2,7}}(?:{_IPV4}(?![\w.])|[0-9A-Fa-f]{{0,4}})"
_ADDRESS = re.compile(
    rf"(?<![\w.:-])(?:IPv6:)?(?:(?P<v4>{_IPV4})(?![A-Za-z0-9-]|\.\d)|(?P<v6>{_IPV6})(?:%\w{{1,16}})?(?![\w:]))",
    re.IGNORECASE,
)
_LITERAL = re.compile(r"\[+([^\[\]\s]{2,80}?)\]")
# Exim before 4 joined address and port with a dot.
_DOTTED_PORT = re.compile(rf"({_IPV4})\.\d{{1,5}}$")
_PORT = re.compile(r"\]:\d{1,5}$")
_HELO = re.compile(r"^(HELO|EHLO|LHLO)(?:[ =]+(.*))?$", re.IGNORECASE | re.DOTALL)
_HELO_WORD = re.compile(r"[\s\"](?:HE|EH|LH)LO[ =]([^\s\"]+)")
_KEYS = re.compile(r"(?:^|\s)(helo|ident|port)=(\S*)", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.:-]*[A-Za-z0-9_])?\.?$")
_ACCOUNT = re.compile(r"^account\s+(\S+)", re.IGNORECASE)
_NO_NAME = frozenset(
    (
        "unknown",
        "unknown-host",
        "unverified",
        "really",
        "no-name",
        "none",
        "rdns",
        "unavailable",
        "softdnserr",
    )
)
_SEARCHED = 4096


class Client(msgspec.Struct):
    """What a from clause says of the client; `left` and `left_words` are what no habit read."""

    name: str | None = None
    host: str | None = None
    ip: str | None = None
    user: str | None = None
    notes: list[str] = []
    left: list[str] = []
    left_words: list[str] = []
    named_by_dns: bool = False
    """Whether the clause's first word is the reverse DNS and not the HELO name."""
    no_helo: bool = False
    """Whether the clause says that the client gave no name."""


@lru_cache(4096)
def valid_ip(text: str) -> str | None:
    """The address in its usual spelling, IPv4-mapped ones as IPv4, None where it is none."""
    if not LIKE_AN_IP.match(text):
        return None
    try:
        address = ipaddress.ip_address(text.split("%", 1)[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def find_ip(text: str) -> str | None:
    """The first valid IP address in `text`, those in brackets first."""
    text = text[:_SEARCHED]
    if "[" in text:
        for literal in _LITERAL.finditer(text):
            ported = _DOTTED_PORT.match(literal[1])
            found = _first_ip(ported[1] if ported else literal[1])
            if found:
                return found
    return _first_ip(text)


def _first_ip(text: str) -> str | None:
    for match in _ADDRESS.finditer(text):
        found = valid_ip(match["v4"] or match["v6"])
        if found:
            return found
    return None


def host_name(text: str) -> str | None:
    """A host name as the contract spells it: lower-case, without brackets and final dot."""
    text = _PORT.sub("", text.strip().strip(",;")).strip("[]<>")
    if text[:5].lower() == "ipv6:":
        text = text[5:]
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    return text.rstrip(".").lower() or None


def read_client(clause: Clause, *, exim: bool = False, qmail: bool = False) -> Client:
    """The client of a from clause. `exim` and `qmail` say whose habit a bare `name (ip)` follows."""
    client = Client(notes=[], left=[], left_words=[])
    first, literal = _first_word(clause.words)
    for comment in clause.comments:
        for habit in _HABITS:
            if habit(comment, client):
                break
        else:
            client.left.append(comment)
    for word in _known_words(clause.words[1:], client):
        ip = find_ip(word)
        if ip is None or client.ip not in (None, ip):
            client.left_words.append(word)
        client.ip = client.ip or ip
    if literal and client.ip is None:
        client.ip = literal
    if client.ip is None and first and "@" in first:
        client.ip = find_ip(first.rpartition("@")[2])
    _name(
        client,
        first,
        by_dns=client.named_by_dns or ((exim or qmail) and client.host is None and bool(client.ip)),
    )
    return client


def _known_words(words: list[str], client: Client) -> list[str]:
    """The words after the first, without phrases that some servers write there."""
    text = " ".join(words)[:_SEARCHED]
    if _APPLICATION.match(text):
        return []
    user = _AS_USER.match(text)
    if user:
        client.user = user[1]
        return []
    claimed = _CLAIMING.match(text) or _LOST_KEYS.match(text)
    if claimed:
        client.name, client.named_by_dns = host_name(claimed[1]), True
        return []
    return words


# Gmail's API, IMP, Obtuse smtpd, and Exim where somebody lost the parentheses.
_APPLICATION = re.compile(r"named \S+$")
_AS_USER = re.compile(r"as user (\S+)$")
_CLAIMING = re.compile(r',? ?claiming to be "([^"]{1,255})"$')
_LOST_KEYS = re.compile(r"(?:port=\d+ )?helo=(\S+)$")


def _first_word(words: list[str]) -> tuple[str | None, str | None]:
    """The clause's first word, and the IP address if it is one."""
    if not words:
        return None, None
    first = words[0]
    return first, valid_ip((host_name(first) or "").partition("]")[0]) or (
        find_ip(first) if first.startswith("[") else None
    )


def _name(client: Client, first: str | None, *, by_dns: bool) -> None:
    """Puts the clause's first word where it belongs."""
    if first is None:
        return
    attached = re.match(r"([^\[\]]+)\[([^\]]+)\]$", first)
    if attached and client.ip is None:
        client.ip = find_ip(attached[2])
    name = host_name(attached[1] if attached and find_ip(attached[2]) else first)
    if name is None:
        return
    name = valid_ip(name) or name
    if by_dns and not valid_ip(name) and (client.ip or "." in name or name in _NO_NAME):
        if name not in _NO_NAME:
            client.host = name
            client.name = client.name or (None if client.no_helo else name)
    elif client.name is None and not (name == "unknown" and client.ip):
        client.name = name


def _helo_comment(comment: str, client: Client) -> bool:
    """qmail, Zimbra, GMX, Yahoo, CommuniGate: `rdns (HELO x)`, `rdns (EHLO x)`, `rdns (LHLO x)`."""
    match = _HELO.match(comment)
    if not match:
        return False
    rest = (match[2] or "").split()
    client.name = host_name(rest[0]) if rest else None
    client.no_helo = not rest
    client.named_by_dns = True
    if len(rest) > 1 and client.ip is None:
        client.ip = find_ip(" ".join(rest[1:]))
    return True


def _keyed_comment(comment: str, client: Client) -> bool:
    """Exim and ecelerity: `([ip]:port helo=x ident=y)`."""
    if "=" not in comment:
        return False
    keys = {key.lower(): value for key, value in _KEYS.findall(comment[:_SEARCHED])}
    if "helo" not in keys and "ident" not in keys and "port" not in keys:
        return False
    if keys.get("helo"):
        client.name = host_name(keys["helo"])
    if keys.get("ident"):
        client.notes.append(f"ident {keys['ident']}")
    client.named_by_dns = True
    before = _KEYS.split(comment[:_SEARCHED], maxsplit=1)[0]
    client.ip = client.ip or find_ip(before)
    return True


def _remark_comment(comment: str, client: Client) -> bool:
    """Certificates, and what servers think of the name: `(actually x)`, `(unverified)`."""
    if _NO_CERTIFICATE.match(comment):
        return True
    certificate = _CERTIFICATE.match(comment)
    if certificate:
        trusted = (
            "not verified"
            if "not verified" in comment
            else "verified"
            if "verified OK" in comment
            else "shown"
        )
        client.notes.append(f"client certificate {certificate[1]}, {trusted}")
        return True
    actual = _ACTUAL.match(comment)
    if actual:
        client.host = host_name(actual[1])
        return True
    if comment.lower() in ("unverified", "apparently"):
        client.notes.append("name not verified")
        return True
    proxied = _PROXIED.match(comment)
    if proxied:
        client.notes.append(f"on behalf of {proxied[1]}")
        return True
    return bool(_SOFTWARE.match(comment))


_NO_CERTIFICATE = re.compile(
    r"(?:No client certificate|Client did not present a certificate|Client certificate not present)",
    re.IGNORECASE,
)
_CERTIFICATE = re.compile(r'Client CN "([^"]{0,200})"', re.IGNORECASE)
_PROXIED = re.compile(r"proxying for ([^\s,;]{1,100})$", re.IGNORECASE)
_SOFTWARE = re.compile(r"amavisd?\b|(?:\w+ ){1,3}Messaging Server |PMDF |\d+(?:\.\d+)+/\d", re.IGNORECASE)
_ACTUAL = re.compile(r"actually (?:(?!\[)\S+@)?([\w.-]+)$", re.IGNORECASE)


def is_remark(comment: str) -> bool:
    """Whether a comment only says of the client what is no part of a hop, wherever it stands."""
    return bool(_NO_CERTIFICATE.match(comment) or _SOFTWARE.match(comment))


def _account_comment(comment: str, client: Client) -> bool:
    """CommuniGate: `(account user [ip] verified)`, `(account user HELO x)`."""
    match = _ACCOUNT.match(comment)
    if not match:
        return False
    client.user = match[1]
    helo = _HELO_WORD.search(comment[:_SEARCHED])
    if helo:
        client.name = host_name(helo[1])
        client.named_by_dns = True
    client.ip = client.ip or find_ip(comment[match.end() : helo.start() if helo else None])
    return True


def _tcp_info(comment: str, client: Client) -> bool:
    """`rdns [ip]`, `[ip]`, `ip`, `user@rdns [ip]`, `unknown [ip]`, `rdns [ip] (may be forged)`."""
    if client.host is not None and client.ip is not None:
        return False
    text = comment[:_SEARCHED]
    ip = find_ip(text.rpartition("@")[2] if re.match(r"\S+@[\d\[]", text) else text)
    if ip is None or _TLS_WORDS.match(text):
        return False
    if client.ip is not None and client.ip != ip:
        return False
    client.ip = ip
    words = text.replace("[", " [").replace(",", " ").split()
    first = words[0].strip("<>")
    if "@" in first:
        user, _, first = first.rpartition("@")
        user = user.removeprefix("IDENT:")
        client.notes.append(f"ident {user}" if user else "ident")
    if not first.startswith("[") and _HOST.match(first) and len(words) > 1:
        name = host_name(first)
        if name and name not in _NO_NAME and not valid_ip(name):
            client.host = name
    helo = _HELO_WORD.search(text)
    if helo:
        client.name, client.named_by_dns = host_name(helo[1]), True
    lower = text.lower()
    client.notes.extend(note for sign, note in _REMARKS if sign in lower)
    return True


_TLS_WORDS = re.compile(r"(?:using |version=|AUTH:|TLS|SSL|cipher)", re.IGNORECASE)
_REMARKS = (
    ("may be forged", "reverse DNS does not lead back to the IP (may be forged)"),
    ("rdns failed", "no reverse DNS (RDNS failed)"),
    ("unverified", "name not verified"),
    ("misconfigured", "sender's DNS misconfigured"),
)


_SOCKET = re.compile(r"\s*\[(?:local|unix socket|\[UNIX: \w+\])\]$", re.IGNORECASE)


def _host_comment(comment: str, client: Client) -> bool:
    """A bare host name: `(localhost)`, `(helene.example)`, `(root@localhost)`, `(unknown)`."""
    text = _SOCKET.sub("", comment.strip().removesuffix("[]").strip())
    if text.lower() in ("unknown", ""):
        return True
    user, at, name = text.rpartition("@")
    if " " in text or not (name == "localhost" or "." in name) or not _HOST.match(name):
        return False
    if client.host is None and not re.fullmatch(r"[\d.]+", name):
        client.host = host_name(name)
        if at:
            client.notes.append(f"ident {user.removeprefix('IDENT:')}")
        return True
    return False


_HABITS: tuple[Callable[[str, Client], bool], ...] = (
    _helo_comment,
    _keyed_comment,
    _account_comment,
    _remark_comment,
    _tcp_info,
    _host_comment,
)
