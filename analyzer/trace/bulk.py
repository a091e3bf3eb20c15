"""What Gmail and Yahoo ask of bulk senders since 2024, checked as far as a header can show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from analyzer.model import Evidence, Finding, Hop, Trace
from analyzer.trace.domains import address_domain, is_internal
from analyzer.trace.encryption import encrypted
from analyzer.trace.header import Field

_BULK_FIELDS = ("list-unsubscribe", "list-id", "feedback-id", "list-unsubscribe-post")
_ONE_CLICK = re.compile(r"^\s*List-Unsubscribe\s*=\s*One-Click\s*$", re.IGNORECASE)
_HTTPS = re.compile(r"<\s*https://[^<>\s]+\s*>", re.IGNORECASE)
_ANGLES = re.compile(r"<[^<>]*@")
_UNKNOWN = re.compile(r"\(unknown \[")  # Postfix; qmail's `unknown` may also mean that nobody asked the DNS
_SEARCHED = 1024
_DATE_AHEAD, _DATE_BEHIND = timedelta(hours=1), timedelta(days=7)
_MESSAGE_ID = re.compile(r"^<?[^<>@\s]+@[^<>@\s]+>?$")


class Check(NamedTuple):
    """One demand: met, not met, or (None) not to be told from the header."""

    name: str
    met: bool | None
    detail: str


def bulk_checks(trace: Trace, fields: Sequence[Field]) -> list[Check]:
    """Every demand, in the order in which the providers name them."""
    values = {field.key: field.value for field in reversed(fields)}
    unsubscribe, post = values.get("list-unsubscribe"), values.get("list-unsubscribe-post")
    signed = [set(signature.signed_headers) for signature in trace.dkim_signatures]
    covered = any({"list-unsubscribe", "list-unsubscribe-post"} <= names for names in signed)
    aligned = trace.alignment
    entry = next((hop for hop in trace.hops if hop.trusted is not False), None)
    certain = [encrypted(hop) for hop in trace.hops if hop.trusted is not False]
    told = [one for one in certain if one is not None]
    return [
        Check("SPF passes", _said(trace, "spf"), "authentication results"),
        Check("DKIM passes", _said(trace, "dkim"), "authentication results"),
        Check("DMARC passes", _said(trace, "dmarc"), "authentication results"),
        Check(
            "From is aligned with SPF or DKIM",
            None if aligned.dmarc is None else aligned.dmarc == "pass",
            f"SPF {aligned.spf or 'unknown'}, DKIM {aligned.dkim or 'unknown'}",
        ),
        Check(
            "List-Unsubscribe with an https address", bool(_HTTPS.search(unsubscribe or "")), "RFC 2369, 8058"
        ),
        Check(
            "One-click unsubscribe", bool(_ONE_CLICK.match(post or "")), "List-Unsubscribe-Post, RFC 8058 3.1"
        ),
        Check("Both covered by a DKIM signature", covered if unsubscribe and post else None, "RFC 8058 4"),
        Check("TLS on every public hop", all(told) if told else None, "Received fields of the receiver"),
        Check(
            "Reverse DNS of the sending server",
            None if entry is None else _reverse_dns(entry),
            "as the receiver recorded it",
        ),
        Check("One From address", _one_from(fields), "RFC 5322 3.6.2"),
        Check(
            "A valid Message-ID",
            bool(_MESSAGE_ID.match((values.get("message-id") or "").strip())),
            "RFC 5322 3.6.4",
        ),
        Check("A right Date", _dated(trace.date, entry), "RFC 5322 3.6.1"),
    ]


def bulk_findings(trace: Trace, fields: Sequence[Field]) -> list[Finding]:
    """One finding for bulk mail, none for other mail."""
    marks = [field for field in fields if field.key in _BULK_FIELDS]
    if _discussion(fields):
        return []
    precedence = [field for field in fields if field.key == "precedence" and "bulk" in field.value.lower()]
    if not (marks or precedence):
        return []
    checks = bulk_checks(trace, fields)
    missing = [check for check in checks if check.met is False]
    met = sum(check.met is True for check in checks)
    unknown = [check.name for check in checks if check.met is None]
    detail = ". ".join(f"Not met: {check.name} ({check.detail})" for check in missing) or "Nothing is missing"
    if unknown:
        detail += f". Can't be told from this header: {', '.join(unknown)}"
    return [
        Finding(
            id="bulk-sender",
            severity="warning" if missing else "note",
            title=f"Bulk mail: {met} of {len(checks)} demands on bulk senders met",
            detail=detail + ".",
            evidence=[
                Evidence(field=field.name, text=field.value[:200]) for field in (marks or precedence)[:4]
            ],
            advice="Gmail and Yahoo ask for all of these of who sends 5,000 messages a day."
            if missing
            else None,
        )
    ]


def _discussion(fields: Sequence[Field]) -> bool:
    """Whether a discussion list sent this, whose members write themselves: the demands are not on it."""
    values = {field.key: field.value.lower() for field in fields}
    if "list-unsubscribe-post" in values or "feedback-id" in values:
        return False
    return "mailto:" in values.get("list-post", "") or values.get("precedence", "").strip() == "list"


def _said(trace: Trace, method: str) -> bool | None:
    results = [
        result.result
        for field in trace.authentication
        if field.trusted is not False
        for result in field.results
        if result.method == method
    ]
    return None if not results else "pass" in results


def _one_from(fields: Sequence[Field]) -> bool:
    values = [field.value for field in fields if field.key == "from"]
    return len(values) == 1 and address_domain(values[0]) is not None and len(_ANGLES.findall(values[0])) <= 1


def _reverse_dns(hop: Hop) -> bool | None:
    """Whether the client's address has a name that leads back to it; None where the server doesn't say."""
    if any("may be forged" in note or "no reverse DNS" in note for note in hop.notes):
        return False
    if hop.from_ip is None or is_internal(hop.from_ip):
        return None
    return True if hop.from_host else False if _UNKNOWN.search(hop.raw[:_SEARCHED]) else None


def _dated(date: datetime | None, entry: Hop | None) -> bool | None:
    """Whether the Date is near the time at which the receiver took the message."""
    if date is None or entry is None or entry.timestamp is None:
        return date is not None
    return -_DATE_AHEAD <= entry.timestamp - date <= _DATE_BEHIND
