"""Findings on the DKIM signatures themselves: what makes one weak, whoever verified it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from analyzer.model import DkimSignature, Evidence, Finding, Trace
from analyzer.trace.alignment import agreement
from analyzer.trace.identities import key_bits, signer

_LEAST_BITS = 1024
"""RFC 8301 3.2: verifiers must not accept shorter RSA keys."""


def signature_findings(trace: Trace) -> Iterator[Finding]:
    """One finding for each kind of weakness; also notes on each signature, and how it is aligned."""
    taken = next((hop.timestamp for hop in trace.hops if hop.trusted and hop.timestamp), None)
    weak: dict[str, list[DkimSignature]] = {}
    for signature in trace.dkim_signatures:
        domain = trace.alignment.from_domain
        if domain and (aligned := agreement(signature.domain, domain)):
            signature.notes.append("not aligned with From" if aligned == "none" else f"aligned: {aligned}")
        for weakness in _weaknesses(signature, taken):
            weak.setdefault(weakness, []).append(signature)
    for weakness, signatures in weak.items():
        yield _finding(weakness, signatures)
    yield from _short_keys(trace)


def _weaknesses(signature: DkimSignature, taken: datetime | None) -> Iterator[str]:
    if signature.body_length is not None:
        yield "dkim-body-length"
    if (signature.algorithm or "").lower() == "rsa-sha1":
        yield "dkim-sha1"
    if signature.signed_headers and "from" not in signature.signed_headers:
        yield "dkim-from-unsigned"
    if signature.expires and taken and signature.expires < taken:
        yield "dkim-expired"


_WORDS = {
    "dkim-body-length": (
        "A DKIM signature covers only part of the body",
        "Whoever forwards the message can add text below without breaking the signature (tag l=).",
        "Sign without l=.",
    ),
    "dkim-sha1": (
        "A DKIM signature uses SHA-1",
        "Verifiers must not accept rsa-sha1 any more, so this signature counts as none (RFC 8301).",
        "Sign with rsa-sha256.",
    ),
    "dkim-from-unsigned": (
        "A DKIM signature does not cover From",
        "A signature has to cover From (RFC 6376 5.4); verifiers treat this one as faulty.",
        "Add From to the signed fields (tag h=).",
    ),
    "dkim-expired": (
        "A DKIM signature had expired when the message arrived",
        "Its own time limit (tag x=) lies before the time at which the receiver took the message.",
        "Look at what delayed the message, or let signatures live longer.",
    ),
}


def _finding(weakness: str, signatures: list[DkimSignature]) -> Finding:
    title, detail, advice = _WORDS[weakness]
    named = [
        f"d={one.domain or '?'}; s={one.selector or '?'}; a={one.algorithm or '?'}" for one in signatures
    ]
    return Finding(
        id=weakness,
        severity="warning",
        title=title,
        detail=detail,
        evidence=[Evidence(field="DKIM-Signature", text=text) for text in named[:3]],
        advice=advice,
    )


def _short_keys(trace: Trace) -> Iterator[Finding]:
    """RSA keys that the verifier found too short."""
    for field in trace.authentication:
        for result in field.results if field.trusted is not False else ():
            bits = key_bits(result) if result.method == "dkim" else None
            if bits is not None and bits < _LEAST_BITS:
                yield Finding(
                    id="dkim-weak-key",
                    severity="warning",
                    title=f"The DKIM key of {signer(result) or 'the signer'} has only {bits} bits",
                    detail="Shorter RSA keys than 1,024 bits can be broken; RFC 8301 forbids to accept them.",
                    evidence=[Evidence(field=field.field, text=(result.reason or "")[:200])],
                    advice="Publish a new key of 2,048 bits under a new selector.",
                )
                return
