"""What an authentication result is about: the domain, the client and the policy that it names."""

from __future__ import annotations

import re

from analyzer.model import MethodResult
from analyzer.trace.clients import find_ip
from analyzer.trace.domains import address_domain, is_ip

_MAIL_FROM = (
    "smtp.mailfrom",
    "smtp.mail",
    "smtp.mfrom",
    "smtp.envelope-from",
    "envelope-from",
    "mailfrom",
    "spfdomain",
)
_HELO = ("smtp.helo", "helo")
_SIGNER = ("header.d", "header.i", "d")
_CLIENT = ("client-ip", "smtp.client-ip", "smtp.remote-ip", "policy.iprev", "client", "client_addr")
# `domain of a@b.example designates 192.0.2.1 as permitted sender`, as many servers word it.
_DOMAIN_OF = re.compile(r"\bdomain of (?:transitioning )?(\S{1,320})", re.IGNORECASE)
_POLICY = re.compile(r"(?:^|[\s,;(])(?:p|policy)=[\"']?([a-z]+)", re.IGNORECASE)
_POLICY_PROPERTIES = ("policy.dmarc", "policy.published-domain-policy", "p", "policy")
_KEY_BITS = re.compile(r"\b(\d{3,5})[ -]bit\b", re.IGNORECASE)
_SEARCHED = 2048


def _first(result: MethodResult, names: tuple[str, ...]) -> str | None:
    return next((result.properties[name] for name in names if result.properties.get(name)), None)


def domain_of(text: str | None) -> str | None:
    """The domain of an address, of `@example.org`, or of the domain that the text is; else None."""
    name = address_domain(text) or (text or "").strip("<>@ ").lower().rstrip(".")
    return name if "." in name and "@" not in name and not is_ip(name) else None


def spf_domain(result: MethodResult, return_path: str | None = None) -> str | None:
    """The domain that SPF looked at: of the envelope sender, or of HELO where that is empty."""
    said = _DOMAIN_OF.search((result.reason or "")[:_SEARCHED])
    for text in (_first(result, _MAIL_FROM), said[1] if said else None, return_path, _first(result, _HELO)):
        if domain := domain_of(text):
            return domain
    return None


def signer(result: MethodResult, only: str | None = None) -> str | None:
    """The domain that signed; `only` is the domain of all signatures in the header, where there is one."""
    stated = _first(result, _SIGNER)
    return domain_of(stated) if stated else only


def client_ip(result: MethodResult) -> str | None:
    """The address of the client, from properties or from the words of the reason."""
    return _first(result, _CLIENT) or find_ip((result.reason or "")[:_SEARCHED])


def policy(result: MethodResult) -> str | None:
    """The DMARC policy of the domain in lower case: none, quarantine or reject."""
    stated = _first(result, _POLICY_PROPERTIES)
    match = _POLICY.search((result.reason or "")[:_SEARCHED])
    return stated.lower() if stated else match[1].lower() if match else None


def key_bits(result: MethodResult) -> int | None:
    """The length of an RSA key in bits, where the verifier wrote it down."""
    said = result.properties.get("x-bits") or result.properties.get("x-keysize") or ""
    algorithm = f"{result.properties.get('header.a', '')} {result.reason or ''}".lower()
    if "ed25519" in algorithm:
        return None
    match = _KEY_BITS.search((result.reason or "")[:_SEARCHED])
    bits = said if said.isdecimal() and len(said) < 6 else match[1] if match else ""
    return int(bits) if bits and int(bits) else None
