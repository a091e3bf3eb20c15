"""Address syntax and likely typos in domains, by flanker's addresslib; the only place that knows flanker."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}){0,31}"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,10}[A-Za-z][A-Za-z0-9-]{1,62}"
)
_DOTTED = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LONGEST, _LONGEST_LOCAL = 254, 64
"""Octets of a path without its brackets and of a local part (RFC 5321 4.5.3.1)."""


@cache
def _quietly(module: str) -> Any:
    """A module of flanker; the parser's import takes a quarter of a second, so only on need."""
    import importlib
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # It reports on the tables of its parser as warnings and errors that concern nobody.
        logging.getLogger("flanker").setLevel(logging.CRITICAL)
        return importlib.import_module(module)


def impossible(recipient: str) -> bool:
    """Whether no server could accept the address: not of the form of RFC 5321 4.1.2.

    Let through: addresses that look usual, without asking the parser; those with non-ASCII characters
    (RFC 6531); those without a domain, which are local; and dots at odd places of the local part, which
    Japanese carriers gave to their customers.
    """
    bare = recipient.strip().strip("<>")
    local, _, domain = bare.rpartition("@")
    if not bare or not bare.isascii() or "@" not in bare:
        return False
    if len(bare) > _LONGEST or len(local) > _LONGEST_LOCAL:
        return True
    if _PLAIN.fullmatch(bare):
        return False
    if _DOTTED.fullmatch(local):
        bare = f"dots@{domain}"
    return _quietly("flanker.addresslib.address").parse(bare, addr_spec_only=True) is None


def suggestion(recipient: str) -> str | None:
    """The address with a well-known domain where its own looks like a typo of one (`gmial.com`)."""
    bare = recipient.strip().strip("<>")
    local, _, domain = bare.rpartition("@")
    if not bare.isascii() or not _PLAIN.fullmatch(bare):
        return None
    better = _better(domain.lower())
    return f"{local}@{better}" if better else None


@lru_cache(10_000)
def _better(domain: str) -> str | None:
    """The well-known domain that a domain is one slip away from."""
    corrector = _quietly("flanker.addresslib.corrector")
    if not any(_one_slip(domain, known) for known in corrector.MOST_COMMON_DOMAINS):
        return None  # what flanker finds takes it half a millisecond
    better: str = corrector.suggest(domain, cutoff=0.79)
    return better if _one_slip(domain, better) else None


def meant(recipient: str | None, classification: str | None) -> str | None:
    """The address that views for people ask back about, beside the advice: `did you mean …?`.

    None where nothing failed, and for Mailbox Unavailable: a mailbox that exists is no typo.
    """
    if not recipient or classification in (None, "Mailbox Unavailable"):
        return None
    return suggestion(recipient)


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter too many, too few, wrong or swapped makes the difference, and not the first one.

    flanker's own measure finds compass.com like company.com; a suggestion must be likelier than that.
    """
    if typed == meant or typed[:1] != meant[:1] or abs(len(typed) - len(meant)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b),
        min(len(typed), len(meant)),
    )
    rest, wanted = typed[start:], meant[start:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[2:] == wanted[2:] and rest[:2] == wanted[1::-1])
    )
