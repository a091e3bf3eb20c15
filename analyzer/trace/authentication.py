"""Authentication-Results (RFC 8601, and the forms without authserv-id), DKIM-Signature and ARC fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from analyzer.model import ArcSet, AuthenticationResults, DkimSignature, MethodResult
from analyzer.trace.header import Field
from analyzer.trace.tokens import Token, tokens

_RESULT = re.compile(r"^([A-Za-z][\w.-]*)(?:/\d+)?=([\w.+-]*)(.*)$", re.DOTALL)
_PROPERTY = re.compile(r"^([A-Za-z][\w-]*(?:\.[\w.@-]+)?)=(.*)$", re.DOTALL)
_AUTHSERV = re.compile(r"^[^\s=;]+$")
_PTYPES = ("smtp", "header", "body", "policy", "action", "x-", "ptr", "dns")
_PAIR = re.compile(r"([A-Za-z][\w]*)\s*=\s*([^;]*)")


def read_results(value: str, field: str = "Authentication-Results") -> AuthenticationResults:
    """One Authentication-Results field. Never raises; what is no result is passed over."""
    parts = _parts(tokens(value))
    found = AuthenticationResults(field=field, raw=value, results=[])
    for number, part in enumerate(parts):
        opening = next((token for token in part if token.kind == "word"), None)
        if number == 0 and opening and _AUTHSERV.match(opening.text) and opening.text.lower() != "none":
            found.authserv_id = opening.text.strip('"')
        found.results.extend(_results(part))
    return found


_CHECKER = re.compile(r"([A-Za-z0-9][\w-]*(?:\.[\w-]+)+): ")
_SPF = re.compile(r"^\s*\(?\s*([A-Za-z]+)")


def read_received_spf(value: str, field: str = "Received-SPF") -> AuthenticationResults:
    """One Received-SPF field (RFC 7208 9.1) as the single `spf` result that it is."""
    found = AuthenticationResults(field=field, raw=value, results=[])
    verdict = _SPF.match(value)
    if verdict is None:
        return found
    result = MethodResult(method="spf", result=verdict[1].lower(), properties={})
    for token in tokens(value):
        if token.kind == "comment":
            result.reason = result.reason or token.text
        elif "=" in token.text:
            name, _, text = token.text.partition("=")
            result.properties.setdefault(name.lower(), text.strip('"<>'))
    # RFC 7208 9.1: the comment begins with the name of the host that checked.
    checker = _CHECKER.match(result.reason or "")
    found.authserv_id = result.properties.pop("receiver", None) or (checker[1].lower() if checker else None)
    found.results.append(result)
    return found


def _parts(found: list[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in _joined(found):
        if token.kind == "semicolon":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _joined(found: list[Token]) -> Iterable[Token]:
    """The tokens with `method = result` put together where blanks stand around the sign."""
    held: Token | None = None
    for token in found:
        if (
            held is not None
            and token.kind == "word"
            and ((held.text.endswith("=") and "=" not in token.text.strip("=")) or token.text.startswith("="))
        ):
            held = Token("word", held.text + token.text, held.start, token.end)
            continue
        if held is not None:
            yield held
            held = None
        if token.kind == "word":
            held = token
        else:
            yield token
    if held is not None:
        yield held


def _results(part: list[Token]) -> list[MethodResult]:
    """The results of one part between semicolons; several stand there in Microsoft's and Yahoo's forms."""
    results: list[MethodResult] = []
    for token in part:
        current = results[-1] if results else None
        if token.kind == "comment":
            if current is not None and token.text:
                current.reason = current.reason or token.text
            continue
        text = token.text.rstrip(",")
        prop = _PROPERTY.match(text)
        if prop is None:
            continue
        name, value = prop[1], prop[2].strip('"')
        lower = name.lower()
        if current is not None and lower == "reason":
            current.reason = value
        elif current is not None and _is_property(lower):
            current.properties.setdefault(lower, value)
        else:
            method = _RESULT.match(text)
            if method is None:
                continue
            results.append(MethodResult(method=method[1].lower(), result=method[2].lower(), properties={}))
    return results


def _is_property(name: str) -> bool:
    """Whether `name=` belongs to the result before it: a ptype.property, or a vendor's bare word."""
    return (
        "." in name
        or name.startswith(_PTYPES)
        or name in ("action", "reason", "oda", "ltdi", "sender", "p", "sp", "dis", "d")
    )


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
            results = read_results(rest, field.name)
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
