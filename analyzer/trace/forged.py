"""Signs that a claimed hop was invented: evidence, never a verdict.

Only what one field says against itself counts. Host names that don't join up from hop to hop are no sign:
in half of all real chains they don't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from analyzer.model import Evidence, Finding, Hop
from analyzer.trace.domains import address, is_ip
from analyzer.trace.queue_ids import made_at
from analyzer.trace.zones import MINUTES, read_zone

_GMAIL_FORM = re.compile(
    r"[0-9a-z]{2,14}(?:-[0-9a-z]{3,16})?s[a-z]{1,2}\d{4,12}[a-z]{2,3}\.\d{1,3}(?:\.\d{4}\.|$)"
)
_GOOGLE = (".google.com", ".googlemail.com", ".gmail.com")
_ZONE = re.compile(r"([+-]\d{4})\s+\(([A-Z]{3,4})\)\s*$")
# Names with one meaning, or with the further ones (Philippines, Palau) that the same letters have.
_ZONES = {name: {MINUTES[name]} for name in ("UTC", "CET", "CEST", "JST", "EET", "EEST", "MDT")}
_ZONES |= {"PST": {-480, -420, 480}, "PDT": {-480, -420, 540}}
_LITERAL = re.compile(r"\[(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})\]")
_APART = timedelta(days=1)
_SEARCHED = 4096


def forged_signs(hops: Sequence[Hop]) -> Iterator[Finding]:
    """One finding for each claimed hop that speaks against itself."""
    for hop in hops:
        signs = list(_signs(hop)) if hop.trusted is False else []
        if signs:
            yield Finding(
                id="forged-hop-signs",
                severity="note",
                title=f"Signs that hop {hop.index} may be invented",
                detail=f"{'; '.join(signs)}. That is evidence, no proof: a badly set server does the same.",
                evidence=[Evidence(field="Received", text=hop.raw[:300])],
                advice="Don't build on what this hop says.",
            )


def _signs(hop: Hop) -> Iterator[str]:
    made = made_at(hop)
    if made and hop.timestamp and abs(hop.timestamp - made) > _APART:
        yield f"The id {hop.id} was made on {made:%Y-%m-%d}, the date says {hop.timestamp:%Y-%m-%d}"
    by = hop.by or ""
    if (
        hop.id
        and "." in by
        and _GMAIL_FORM.match(hop.id)
        and not is_ip(by)
        and not f".{by}".endswith(_GOOGLE)
    ):
        yield f"The id {hop.id} has the form that Gmail gives, but {by} is not Google's"
    yield from (
        f"The date is wrong in itself ({note})" for note in hop.notes if note.startswith("the date was no ")
    )
    raw = hop.raw[:_SEARCHED]
    zone = _ZONE.search(raw)
    stated = read_zone(zone[1], 0) if zone else None
    if zone and stated and zone[2] in _ZONES and stated.minutes not in _ZONES[zone[2]]:
        yield f"The time zone {zone[1]} is not {zone[2]}"
    client = address(hop.from_ip)
    if client and (client.is_multicast or client.is_unspecified or _reserved(str(client))):
        yield f"No client can have the address {client}"
    for literal in _LITERAL.findall(raw):
        if not is_ip(literal):
            yield f"{literal} is no IP address"
            break


def _reserved(text: str) -> bool:
    """Whether an IPv4 address is one that no host can use (RFC 6890): 0.0.0.0/8, 240.0.0.0/4."""
    first = text.partition(".")[0]
    return "." in text and (first == "0" or int(first) >= 240)
