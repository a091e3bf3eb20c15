"""What can be said of a message beyond its hops: who to believe, alignment, filters, and the findings."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.model import Finding, Trace
from analyzer.trace.alignment import align
from analyzer.trace.believed import mark_results
from analyzer.trace.bulk import bulk_findings
from analyzer.trace.filters import spam_verdicts
from analyzer.trace.findings_authentication import authentication_findings
from analyzer.trace.findings_delivery import delivery_findings
from analyzer.trace.findings_signatures import signature_findings
from analyzer.trace.header import Field
from analyzer.trace.placement import placement

_WEIGHT = {"problem": 0, "warning": 1, "note": 2}


def add_judgement(trace: Trace, fields: Sequence[Field], result_fields: frozenset[str]) -> None:
    """Fill in trust of results, alignment, filter verdicts, placement and findings.

    `trace` has its hops with their trust; its `authentication` holds the fields named in
    `result_fields`, in the header's order. Findings are ordered by severity, those of time first.
    """
    mark_results(trace.hops, fields, trace.authentication, result_fields)
    trace.alignment = align(trace.from_, trace.authentication, trace.return_path, trace.dkim_signatures)
    trace.spam_verdicts = spam_verdicts(fields)
    trace.placement = placement(fields)
    found: list[Finding] = [
        *trace.findings,
        *authentication_findings(trace),
        *signature_findings(trace),
        *delivery_findings(trace),
        *bulk_findings(trace, fields),
    ]
    trace.findings = sorted(found, key=lambda finding: _WEIGHT[finding.severity])
