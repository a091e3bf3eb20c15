"""A trace: what the header of one message says of its way (RFC 5321 4.4, RFC 8601, RFC 8617)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from analyzer.model.attempt import Stage
from analyzer.model.problem import Problem

Severity = Literal["problem", "warning", "note"]


class Tls(msgspec.Struct, frozen=True, kw_only=True):
    """TLS as a Received field states it; `version` is spelt like `TLSv1.3`."""

    version: str | None = None
    cipher: str | None = None


class Hop(
    msgspec.Struct,
    kw_only=True,
    rename={"with_": "with", "for_": "for"},
):
    """One Received field. Times are aware UTC datetimes, delays are seconds and may be negative.

    `index` is 1 for the oldest. `from_name` is how the client called itself, `from_host` its reverse DNS
    as recorded (None for `unknown`), `by` the server that wrote the field. `unread` is what the grammar
    left over.
    """

    index: int
    from_name: str | None = None
    from_host: str | None = None
    from_ip: str | None = None
    by: str | None = None
    via: str | None = None
    with_: str | None = None
    tls: Tls | None = None
    id: str | None = None
    for_: str | None = None
    envelope_from: str | None = None
    authenticated: str | None = None
    timestamp: datetime | None = None
    utc_offset: str | None = None
    delay_seconds: int | float | None = None
    trusted: bool | None = None
    notes: list[str] = []
    unread: str | None = None
    raw: str = ""


class MethodResult(msgspec.Struct, kw_only=True):
    """One `method=result` of an Authentication-Results field; properties are keyed `ptype.property`."""

    method: str
    result: str
    reason: str | None = None
    properties: dict[str, str] = {}


class AuthenticationResults(msgspec.Struct, kw_only=True):
    """One Authentication-Results field (RFC 8601), also in the forms without authserv-id."""

    authserv_id: str | None = None
    trusted: bool | None = None
    results: list[MethodResult] = []
    field: str = "Authentication-Results"
    raw: str = ""


class DkimSignature(msgspec.Struct, kw_only=True):
    """One DKIM-Signature field (RFC 6376 3.5)."""

    domain: str | None = None
    selector: str | None = None
    algorithm: str | None = None
    signed_headers: list[str] = []
    identity: str | None = None
    timestamp: datetime | None = None
    expires: datetime | None = None
    canonicalization: str | None = None
    body_length: int | None = None
    notes: list[str] = []


class ArcSet(msgspec.Struct, kw_only=True):
    """One ARC set (RFC 8617): instance, chain validation and who sealed it."""

    instance: int
    cv: str | None = None
    domain: str | None = None
    selector: str | None = None
    algorithm: str | None = None
    timestamp: datetime | None = None
    authserv_id: str | None = None
    results: list[MethodResult] = []
    complete: bool = True


class Alignment(msgspec.Struct, kw_only=True):
    """DMARC alignment computed from the text (RFC 7489 3.1)."""

    from_domain: str | None = None
    spf: Literal["strict", "relaxed", "none"] | None = None
    dkim: Literal["strict", "relaxed", "none"] | None = None
    dmarc: Literal["pass", "fail"] | None = None


class SpamVerdict(msgspec.Struct, kw_only=True):
    """What one filter wrote into the header: decoded where its meaning is known, raw beside it."""

    vendor: str
    field: str
    verdict: str | None = None
    score: float | None = None
    decoded: dict[str, str] = {}
    raw: str = ""


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A header field and the text in it on which a finding rests."""

    field: str
    text: str


class Finding(msgspec.Struct, kw_only=True):
    """What mxlens says of a trace in plain words, with its evidence and what to do."""

    id: str
    severity: Severity
    title: str
    detail: str
    evidence: list[Evidence] = []
    advice: str | None = None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One SMTP command and its reply (RFC 5321 4.2); `command` is None for the greeting."""

    stage: Stage | None
    command: str | None
    reply_code: int | None
    reply: str
    """The reply's lines, joined by line feeds; empty where none came."""
    refused: bool


class Conversation(msgspec.Struct, kw_only=True):
    """An SMTP session as somebody recorded it."""

    exchanges: list[Exchange] = []
    host: str | None = None
    sender: str | None = None
    recipients: list[str] = []


class Trace(msgspec.Struct, kw_only=True, rename={"from_": "from"}):
    """What the header of one message says of its way; `hops` are oldest first.

    `original` is the trace of the message that a report returns, as far as its header came back;
    `conversation` is set where the input was an SMTP session instead of a header.
    """

    source: str | None = None
    position: int | None = None
    message_id: str | None = None
    subject: str | None = None
    from_: str | None = None
    to: str | None = None
    date: datetime | None = None
    return_path: str | None = None
    hops: list[Hop] = []
    total_seconds: int | float | None = None
    authentication: list[AuthenticationResults] = []
    dkim_signatures: list[DkimSignature] = []
    arc: list[ArcSet] = []
    alignment: Alignment = msgspec.field(default_factory=Alignment)
    spam_verdicts: list[SpamVerdict] = []
    placement: Literal["inbox", "junk", "quarantine"] | None = None
    findings: list[Finding] = []
    original: Trace | None = None
    conversation: Conversation | None = None
    problems: list[Problem] = []

    def to_dict(self) -> dict[str, Any]:
        """The trace as JSON-ready values, keys in the contract's order."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result
