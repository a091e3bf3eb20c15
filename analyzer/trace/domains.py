"""Domains of addresses and hosts, and who they belong to by the public suffix list (offline)."""

from __future__ import annotations

import ipaddress
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

LIKE_AN_IP = re.compile(r"\[*(?:[\d.]+\]*$|[0-9A-Fa-f]{0,4}:)")
"""What spares host names the attempt to read them as an address."""
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,64}@(\[?[^\s<>,;\"()@\]]{1,255}\]?)")


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(8192)
def organizational(domain: str) -> str:
    """The registrable domain of `domain` (RFC 7489 3.2); `domain` itself where it has none."""
    name = domain.rstrip(".").lower()
    found: str | None = _suffixes().privatesuffix(name) if len(name) <= 253 and not is_ip(name) else None
    return found or name


def address_domain(text: str | None) -> str | None:
    """The domain of the last address in `text` (a display name may hold another one), in lower case."""
    found = _ADDRESS.findall(text or "")
    return found[-1].lower().rstrip(".") if found else None


def same_organization(one: str | None, other: str | None) -> bool:
    """Whether both names have the same organizational domain."""
    return bool(one and other) and organizational(str(one)) == organizational(str(other))


def is_ip(text: str | None) -> bool:
    """Whether the text is an IP address."""
    return address(text) is not None


@lru_cache(8192)
def address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that the text is, without zone or brackets; an IPv4-mapped one as IPv4."""
    if not text or not LIKE_AN_IP.match(text):
        return None
    try:
        found = ipaddress.ip_address(text.strip("[]").split("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


@lru_cache(8192)
def is_internal(text: str | None) -> bool:
    """Whether the text is an IP address that the internet doesn't route (private, loopback, local)."""
    found = address(text)
    return found is not None and any(found in network for network in _NOT_PUBLIC)
