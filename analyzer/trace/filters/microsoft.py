"""Microsoft 365 and Outlook.com: Forefront, X-Microsoft-Antispam, Mailbox-Delivery, SCL.

Source: Microsoft's page "Anti-spam message headers in Microsoft 365".
"""

from __future__ import annotations

from collections.abc import Callable

from analyzer.model import SpamVerdict
from analyzer.trace.filters.number import number

_SFV = {
    "SPM": "marked as spam by the spam filter",
    "NSPM": "not spam",
    "SKI": "not filtered: mail inside the organization",
    "SKA": "not filtered: the sender is on an allow list",
    "SKN": "not filtered: marked as not spam before the filter (transport rule)",
    "SKQ": "released from quarantine",
    "SKB": "marked as spam: the sender is on a block list",
    "SKS": "marked as spam before the filter (transport rule)",
    "SFE": "not filtered: the sender is on the user's safe list",
    "BLK": "blocked: the sender is on the user's block list",
    "DMS": "quarantined by the user's own settings",
}
_SPAM_SFV = {"SPM", "SKB", "SKS", "BLK"}
_CLEAN_SFV = {"NSPM", "SKI", "SKA", "SKN", "SKQ", "SFE"}
_CATEGORIES = {
    "NONE": "none",
    "BULK": "bulk mail",
    "SPM": "spam",
    "HSPM": "spam, high confidence",
    "PHSH": "phishing",
    "HPHSH": "phishing, high confidence",
    "HPHISH": "phishing, high confidence",
    "MALW": "malware",
    "SPOOF": "spoofing",
    "DIMP": "domain impersonation",
    "UIMP": "user impersonation",
    "GIMP": "impersonation found by mailbox intelligence",
    "AMP": "anti-malware",
    "SAP": "safe attachments",
    "FTBP": "attachment type filter",
    "OSPM": "outbound spam",
    "INTOS": "intra-organization phishing",
}
_THREATS = {"PHSH", "HPHSH", "HPHISH", "MALW", "SPOOF", "DIMP", "UIMP", "GIMP", "SAP", "FTBP", "INTOS"}
_IPV = {"CAL": "IP on an allow list: not filtered", "NLI": "IP on no reputation list"}
_DIRECTIONS = {"INB": "inbound", "OUT": "outbound", "INT": "internal"}
_SCL_SPAM = 5
_DESTINATIONS = {"I": "inbox", "J": "junk", "C": "a folder chosen by a rule", "D": "deleted"}

COMPAUTH = {
    "000": "explicit fail: the sender's DMARC policy asks for quarantine or reject",
    "001": "implicit fail: the domain publishes no authentication, or a weak policy",
    "002": "fail: the organization forbids this sender and domain pair",
    "010": "fail: DMARC failed, and the sending domain is one of the receiving organization's own",
}
_COMPAUTH_FAMILIES = {
    "1": "pass: authenticated",
    "2": "soft pass: authenticated implicitly",
    "3": "not checked",
    "4": "not checked: bypassed",
    "6": "implicit fail: the sending domain is one of the receiving organization's own",
    "7": "pass: authenticated",
    "9": "not checked: bypassed",
}


def compauth(code: str) -> str | None:
    """What the three-digit reason of composite authentication (`compauth=`) means, in words."""
    return COMPAUTH.get(code) or (_COMPAUTH_FAMILIES.get(code[:1]) if len(code) == 3 else None)


def _pairs(value: str) -> dict[str, str]:
    """`KEY:value;KEY:value` as a dictionary; the first of a repeated key counts."""
    pairs: dict[str, str] = {}
    for item in value.split(";"):
        key, colon, text = item.partition(":")
        if colon and text.strip():
            pairs.setdefault(key.strip().upper(), text.strip())
    return pairs


def forefront(value: str) -> SpamVerdict:
    """X-Forefront-Antispam-Report."""
    pairs = _pairs(value)
    decoded = {}
    for key, name, words in (
        ("SFV", "filter", _SFV),
        ("CAT", "category", _CATEGORIES),
        ("IPV", "IP", _IPV),
        ("DIR", "direction", _DIRECTIONS),
    ):
        if key in pairs:
            decoded[name] = words.get(pairs[key].upper(), pairs[key])
    names = (("SCL", "spam confidence level"), ("CIP", "client IP"), ("CTRY", "country"))
    for key, name in (*names, ("LANG", "language"), ("H", "HELO"), ("PTR", "reverse DNS")):
        if key in pairs:
            decoded[name] = pairs[key]
    score = number(pairs.get("SCL"))
    category, filtered = pairs.get("CAT", "").upper(), pairs.get("SFV", "").upper()
    verdict = _verdict(filtered, category, score)
    return SpamVerdict(vendor="Microsoft Forefront", field="", verdict=verdict, score=score, decoded=decoded)


def _verdict(filtered: str, category: str, level: float | None) -> str | None:
    if category in _THREATS:
        return _CATEGORIES[category]
    if filtered in _SPAM_SFV or (level is not None and level >= _SCL_SPAM):
        return "spam"
    if category == "BULK":
        return "bulk"
    if filtered in _CLEAN_SFV or level is not None:
        return "not spam"
    return None


def antispam(value: str) -> SpamVerdict | None:
    """X-Microsoft-Antispam: only the bulk complaint level has a published meaning."""
    level = number(_pairs(value).get("BCL"))
    if level is None:
        return None
    words = (
        "not bulk" if level == 0 else "few complaints" if level <= 3 else "mixed" if level <= 7 else "many"
    )
    words = {"mixed": "a mixed number of complaints", "many": "many complaints"}.get(words, words)
    decoded = {"bulk complaint level": f"{level:g}: {words}"}
    return SpamVerdict(vendor="Microsoft", field="", verdict=None, score=level, decoded=decoded)


def delivery(value: str) -> SpamVerdict | None:
    """X-Microsoft-Antispam-Mailbox-Delivery: `dest` is where the message was put."""
    target = _pairs(value).get("DEST", "").upper()
    if not target:
        return None
    decoded = {"delivered to": _DESTINATIONS.get(target, target)}
    return SpamVerdict(
        vendor="Microsoft mailbox", field="", verdict=_DESTINATIONS.get(target), decoded=decoded
    )


def level(value: str) -> SpamVerdict | None:
    """X-MS-Exchange-Organization-SCL: the spam confidence level alone."""
    score = number(value)
    if score is None:
        return None
    verdict = "spam" if score >= _SCL_SPAM else "not spam"
    decoded = {"spam confidence level": "-1: not filtered"} if score == -1 else {}
    return SpamVerdict(vendor="Microsoft Exchange", field="", verdict=verdict, score=score, decoded=decoded)


FIELDS: dict[str, Callable[[str], SpamVerdict | None]] = {
    "x-forefront-antispam-report": forefront,
    "x-forefront-antispam-report-untrusted": forefront,
    "x-microsoft-antispam": antispam,
    "x-microsoft-antispam-untrusted": antispam,
    "x-microsoft-antispam-mailbox-delivery": delivery,
    "x-ms-exchange-organization-scl": level,
}
