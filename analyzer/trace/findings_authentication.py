"""Findings on authentication: what failed, in words, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from analyzer.model import AuthenticationResults, Evidence, Finding, MethodResult, Trace
from analyzer.model.trace import Severity
from analyzer.trace.filters.microsoft import compauth


class _Words(NamedTuple):
    severity: Severity
    title: str
    detail: str
    advice: str


_SPF = "Publish every server that sends for the domain in its SPF record (RFC 7208)."
_FAILURES: dict[tuple[str, str], _Words] = {
    ("spf", "fail"): _Words(
        "problem",
        "SPF failed: the sending server is not allowed",
        "The SPF record of {domain} does not list {ip}, and asks to refuse such mail.",
        _SPF + " If the message was forwarded, this is expected: DKIM has to carry it.",
    ),
    ("spf", "softfail"): _Words(
        "warning",
        "SPF softfail: the sending server is probably not allowed",
        "The SPF record of {domain} does not list {ip}; it ends with ~all, which asks for suspicion only.",
        _SPF,
    ),
    ("spf", "neutral"): _Words(
        "note",
        "SPF neutral: the record says nothing of this server",
        "The SPF record of {domain} neither allows nor forbids {ip}.",
        _SPF,
    ),
    ("spf", "none"): _Words(
        "warning",
        "No SPF record",
        "{domain} publishes no SPF record, so nobody can tell which servers may send for it.",
        _SPF,
    ),
    ("spf", "temperror"): _Words(
        "warning",
        "SPF could not be checked",
        "The DNS look-up of the SPF record of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("spf", "permerror"): _Words(
        "problem",
        "The SPF record is faulty",
        "The SPF record of {domain} can't be evaluated: a syntax error, two records, or over 10 look-ups.",
        "Repair the record: one TXT record, at most 10 DNS look-ups (RFC 7208 4.6.4).",
    ),
    ("dkim", "fail"): _Words(
        "problem",
        "A DKIM signature is broken",
        "The signature of {domain} does not verify: header or body changed in transit, or the key is wrong.",
        "Look for what changes messages after signing (footers, subject tags, re-encoding), then at the key.",
    ),
    ("dkim", "permerror"): _Words(
        "problem",
        "A DKIM signature can't be verified",
        "The signature of {domain} or its key record is faulty, or the key is missing.",
        "Check the key record at SELECTOR._domainkey of the signing domain (RFC 6376 3.6).",
    ),
    ("dkim", "temperror"): _Words(
        "warning",
        "DKIM could not be checked",
        "The DNS look-up of the key of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("dkim", "none"): _Words(
        "warning",
        "The message is not signed",
        "There is no DKIM signature, so the message can't be told from a forgery once it is forwarded.",
        "Sign outgoing mail with DKIM, with the domain of From (RFC 6376).",
    ),
    ("dmarc", "fail"): _Words(
        "problem",
        "DMARC failed",
        "Neither SPF nor DKIM passed for the domain of From, {domain}.{policy}",
        "Make SPF or DKIM pass with the domain that stands in From (RFC 7489 3.1).",
    ),
    ("dmarc", "permerror"): _Words(
        "warning",
        "The DMARC record is faulty",
        "The DMARC record of {domain} can't be read.",
        "Repair the TXT record at _dmarc of the domain (RFC 7489 6.3).",
    ),
    ("dmarc", "temperror"): _Words(
        "warning",
        "DMARC could not be checked",
        "The DNS look-up of the DMARC record of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("dmarc", "none"): _Words(
        "note",
        "No DMARC policy",
        "{domain} publishes no DMARC record: receivers decide on their own what a failure means.",
        "Publish a DMARC record, at first with p=none and a report address.",
    ),
    ("arc", "fail"): _Words(
        "warning",
        "The ARC chain is broken",
        "A server on the way changed the message without sealing it, or a seal does not verify.",
        "Earlier authentication results in this chain can't be believed (RFC 8617).",
    ),
}
_ALIASES = {"hardfail": "fail", "invalid": "permerror", "policy": "fail", "error": "temperror"}
_IDENTITY = {
    "spf": ("smtp.mailfrom", "smtp.mail", "envelope-from", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from", "from"),
}
_POLICIES = {
    "reject": " Its policy asks to reject such mail.",
    "quarantine": " Its policy asks for the junk folder.",
}


def authentication_findings(trace: Trace) -> Iterator[Finding]:
    """One finding for each kind of failure in results that may be believed."""
    told: set[str] = set()
    forwarded_pass = _passed(trace, "dmarc") or trace.alignment.dmarc == "pass"
    for field in trace.authentication:
        if field.trusted is False:
            continue
        for result in field.results:
            finding = _finding(field, result, trace)
            if finding is None or finding.id in told:
                continue
            if result.method in ("spf", "dkim") and finding.severity == "problem" and forwarded_pass:
                finding.severity = "note"
            if result.method == "dkim" and result.result in ("none", "neutral") and _passed(trace, "dkim"):
                continue
            told.add(finding.id)
            yield finding
    yield from _unbelieved(trace)


def _passed(trace: Trace, method: str) -> bool:
    return any(
        result.method == method and result.result == "pass"
        for field in trace.authentication
        if field.trusted is not False
        for result in field.results
    )


def _finding(field: AuthenticationResults, result: MethodResult, trace: Trace) -> Finding | None:
    if result.method == "compauth":
        return _composite(field, result)
    outcome = _ALIASES.get(result.result, result.result)
    words = _FAILURES.get((result.method, outcome))
    if words is None:
        return None
    properties = result.properties
    stated = next((properties[name] for name in _IDENTITY.get(result.method, ()) if name in properties), None)
    fallback = trace.alignment.from_domain if result.method == "dmarc" else None
    domain = (stated or fallback or "").rpartition("@")[2].strip("<>") or "the sending domain"
    ip = properties.get("client-ip") or properties.get("smtp.client-ip") or "the sending server"
    policy = _POLICIES.get((properties.get("policy.dmarc") or properties.get("p") or "").lower(), "")
    return Finding(
        id=f"{result.method}-{outcome}",
        severity=words.severity,
        title=words.title,
        detail=words.detail.format(domain=domain, ip=ip, policy=policy),
        evidence=[
            Evidence(field=field.field, text=f"{result.method}={result.result} {result.reason or ''}".strip())
        ],
        advice=words.advice,
    )


def _composite(field: AuthenticationResults, result: MethodResult) -> Finding | None:
    """Microsoft's compauth: its reason code in words."""
    if result.result not in ("fail", "softpass", "none"):
        return None
    code = (result.reason or result.properties.get("reason") or "").strip()
    meaning = compauth(code) or "no published meaning"
    return Finding(
        id=f"compauth-{result.result}",
        severity="problem" if result.result == "fail" else "note",
        title=f"Microsoft's composite authentication: {result.result}",
        detail=f"Reason {code or 'not given'}: {meaning}.",
        evidence=[Evidence(field=field.field, text=f"compauth={result.result} reason={code}".strip())],
        advice="Let SPF or DKIM pass with the domain of From." if result.result == "fail" else None,
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
            evidence=[Evidence(field=field.field, text=field.raw[:200]) for field in claimed[:3]],
            advice="Rely on the results that the receiving server wrote.",
        )
