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
    what arrived: there it needs the receiver's name on it (RFC 8601 5), or OpenDMARC's field above it,
    and to say nothing that was said above. Without hops nothing is known.
    """
    believed = sum(hop.trusted is True for hop in hops)
    if not believed:
        return
    own = [hop.by for hop in hops if hop.trusted and hop.by]
    remaining = iter(results)
    above = 0
    said_above: set[str] = set()
    vouched: set[str] = set()
    for field in fields:
        if field.key == "received":
            above += 1
            vouched = set()
        elif field.key in result_fields and (result := next(remaining, None)) is not None:
            name = result.authserv_id
            named = name is not None and any(same_organization(name, host) for host in own)
            methods = {one.method for one in result.results}
            filtered = name == "OpenDMARC" and bool(methods) and methods <= vouched
            vouched -= methods
            if field.key == "authentication-results-original":
                result.trusted = False  # what arrived, kept by a server that wrote its own
            elif above < believed:
                result.trusted = True
                said_above |= methods if field.key != "received-spf" else set()
            else:
                free = field.key == "received-spf" or not methods & said_above
                result.trusted = above == believed and (named or filtered) and free
        elif field.key == "dmarc-filter" and above == believed:
            vouched = {"dmarc", "spf"} if _signed_with(field.value, hops[-believed]) else set()


def _signed_with(value: str, hop: Hop) -> bool:
    """Whether OpenDMARC's own field names the server and the queue id of the hop above it.

    No sender knows that id, so the results that follow, one for each method, are the server's.
    """
    words = value.split()
    return len(words) > 1 and (words[-2].lower(), words[-1]) == (hop.by, hop.id)
