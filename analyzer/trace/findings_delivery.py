"""Findings on filters, encryption, the trust boundary and forwarding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.model import Evidence, Finding, Hop, SpamVerdict, Trace
from analyzer.trace.boundary import BOUNDARY
from analyzer.trace.encryption import encrypted
from analyzer.trace.forged import forged_signs

_CLEAN = ("not spam", "inbox", None)


def delivery_findings(trace: Trace) -> Iterator[Finding]:
    """What the filters decided, where the message went, which hops were not encrypted, what is claimed."""
    yield from _placed(trace)
    yield from _spam(trace.spam_verdicts)
    yield from _unencrypted(trace.hops)
    yield from _claimed(trace)
    yield from forged_signs(trace.hops)


def _placed(trace: Trace) -> Iterator[Finding]:
    if trace.placement in ("junk", "quarantine"):
        evidence = [
            Evidence(field=verdict.field, text=verdict.raw[:200])
            for verdict in trace.spam_verdicts
            if verdict.verdict not in _CLEAN
        ]
        yield Finding(
            id=f"delivered-to-{trace.placement}",
            severity="problem",
            title=f"The message was put into {trace.placement}",
            detail="The receiving system's own field says so.",
            evidence=evidence,
            advice="See the filter verdicts and authentication results below for the reason.",
        )


def _spam(verdicts: Sequence[SpamVerdict]) -> Iterator[Finding]:
    for verdict in verdicts:
        if verdict.verdict in _CLEAN or verdict.verdict == "junk":
            continue
        score = f" with score {verdict.score:g}" if verdict.score is not None else ""
        tests = verdict.decoded.get("strongest tests") or verdict.decoded.get("strongest symbols")
        yield Finding(
            id="marked-as-spam",
            severity="problem",
            title=f"{verdict.vendor} says: {verdict.verdict}",
            detail=f"{verdict.vendor} judged the message {verdict.verdict}{score}."
            + (f" What weighed most: {tests}." if tests else ""),
            evidence=[Evidence(field=verdict.field, text=verdict.raw[:300])],
            advice="If this is wanted mail, mend what the filter names; then ask the receiver to allow it.",
        )


def _unencrypted(hops: Sequence[Hop]) -> Iterator[Finding]:
    plain = [hop for hop in hops if hop.trusted is not False and encrypted(hop) is False]
    if plain:
        ways = ", ".join(f"{hop.from_host or hop.from_name or hop.from_ip} to {hop.by}" for hop in plain[:4])
        yield Finding(
            id="not-encrypted",
            severity="note",
            title="Part of the way was not encrypted",
            detail=f"From {ways} the message crossed a public network without TLS: "
            "the server there says so of encrypted hops, and does not say it of this one.",
            evidence=[Evidence(field="Received", text=hop.raw[:200]) for hop in plain[:4]],
            advice="Offer STARTTLS on the receiving side and use it on the sending side.",
        )


def _claimed(trace: Trace) -> Iterator[Finding]:
    claimed = [hop for hop in trace.hops if hop.trusted is False]
    if not claimed or len(claimed) == len(trace.hops):
        return
    count = len(claimed)
    oldest_believed = trace.hops[count]
    reason = next((note for note in oldest_believed.notes if note.startswith(BOUNDARY)), "")
    why = reason.removeprefix(BOUNDARY).partition(";")[0] or "the chain leaves the receiver's servers"
    yield Finding(
        id="trust-boundary",
        severity="note",
        title="The oldest hop is claimed, not proven"
        if count == 1
        else f"{count} hops are claimed, not proven",
        detail=f"Trust ends here: {why}. What is older was written by others and may be invented.",
        evidence=[Evidence(field="Received", text=oldest_believed.raw[:200])],
        advice="Name your own servers with --trust to move the boundary.",
    )
