"""Findings on authentication: what failed, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import AuthenticationResults, Evidence, Finding, MethodResult, Trace
from analyzer.trace.failure_words import DKIM_CAUSES, FAILURES
from analyzer.trace.filters.microsoft import compauth
from analyzer.trace.identities import client_ip, domain_of, policy, signer, spf_domain

_ALIASES = {
    "hardfail": "fail",
    "reject": "fail",
    "permfail": "permerror",
    "perm_fail": "permerror",
    "invalid": "permerror",
    "permanenterror": "permerror",
    "policy": "fail",
    "error": "temperror",
    "tempfail": "temperror",
    "temp_fail": "temperror",
    "temporaryerror": "temperror",
    "timeout": "temperror",
}
_POLICIES = {
    "reject": " Its policy asks to reject such mail.",
    "quarantine": " Its policy asks for the junk folder.",
}
_PASSED = ("pass", "bestguesspass")
_QUOTED = 200


def authentication_findings(trace: Trace) -> Iterator[Finding]:
    """One finding for each kind of failure in results that may be believed."""
    told: set[str] = set()
    dmarc_passed = _passed(trace, "dmarc") or trace.alignment.dmarc == "pass"
    for field in trace.authentication:
        if field.trusted is False:
            continue
        for result in field.results:
            if result.method == "dkim" and result.result in ("none", "neutral") and _passed(trace, "dkim"):
                continue
            finding = _finding(field, result, trace)
            if finding is None or finding.id in told:
                continue
            if result.method in ("spf", "dkim") and finding.severity == "problem" and dmarc_passed:
                finding.severity = "note"
            told.add(finding.id)
            yield finding
    yield from _sealed(trace)
    yield from _gaps(trace)
    yield from _unbelieved(trace)


def _passed(trace: Trace, method: str) -> bool:
    return any(
        result.method == method and result.result in _PASSED
        for field in trace.authentication
        if field.trusted is not False
        for result in field.results
    )


def _finding(field: AuthenticationResults, result: MethodResult, trace: Trace) -> Finding | None:
    if result.method == "compauth":
        return _composite(field, result)
    outcome = _ALIASES.get(result.result, result.result)
    if result.method == "dkim" and (
        outcome == "softfail" or (outcome == "neutral" and "body hash" in (result.reason or ""))
    ):
        outcome = "fail"  # amavis and Google are milder in words
    words = FAILURES.get((result.method, outcome))
    if words is None:
        return None
    domain = _domain(result, trace) or "the sending domain"
    ip = client_ip(result) or "the sending server"
    detail = words.detail
    if result.method == "dkim" and outcome in ("fail", "permerror"):
        reason = (result.reason or "").lower()
        detail = next((meaning for words_in, meaning in DKIM_CAUSES if words_in in reason), detail)
    return Finding(
        id=f"{result.method}-{outcome}",
        severity=words.severity,
        title=words.title,
        detail=detail.format(domain=domain, ip=ip, policy=_POLICIES.get(policy(result) or "", "")),
        evidence=[
            Evidence(field=field.field, text=f"{result.method}={result.result} {result.reason or ''}".strip())
        ],
        advice=words.advice,
    )


def _domain(result: MethodResult, trace: Trace) -> str | None:
    if result.method == "spf":
        return spf_domain(result, trace.return_path)
    if result.method == "dkim":
        return signer(result)
    return domain_of(result.properties.get("header.from")) or trace.alignment.from_domain


def _composite(field: AuthenticationResults, result: MethodResult) -> Finding | None:
    """Microsoft's compauth: its reason code in words."""
    if result.result not in ("fail", "softpass", "none"):
        return None
    code = (result.reason or "").strip()
    meaning = compauth(code) or "no published meaning"
    return Finding(
        id=f"compauth-{result.result}",
        severity="problem" if result.result == "fail" else "note",
        title=f"Microsoft's composite authentication: {result.result}",
        detail=f"Reason {code or 'not given'}: {meaning}.",
        evidence=[Evidence(field=field.field, text=f"compauth={result.result} reason={code}".strip())],
        advice="Let SPF or DKIM pass with the domain of From." if result.result == "fail" else None,
    )


def _sealed(trace: Trace) -> Iterator[Finding]:
    """What the first server of an ARC chain saw, where the receiver found the chain whole."""
    if not trace.arc or not _passed(trace, "arc"):
        return
    first, last = trace.arc[0], trace.arc[-1]
    seen = [one for one in first.results if one.method in ("spf", "dkim", "dmarc")]
    if not seen or trace.alignment.dmarc == "pass":
        return
    said = ", ".join(f"{one.method}={one.result}" for one in seen)
    yield Finding(
        id="arc-chain",
        severity="note",
        title=f"Before it was forwarded, {first.domain or 'the first forwarder'} saw: {said}",
        detail="The receiver found the ARC chain whole, so these earlier results stand as they were sealed. "
        f"They are worth as much as the receiver trusts {last.domain or 'who sealed them'}.",
        evidence=[Evidence(field="ARC-Authentication-Results", text=f"i={first.instance}; {said}")],
        advice="A receiver that trusts this forwarder can let such mail pass (RFC 8617).",
    )


def _gaps(trace: Trace) -> Iterator[Finding]:
    """An ARC chain that can't be whole, whoever looks at it (RFC 8617 5.2)."""
    said = [
        f"set {one.instance} lacks a field" if not one.complete else f"set {one.instance} says cv={one.cv}"
        for number, one in enumerate(trace.arc, start=1)
        if not one.complete or (one.cv or "").lower() not in (("none",) if number == 1 else ("pass",))
    ]
    if [one.instance for one in trace.arc] != list(range(1, len(trace.arc) + 1)):
        said.append("a set is missing")
    if said:
        yield Finding(
            id="arc-incomplete",
            severity="note",
            title="The ARC chain is not whole",
            detail=f"{'; '.join(said[:5])}. Receivers ignore such a chain.",
            evidence=[
                Evidence(field="ARC-Seal", text=f"i={one.instance}; cv={one.cv}") for one in trace.arc[:5]
            ],
            advice="Look at the forwarder that wrote the newest set: it should have checked the older ones.",
        )


def _unbelieved(trace: Trace) -> Iterator[Finding]:
    """Results that arrived with the message prove nothing: anybody could have written them."""
    claimed = [field for field in trace.authentication if field.trusted is False and field.results]
    if claimed:
        yield Finding(
            id="claimed-authentication",
            severity="note",
            title="Some authentication results arrived with the message",
            detail="They stand below the receiver's own fields, or bear another's name: they are a claim.",
            evidence=[Evidence(field=field.field, text=field.raw[:_QUOTED]) for field in claimed[:3]],
            advice="Rely on the results that the receiving server wrote.",
        )
