"""DMARC alignment computed from the text of the header (RFC 7489 3.1), not from anybody's verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from analyzer.model import Alignment, AuthenticationResults, DkimSignature, MethodResult
from analyzer.trace.domains import address_domain, same_organization
from analyzer.trace.identities import signer, spf_domain

Aligned = Literal["strict", "relaxed", "none"]


def align(
    from_field: str | None,
    results: Sequence[AuthenticationResults],
    return_path: str | None,
    signatures: Sequence[DkimSignature] = (),
) -> Alignment:
    """How SPF and DKIM, where they passed, agree with the domain of From.

    Results below the trust boundary are not used. A part is None where the header doesn't say
    enough; DMARC passes with one aligned part, and fails only where both are known and none is.
    """
    domain = address_domain(from_field)
    if domain is None:
        return Alignment()
    believed = [result for field in results if field.trusted is not False for result in field.results]
    spf = _best(_spf(believed, domain, return_path))
    signers = {signature.domain for signature in signatures}
    only = next(iter(signers)) if len(signers) == 1 else None
    dkim = _best(_dkim(believed, domain, only))
    dmarc: Literal["pass", "fail"] | None = None
    if spf in ("strict", "relaxed") or dkim in ("strict", "relaxed"):
        dmarc = "pass"
    elif spf == "none" and dkim == "none":
        dmarc = "fail"
    return Alignment(from_domain=domain, spf=spf, dkim=dkim, dmarc=dmarc)


def _spf(results: Iterable[MethodResult], domain: str, return_path: str | None) -> Iterable[Aligned | None]:
    for result in results:
        if result.method == "spf":
            passed = result.result in ("pass", "bestguesspass")
            yield agreement(spf_domain(result, return_path), domain) if passed else "none"


def _dkim(results: Iterable[MethodResult], domain: str, only: str | None) -> Iterable[Aligned | None]:
    for result in results:
        if result.method == "dkim":
            yield agreement(signer(result, only), domain) if result.result == "pass" else "none"


def agreement(identity: str | None, domain: str) -> Aligned | None:
    """How a domain that authenticated agrees with that of From (RFC 7489 3.1), None where it is unknown."""
    if identity is None:
        return None
    if identity == domain:
        return "strict"
    return "relaxed" if same_organization(identity, domain) else "none"


def _best(found: Iterable[Aligned | None]) -> Aligned | None:
    order: tuple[Aligned | None, ...] = ("strict", "relaxed", None, "none")
    seen = set(found)
    return next((value for value in order if value in seen), None)
