"""The registrable domain of each host in a store: what stands for the provider."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyarrow as pa

from analyzer.store import Store

_HOSTS = """
SELECT DISTINCT host FROM (
    SELECT remote_mta AS host FROM attempts WHERE remote_mta IS NOT NULL
    UNION ALL
    SELECT lower(split_part(recipient, '@', -1)) FROM attempts WHERE contains(recipient, '@')
) ORDER BY host
"""


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def registrable(host: str) -> str:
    """Reduce a host to its registrable domain, offline (`mx1.mail.example.co.uk` to `example.co.uk`).

    What has none (a single label, an address literal) stays as it is.
    """
    if host.replace(".", "").isdigit() or ":" in host or host.startswith("["):
        return host
    return _suffixes().privatesuffix(host) or host


def add_domains(store: Store) -> None:
    """Put the temporary table `domains` (host, domain) into the store, for all hosts and recipients."""
    hosts = store.query(_HOSTS).column("host").to_pylist()
    names = [registrable(str(host)) for host in hosts]
    store.put(
        "domains", pa.table({"host": pa.array(hosts, pa.string()), "domain": pa.array(names, pa.string())})
    )
