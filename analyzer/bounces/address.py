"""Addresses as reports spell them: typed (RFC 3464 2.3), xtext (RFC 3461 4), SRS, BATV, VERP."""

from __future__ import annotations

import re

_TYPED = re.compile(r"\s*[A-Za-z][A-Za-z0-9-]*\s*;\s*")
_ADDRESS = re.compile(
    r"""(?:"(?:[^"\\\n]|\\.){1,64}"|[^\s<>()\[\],;:"@\\]{1,128}+)@(?:\[[0-9A-Fa-f.:IPv]{3,45}\]|[^\s<>()\[\],;:"'@\\/=?&]{1,255})"""
)
_HEX = re.compile(r"\+([0-9A-F]{2})")
_UNICODE = re.compile(r"\\x\{([0-9A-Fa-f]{2,6})\}")
_SPECIAL = set("+=@\"\\()<>,;:[]% !#$&'*/?^`{|}~-._")
_SRS0 = re.compile(r"srs0[=+-][^=]{1,12}=[^=]{1,4}=([^=]+)=(.+)", re.IGNORECASE)
_SRS1 = re.compile(r"srs1[=+-][^=]{1,12}=[^=]*={1,2}[^=]{1,12}=[^=]{1,4}=([^=]+)=(.+)", re.IGNORECASE)
_BATV = re.compile(
    r"(?:prvs=[0-9A-Za-z]{6,12}=(.+)|prvs=(.+)/[0-9A-Za-z]{6,12}|btv1==[0-9A-Za-z]{9,14}==(.+))",
    re.IGNORECASE,
)
_VERP = re.compile(r"([^@=\s]{1,200})=((?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z0-9-]{2,63})")
_TOKENS = re.compile(r"([-+.]?[-+])")
_PREFIX = re.compile(
    r"bounces?|returns?|errors?|verp|news(?:letter)?s?|mailing|lists?|owner|request|msprvs\d*|\d+|(?=\w*\d)[0-9a-f]{4,}",
    re.IGNORECASE,
)
_DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|postmaster|mail-daemon|maildaemon|mdaemon|double-?bounce|bounces?)(?:[+=-].*)?",
    re.IGNORECASE,
)


def find(value: str) -> str | None:
    """The first address in `value`, without brackets; None where there is none."""
    match = _ADDRESS.search(value)
    return match[0].rstrip(".'") if match else None


def find_all(value: str) -> list[str]:
    """All addresses in `value`, in order."""
    return [match[0].rstrip(".'") for match in _ADDRESS.finditer(value)]


def typed(value: str) -> str | None:
    """The address of `rfc822; user@example.com` and its damaged forms, case kept.

    A local name without a domain (`x-local; root`) is given as it stands.
    """
    if not value:
        return None
    kind = _TYPED.match(value)
    rest = value[kind.end() :] if kind else value
    if "\\" in rest:
        rest = _UNICODE.sub(_character, rest)
    rest = rest.strip()
    found = find(rest)
    if found:
        return found
    rest = rest.strip("<>\"' \t")
    return rest if kind and rest and not re.search(r"[\s:;,]", rest) else None


def original(value: str) -> str | None:
    """Like `typed`, with xtext undone where it is xtext."""
    found = typed(value)
    return xtext(found) if found else None


def xtext(value: str) -> str:
    """`value` decoded if every plus sign in it begins an encoded special character (RFC 3461 4).

    Many write the address as it is, so `user+AB@example.com` stays.
    """
    if "+" not in value:
        return value
    codes = _HEX.findall(value)
    if len(codes) != value.count("+"):
        return value
    characters = [chr(int(code, 16)) for code in codes]
    if any(character not in _SPECIAL or character == " " for character in characters):
        return value
    decoded = _HEX.sub(lambda match: chr(int(match[1], 16)), value)
    return decoded if decoded.count("@") == 1 else value


def rewritten(value: str) -> str | None:
    """The address inside an SRS or BATV one; None where it is neither."""
    local, at, _ = value.rpartition("@")
    if not at:
        return None
    match = _SRS0.fullmatch(local) or _SRS1.fullmatch(local)
    if match:
        return f"{match[2]}@{match[1]}"
    match = _BATV.fullmatch(local)
    if match:
        return f"{match[1] or match[2] or match[3]}@{value.rpartition('@')[2]}"
    return None


def verp(value: str) -> str | None:
    """The recipient that a variable envelope return path carries (`bounce-17-eva=example.net@lists…`).

    None unless all before the recipient is clearly not of it: a local part may hold dashes itself.
    """
    local = value.rpartition("@")[0]
    match = _VERP.fullmatch(local)
    if not match or rewritten(value):
        return None
    tokens = _TOKENS.split(match[1])
    begin = 0
    while begin < len(tokens) - 2 and _PREFIX.fullmatch(tokens[begin]):
        begin += 2  # each token has its separator behind it
    return f"{''.join(tokens[begin:])}@{match[2]}" if begin else None


def is_machine(value: str) -> bool:
    """Whether `value` is a mailer's own address rather than somebody's."""
    return _DAEMON.fullmatch(value.partition("@")[0]) is not None


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return chr(code) if 0x20 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]
