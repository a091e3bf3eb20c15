"""DMARC alignment computed from the text of the header (RFC 7489 3.1), not from anybody's verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from analyzer.model import Alignment, AuthenticationResults, MethodResult
from analyzer.trace.domains import address_domain, same_organization

Aligned = Literal["strict", "relaxed", "none"]
_MAIL_FROM = ("smtp.mailfrom", "smtp.mail", "smtp.envelope-from", "envelope-from", "mailfrom")
_SIGNER = ("header.d", "header.i", "d")


def align(
    from_field: str | None, results: Sequence[AuthenticationResults], return_path: str | None
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
    dkim = _best(_dkim(believed, domain))
    dmarc: Literal["pass", "fail"] | None = None
    if spf in ("strict", "relaxed") or dkim in ("strict", "relaxed"):
        dmarc = "pass"
    elif spf == "none" and dkim == "none":
        dmarc = "fail"
    return Alignment(from_domain=domain, spf=spf, dkim=dkim, dmarc=dmarc)


def _spf(results: Iterable[MethodResult], domain: str, return_path: str | None) -> Iterable[Aligned]:
    for result in results:
        if result.method != "spf":
            continue
        stated = next(
            (result.properties[name] for name in _MAIL_FROM if name in result.properties), return_path
        )
        identity = (address_domain(stated) or (stated or "").lower()) or result.properties.get("smtp.helo")
        yield _agreement(identity, domain) if result.result in ("pass", "bestguesspass") else "none"


def _dkim(results: Iterable[MethodResult], domain: str) -> Iterable[Aligned]:
    for result in results:
        if result.method != "dkim":
            continue
        stated = next((result.properties[name] for name in _SIGNER if name in result.properties), None)
        signer = address_domain(stated) or (stated or "").lstrip("@").lower()
        yield _agreement(signer, domain) if result.result == "pass" else "none"


def _agreement(identity: str | None, domain: str) -> Aligned:
    if identity and identity.rstrip(".") == domain:
        return "strict"
    return "relaxed" if same_organization(identity, domain) else "none"


def _best(found: Iterable[Aligned]) -> Aligned | None:
    order: tuple[Aligned, ...] = ("strict", "relaxed", "none")
    seen = set(found)
    return next((value for value in order if value in seen), None)
