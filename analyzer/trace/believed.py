"""Which authentication results the receiver wrote, by where they stand among the hops."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import AuthenticationResults, Hop
from analyzer.trace.domains import same_organization
from analyzer.trace.header import Field


def mark_results(
    hops: Sequence[Hop],
    fields: Sequence[Field],
    results: Sequence[AuthenticationResults],
    result_fields: frozenset[str],
) -> None:
    """Set `trusted` of each result. `hops` are oldest first and marked, `results` in the header's order.

    Servers put their fields on top of what arrived, so a result above the oldest believed hop is the
    receiver's own. Just below that hop stands what the same server wrote before its Received field, or
    what arrived: there it needs the receiver's name on it (RFC 8601 5). Without hops nothing is known.
    """
    believed = sum(hop.trusted is True for hop in hops)
    if not believed:
        return
    own = [hop.by for hop in hops if hop.trusted and hop.by]
    remaining = iter(results)
    above = 0
    for field in fields:
        if field.key == "received":
            above += 1
        elif field.key in result_fields and (result := next(remaining, None)) is not None:
            name = result.authserv_id
            named = name is not None and any(same_organization(name, host) for host in own)
            result.trusted = above < believed or (above == believed and named)
