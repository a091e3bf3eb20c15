"""Whether a hop was encrypted, as far as that is certain."""

from __future__ import annotations

import re

from analyzer.model import Hop
from analyzer.trace.domains import is_internal, same_organization

# Servers that always write TLS down where it was used: then its absence says something.
_SAYS_TLS = re.compile(
    r"\(Postfix\)|\(Exim \d|\(OpenSMTPD\)|\(\d+\.\d+\.\d+/\d+\.\d+\.\d+\)|\bby (?:mx|smtp)\.google\.com\b"
    r"|with Microsoft SMTP Server\b"
)
_SMTP = frozenset(("SMTP", "ESMTP", "ESMTPA", "UTF8SMTP", "UTF8SMTPA", "MICROSOFT SMTP SERVER"))
_SEARCHED = 4096


def encrypted(hop: Hop) -> bool | None:
    """Whether a hop over a public network was encrypted; None where it is no such hop, or not to be told.

    A hop inside one organization, or from a private address, is not public.
    """
    if hop.from_ip is None or is_internal(hop.from_ip) or same_organization(hop.from_host, hop.by):
        return None
    if hop.tls is not None:
        return True
    plain = (hop.with_ or "").upper() in _SMTP and _SAYS_TLS.search(hop.raw[:_SEARCHED])
    return False if plain else None
