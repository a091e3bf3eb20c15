"""DKIM-Signature (RFC 6376) and ARC fields (RFC 8617)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from analyzer.model import ArcSet, DkimSignature
from analyzer.trace.header import Field
from analyzer.trace.results import read_results

_MAX_RESULTS = 16 * 1024
"""Characters of the results in an ARC set that are read at most."""


def read_tags(value: str) -> dict[str, str]:
    """The tag=value list of a DKIM or ARC field (RFC 6376 3.2), names in lower case, the first of each."""
    tags: dict[str, str] = {}
    for part in value.split(";"):
        name, sign, text = part.partition("=")
        if sign:
            tags.setdefault(name.strip().lower(), text.strip())
    return tags


def read_signature(value: str) -> DkimSignature:
    """One DKIM-Signature field (RFC 6376 3.5)."""
    tags = read_tags(value)
    signature = DkimSignature(
        domain=(tags.get("d") or "").lower().rstrip(".") or None,
        selector=tags.get("s") or None,
        algorithm=tags.get("a") or None,
        signed_headers=[
            "".join(name.split()).lower() for name in tags.get("h", "").split(":") if name.strip()
        ],
        identity=tags.get("i") or None,
        timestamp=epoch(tags.get("t")),
        expires=epoch(tags.get("x")),
        canonicalization=tags.get("c") or None,
        body_length=int(tags["l"]) if tags.get("l", "").isdecimal() and len(tags["l"]) < 16 else None,
        notes=[],
    )
    if signature.body_length is not None:
        signature.notes.append("signs only part of the body (l=)")
    if (signature.algorithm or "").lower() == "rsa-sha1":
        signature.notes.append("rsa-sha1 is no longer accepted (RFC 8301)")
    return signature


def epoch(text: str | None) -> datetime | None:
    """The time that a t= or x= tag states in seconds since 1970, None where it is none."""
    if not text or not text.isdecimal() or len(text) > 12:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def read_arc(fields: Iterable[Field]) -> list[ArcSet]:
    """The ARC sets of a header (RFC 8617), oldest first; not `complete` where a field is missing."""
    sets: dict[int, ArcSet] = {}
    seen: dict[int, set[str]] = {}
    for field in fields:
        if not field.key.startswith("arc-"):
            continue
        if field.key == "arc-authentication-results":
            head, _, rest = field.value.partition(";")
            instance = _instance(read_tags(head).get("i"))
        else:
            tags = read_tags(field.value)
            instance = _instance(tags.get("i"))
        if instance is None:
            continue
        one = sets.setdefault(instance, ArcSet(instance=instance, results=[]))
        seen.setdefault(instance, set()).add(field.key)
        if field.key == "arc-authentication-results":
            results = read_results(rest[:_MAX_RESULTS], field.name)
            one.authserv_id, one.results = results.authserv_id, results.results
        elif field.key == "arc-seal":
            one.cv = tags.get("cv") or None
            one.domain, one.selector, one.algorithm = tags.get("d"), tags.get("s"), tags.get("a")
            one.timestamp = epoch(tags.get("t"))
    for instance, one in sets.items():
        one.complete = len(seen[instance]) >= 3
    return [sets[instance] for instance in sorted(sets)]


def _instance(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 3 else None
