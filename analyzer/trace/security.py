"""TLS and authentication as Received fields state them, from all the places where they stand."""

from __future__ import annotations

import re

from analyzer.model import Tls

_VERSION = r"(?:TLS|SSL)[ _]?-?v?\d(?:[._]\d)?(?:/SSLv\d)?"
_TLS_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        # Postfix, Stalwart, MessageLabs
        rf"using (?P<version>{_VERSION})(?: with cipher (?P<cipher>[\w-]+))?",
        # Gmail, Sendmail, Microsoft, Mailgun
        rf"version=(?P<version>{_VERSION})[^\s,]*,?(?:\s*cipher=(?P<cipher>[\w-]+))?",
        # Courier: (AUTH: LOGIN x, TLS: TLSv1.2,256bits,ECDHE-…)
        rf"(?:TLS|SSL): ?(?P<version>{_VERSION}),\s*\d+ ?bits,\s*(?P<cipher>[\w-]+)",
        # Exim, OpenSMTPD: (TLS1.3:TLS_AES…:256), X=TLS1.2:…, Cipher TLSv1:DES-CBC3-SHA:168
        rf"(?:^|X=|Cipher )(?P<version>{_VERSION}):(?:ke-)?(?P<cipher>[A-Z0-9][\w-]*)",
        # Exim 4.94 and later: (TLS1.3) tls TLS_AES_256_GCM_SHA384; (TLSv1.3 TLS_AES_256_GCM_SHA384)
        rf"^(?P<version>{_VERSION})(?: (?P<cipher>[A-Z][\w-]+))?$",
        # Exim with GnuTLS: (UNKNOWN:AES256-GCM-SHA384:256)
        r"^UNKNOWN:(?P<cipher>[A-Z0-9][\w-]+):\d+",
        # Haraka, ecelerity: (cipher=TLS_AES_256_GCM_SHA384)
        r"^cipher=(?P<cipher>[\w-]+)",
        # qmail: with (ECDHE-RSA-AES256-GCM-SHA384 encrypted) SMTP
        r"^(?P<cipher>[A-Z0-9][\w-]+) encrypted$",
    )
)
_TLS_WORDS = re.compile(r"TLS|SSL|cipher|^UNKNOWN:| encrypted$|Transport Security$", re.IGNORECASE)
_BARE = re.compile(
    r"^(?:E?SMTP/)?(?:TLS|SSL)$|^Google Transport Security$|^(?:using )?(?:TLS|SSL)\b", re.IGNORECASE
)
# IronPort: ESMTP/TLS/AES128-SHA; qmail: ECDHE-RSA-AES256-GCM-SHA384 encrypted SMTP
_WITH_SLASH = re.compile(
    r"^\w+/(?:TLS|SSL)(?:/(?P<cipher>[\w-]+))?|^(?P<qmail>[\w-]+) encrypted\b", re.IGNORECASE
)
_ENCRYPTED = re.compile(
    r"^(?:UTF8)?(?:E?SMTP|LMTP|ESMTP|QMTP|HTTP|ASMTP|ESSMTP)SA?$|TLS$|SSL$|^E?SMTP-TLS", re.IGNORECASE
)
_AUTH_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"^Authenticated sender: ?(?P<user>\S+)",
        r"^AUTH: ?(?:[A-Z0-9-]+ )?(?P<user>[^\s,)]+)",
        r"authenticated (?:user|as|sender)[: ]+(?P<user>[^\s,;)]+)",
        r"^(?:auth as|smtp-auth username) (?P<user>[^\s,;)]+)",
        r"^(?P<user>\S+)@\[?[\d.:a-f]+\]? with \w+$",
        r"^(?:\(?authenticated\b)",
    )
)
_AUTH_WORDS = re.compile(r"auth| with \w+$", re.IGNORECASE)
_AUTH_WITH = re.compile(r"^(?:UTF8)?(?:ESMTP|SMTP|LMTP)S?A$|^ASMTPS?$", re.IGNORECASE)
_SEARCHED = 4096


def read_tls(
    comments: list[str], protocol: str | None, clause: str | None, *, over: str | None = None
) -> tuple[Tls | None, set[str]]:
    """TLS as stated, and the comments that said it.

    `clause` is the `tls` clause (RFC 8314 4.3), `over` Microsoft's `over TLS secured channel`. None means
    not encrypted or not stated; an encrypted hop without details is a Tls without values.
    """
    version = cipher = None
    stated = False
    used: set[str] = set()
    for comment in comments:
        text = comment[:_SEARCHED]
        if not _TLS_WORDS.search(text):
            continue
        for form in _TLS_FORMS:
            match = form.search(text)
            if match:
                parts = match.groupdict()
                version = version or parts.get("version")
                cipher = cipher or parts.get("cipher")
                stated = True
                used.add(comment)
                break
        else:
            if _BARE.match(text):
                stated = True
                used.add(comment)
    if clause:
        stated = True
        if re.fullmatch(_VERSION, clause, re.IGNORECASE):
            version = version or clause
        else:
            cipher = cipher or clause.split()[0]
    stated = stated or bool(over and over[:3].upper() == "TLS")
    if protocol:
        slash = _WITH_SLASH.match(protocol)
        if slash:
            stated, cipher = True, cipher or slash["cipher"] or slash["qmail"]
        elif not stated and any(_ENCRYPTED.search(word) for word in protocol.split()):
            stated = True
    if cipher and cipher.upper() in ("OTHER", "UNKNOWN", "NONE"):
        cipher = None
    return (Tls(version=_spelt(version), cipher=cipher) if stated else None), used


def _spelt(version: str | None) -> str | None:
    if version is None:
        return None
    match = re.match(r"(TLS|SSL)[ _-]?v?(\d)(?:[._](\d))?(/)?", version, re.IGNORECASE)
    if match is None or match[4]:
        return None  # OpenSSL's TLSv1/SSLv3 names a family of ciphers, not the version in use
    return f"{match[1].upper()}v{match[2]}" + (f".{match[3]}" if match[3] else "")


def read_authentication(comments: list[str], protocol: str | None) -> tuple[str | None, set[str]]:
    """The authenticated user (`yes` where the field gives no name), and the comments that said it."""
    user: str | None = None
    used: set[str] = set()
    for comment in comments:
        text = comment[:_SEARCHED]
        if not _AUTH_WORDS.search(text):
            continue
        for form in _AUTH_FORMS:
            match = form.search(text)
            if match:
                named = match.groupdict().get("user")
                user = named if named and user in (None, "yes") else user or "yes"
                used.add(comment)
                break
    if user is None and protocol and any(_AUTH_WITH.match(word) for word in protocol.split()):
        user = "yes"
    return user, used
