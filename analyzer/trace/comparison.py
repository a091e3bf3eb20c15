"""Two traces side by side: why one message was slow or failed and the other not."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzer.model import Trace

_SLOWER_SECONDS = 5


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in which the traces differ; None where a trace has nothing of the kind."""

    what: str
    first: str | None
    second: str | None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two traces and their differences, the telling ones first."""

    first: Trace
    second: Trace
    differences: list[Difference]


def compare(first: Trace, second: Trace) -> Comparison:
    """What differs: time at each host, the way, authentication, filters, placement, findings."""
    differences = [
        *_values(first, second),
        *_delays(first, second),
        *_results(first, second),
        *_findings(first, second),
    ]
    return Comparison(first=first, second=second, differences=differences)


def _pair(what: str, first: object, second: object) -> Iterator[Difference]:
    if first != second:
        said = [None if value is None else str(value) for value in (first, second)]
        yield Difference(what=what, first=said[0], second=said[1])


def _values(first: Trace, second: Trace) -> Iterator[Difference]:
    yield from _pair("placement", first.placement, second.placement)
    yield from _pair("DMARC alignment", first.alignment.dmarc, second.alignment.dmarc)
    yield from _pair("seconds in all", first.total_seconds, second.total_seconds)
    yield from _pair("hops", len(first.hops), len(second.hops))
    ways = [" → ".join(hop.by or "?" for hop in trace.hops) for trace in (first, second)]
    yield from _pair("way", *ways)


def _delays(first: Trace, second: Trace) -> Iterator[Difference]:
    """Delays up to the same server, where they differ by more than a few seconds."""
    delays = [
        {hop.by: hop.delay_seconds for hop in trace.hops if hop.by and hop.delay_seconds is not None}
        for trace in (first, second)
    ]
    shared = [(host, delays[0][host], delays[1][host]) for host in delays[0] if host in delays[1]]
    apart = [entry for entry in shared if abs(entry[1] - entry[2]) > _SLOWER_SECONDS]
    for host, mine, other in sorted(apart, key=lambda entry: -abs(entry[1] - entry[2])):
        yield from _pair(f"seconds until {host} took it", mine, other)


def _results(first: Trace, second: Trace) -> Iterator[Difference]:
    said = [_said(trace) for trace in (first, second)]
    for method in sorted(said[0].keys() | said[1].keys()):
        yield from _pair(method, said[0].get(method), said[1].get(method))
    verdicts = [
        {verdict.vendor: verdict.verdict for verdict in trace.spam_verdicts if verdict.verdict}
        for trace in (first, second)
    ]
    for vendor in sorted(verdicts[0].keys() | verdicts[1].keys()):
        yield from _pair(vendor, verdicts[0].get(vendor), verdicts[1].get(vendor))


def _said(trace: Trace) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for field in trace.authentication:
        if field.trusted is not False:
            for result in field.results:
                found.setdefault(result.method, set()).add(result.result)
    return {method: ", ".join(sorted(results)) for method, results in found.items()}


def _findings(first: Trace, second: Trace) -> Iterator[Difference]:
    told = [{finding.id: finding.title for finding in trace.findings} for trace in (first, second)]
    for name in sorted(told[0].keys() ^ told[1].keys()):
        yield from _pair(f"finding {name}", told[0].get(name), told[1].get(name))
