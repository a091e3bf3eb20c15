"""Organizational domains by the public suffix list that the package ships (no network)."""

from __future__ import annotations

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(8192)
def organizational(domain: str) -> str:
    """The registrable domain of `domain` (RFC 7489 3.2); `domain` itself where it has none."""
    name = domain.rstrip(".").lower()
    found: str | None = _suffixes().privatesuffix(name) if len(name) <= 253 else None
    return found or name
