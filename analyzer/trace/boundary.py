"""The trust boundary: which Received fields the receiver's own servers wrote, and which merely arrived.

Anyone can write Received fields into a message before sending it. Only the fields that the receiver's
own servers put on top are known to be true, down to the one that took the message from outside.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

from analyzer.model import Hop
from analyzer.trace.domains import is_internal, organizational

_MICROSOFT = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2603:1000::/24",
        "2a01:111::/32",
        "40.92.0.0/15",
        "40.107.0.0/16",
        "52.100.0.0/14",
        "104.47.0.0/17",
    )
)


def set_trust(
    hops: Sequence[Hop], trust: Sequence[str], authserv_ids: Sequence[str], arrived_below: int | None = None
) -> None:
    """Fills `trusted`, and notes at the boundary why it is there. `hops` are oldest first.

    The newest hop is the receiver's own, and so is each hop below that its successor took from a private
    address, from itself, from a host of the same organization as the newest hop or an authserv-id, or from
    a host or network in `trust`. A log-in ends it: the client is somebody's program.

    `arrived_below` is the number of Received fields above Outlook.com's X-IncomingTopHeaderMarker, which
    its servers put on top of what arrived.
    """
    names, networks = _split(tuple(trust))
    own = {organizational(name) for name in [_by(hops[-1]) if hops else "", *authserv_ids[:1]] if "." in name}
    marked = arrived_below is not None and all(_outlook(hop) for hop in hops[-arrived_below:])
    reason: str | None = None
    for count, hop in enumerate(reversed(hops), start=1):
        hop.trusted = reason is None
        if reason is not None:
            continue
        if marked:
            reason = _MARKED if count == arrived_below else None
        else:
            reason = _outside(hop, names, networks, own)
        if reason and hop is not hops[0]:
            hop.notes.append(f"{BOUNDARY}{reason}; older hops are claimed")


BOUNDARY = "trust boundary: "
_MARKED = "Outlook.com marks what is older as what arrived (X-IncomingTopHeaderMarker)"


def _outlook(hop: Hop) -> bool:
    return _by(hop).endswith((".outlook.com", ".office365.com", ".exchangelabs.com"))


def _by(hop: Hop) -> str:
    return hop.by or ""


@lru_cache(64)
def _split(
    trust: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]]:
    names, networks = [], []
    for text in trust:
        try:
            networks.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            names.append(text.strip().strip(".").lower())
    return tuple(names), tuple(networks)


def _listed(host: str | None, names: Sequence[str]) -> bool:
    return bool(host) and any(host == name or str(host).endswith("." + name) for name in names)


@lru_cache(8192)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


def _within(ip: str | None, networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    return ip is not None and any(_address(ip) in network for network in networks)


def _outside(
    hop: Hop,
    names: Sequence[str],
    networks: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network],
    own: set[str],
) -> str | None:
    """Why the client of a trusted hop is not one of the receiver's own servers, None where it is one."""
    if hop.authenticated and not (hop.with_ or "").upper().startswith("LMTP"):
        return "the client logged in here to submit the message"
    if hop.from_ip is None:
        name = hop.from_host or hop.from_name
        if (
            name is None
            or name in (hop.by, "localhost")
            or _listed(name, names)
            or organizational(name) in own
        ):
            return None
        return (
            f"{_by(hop) or 'the server'} took the message from {name} and recorded no address"
            if "." in name
            else None
        )
    if _within(hop.from_ip, networks) or is_internal(hop.from_ip):
        return None
    # A name is worth something only where it leads back to the address.
    host = None if any("may be forged" in note for note in hop.notes) else hop.from_host
    if _listed(host, names) or (host and organizational(host) in own):
        return None
    if _outlook(hop) and _within(hop.from_ip, _MICROSOFT):
        return None
    client = hop.from_host or hop.from_name or "unnamed"
    return f"{_by(hop) or 'the server'} took the message from outside ({client}, {hop.from_ip})"
