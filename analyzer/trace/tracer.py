"""`trace`: everything that a header tells, as one Trace."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.model import AuthenticationResults, Finding, Problem, Trace
from analyzer.trace.boundary import set_trust
from analyzer.trace.dates import read_date
from analyzer.trace.defects import read_defects
from analyzer.trace.delays import time_findings
from analyzer.trace.header import Field, read_header
from analyzer.trace.independent import independent
from analyzer.trace.judgement import add_judgement
from analyzer.trace.received import read_received
from analyzer.trace.results import read_received_spf, read_results
from analyzer.trace.signatures import read_arc, read_signature
from analyzer.trace.text import decoded
from analyzer.trace.timing import set_delays

_ANGLE = re.compile(r"<([^<>]*)>")
MAX_RESULT_CHARS = 16 * 1024
"""Characters of one field of authentication results that are read at most."""
_NEWEST_HOPS = 3
_RESULT_FIELDS = frozenset(
    (
        "authentication-results",
        "x-authentication-results",
        "authentication-results-original",
        "x-ms-exchange-authentication-results",
        "received-spf",
    )
)


def trace(
    raw: bytes,
    *,
    source: str | None = None,
    position: int | None = None,
    trust: Sequence[str] = (),
    defects: bool = False,
) -> Trace:
    """Everything that the header at the start of `raw` tells; `raw` may be a whole message.

    `source` and `position` are the message's place, copied into the trace and its problems. `trust`
    names hosts and networks whose Received fields are believed. `defects` also checks the MIME structure
    of a whole message, which takes longer than all else. Never raises on bad input: what could not be
    read is in `problems`.
    """
    header = read_header(raw)
    fields = header.fields
    first: dict[str, str] = {}
    for field in fields:
        first.setdefault(field.key, field.value)
    bodies = [field.value for field in fields if field.key == "received"]
    hops = [read_received(body, index) for index, body in enumerate(reversed(bodies), start=1)]
    total = set_delays(hops)
    date = read_date(first["date"]) if first.get("date") else None
    signatures = [read_signature(field.value) for field in fields if field.key == "dkim-signature"]
    authentication, authserv_ids = _authentication(fields, header.problems)
    set_trust(hops, trust, authserv_ids, _above_marker(fields))
    findings = time_findings(hops, independent(first, fields), fields)
    if not fields:
        header.problems.append(Problem(id="no-header", message="No header field was found.", place="byte 0"))
    problems = [*header.problems, *(read_defects(raw) if defects and header.has_body else [])]
    result = Trace(
        source=source,
        position=position,
        message_id=_angle(first.get("message-id")),
        subject=_text(first.get("subject")),
        from_=_text(first.get("from")),
        to=_text(first.get("to")),
        date=date.timestamp if date else None,
        return_path=_angle(first.get("return-path")),
        hops=hops,
        total_seconds=total,
        authentication=authentication,
        dkim_signatures=signatures,
        arc=read_arc(fields),
        findings=_ranked([*_whole(hops_found=bool(hops)), *findings]),
        problems=_placed(problems, source, position),
    )
    add_judgement(result, fields, _RESULT_FIELDS)
    return result


def _authentication(
    fields: Sequence[Field], problems: list[Problem]
) -> tuple[list[AuthenticationResults], list[str]]:
    """All results, newest first, and who wrote those that stand among the newest hops.

    Results further down may be anyone's, so their authserv-ids are no sign of the receiver.
    """
    found: list[AuthenticationResults] = []
    authserv_ids: list[str] = []
    hops = 0
    for number, field in enumerate(fields, start=1):
        if field.key == "received":
            hops += 1
        elif field.key in _RESULT_FIELDS:
            if len(field.value) > MAX_RESULT_CHARS:
                problems.append(
                    Problem(
                        id="results-too-long",
                        message=f"Only the first {MAX_RESULT_CHARS:,} characters of the results were read.",
                        place=f"field {number} ({field.name})",
                    )
                )
            read = read_received_spf if field.key == "received-spf" else read_results
            results = read(field.value[:MAX_RESULT_CHARS], field.name)
            found.append(results)
            if hops <= _NEWEST_HOPS and results.authserv_id and field.key == "authentication-results":
                authserv_ids.append(results.authserv_id)
    return found, authserv_ids


def _above_marker(fields: Sequence[Field]) -> int | None:
    """How many Received fields stand above the first X-IncomingTopHeaderMarker, None where there is none."""
    hops = 0
    for field in fields:
        if field.key == "received":
            hops += 1
        elif field.key == "x-incomingtopheadermarker":
            return hops or None
    return None


def _text(value: str | None) -> str | None:
    return decoded(value) if value is not None else None


def _angle(value: str | None) -> str | None:
    """What stands in angle brackets; the empty string for `<>`."""
    if value is None:
        return None
    match = _ANGLE.search(value)
    return match[1].strip() if match else value.strip() or None


_SEVERITIES = {"problem": 0, "warning": 1, "note": 2}


def _ranked(findings: list[Finding]) -> list[Finding]:
    """Most important first; among equals the order in which they were found."""
    return sorted(findings, key=lambda finding: _SEVERITIES[finding.severity])


def _whole(*, hops_found: bool) -> list[Finding]:
    if hops_found:
        return []
    return [
        Finding(
            id="not-enough-information",
            severity="note",
            title="There is no Received field",
            detail="Without Received fields nothing can be said of the way of this message or its delays.",
            advice="Ask for the complete header (source view), not the visible lines.",
        )
    ]


def _placed(problems: Sequence[Problem], source: str | None, position: int | None) -> list[Problem]:
    return [
        Problem(id=p.id, message=p.message, source=source, position=position, place=p.place) for p in problems
    ]
