"""An attempt: one outcome for one recipient, the record in which every bounce, log line and event ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

import msgspec

Classification = Literal[
    "Invalid Address",
    "Technical",
    "Content",
    "Reputation",
    "Frequency/Volume",
    "Mailbox Unavailable",
    "Unclassified",
]
Action = Literal["failed", "delayed", "delivered", "relayed", "expanded", "complaint", "auto-reply"]
Outcome = Literal[
    "delivered", "bounced", "expired", "deferred", "delivered-then-bounced", "filtered", "discarded"
]
Stage = Literal[
    "dns",
    "connect",
    "ehlo",
    "starttls",
    "auth",
    "mail",
    "rcpt",
    "data",
    "message",
    "queue",
    "local",
]
Permanence = Literal["permanent", "transient"]
Advice = Literal[
    "suppress",
    "retry",
    "slow-down",
    "fix-configuration",
    "fix-content",
    "repair-reputation",
    "ask-recipient",
    "review",
]

CLASSIFICATIONS: tuple[str, ...] = get_args(Classification)
ACTIONS: tuple[str, ...] = get_args(Action)
OUTCOMES: tuple[str, ...] = get_args(Outcome)
STAGES: tuple[str, ...] = get_args(Stage)


class Attempt(msgspec.Struct, kw_only=True):
    """One outcome for one recipient; field names and meanings are the output contract's (docs/contract.md).

    Readers (bounces, logs) fill everything down to `diagnostic`; the rest is the verdict's and is
    filled by the pipeline. Unknown is None, never a guess. `timestamp` is an aware datetime in UTC.
    Host names are lower-case without final dot.
    """

    source: str
    position: int
    format: str
    action: Action
    outcome: Outcome | None = None
    tries: int | None = None
    timestamp: datetime | None = None
    recipient: str | None = None
    original_recipient: str | None = None
    sender: str | None = None
    message_id: str | None = None
    queue_id: str | None = None
    reporting_mta: str | None = None
    remote_mta: str | None = None
    remote_ip: str | None = None
    stage: Stage | None = None
    reply_code: int | None = None
    enhanced_code: str | None = None
    diagnostic: str | None = None
    classification: Classification | None = None
    reason: str | None = None
    permanence: Permanence | None = None
    suppress: bool = False
    rule: str | None = None
    evidence: str | None = None
    advice: Advice | None = None

    def to_dict(self) -> dict[str, Any]:
        """The attempt as JSON-ready values, keys in the contract's order."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result
