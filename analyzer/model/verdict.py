"""What is asked of the rules, and what they answer."""

from __future__ import annotations

from typing import Any

import msgspec

from analyzer.model.attempt import Advice, Classification, Permanence, Stage


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One SMTP reply or failure text with what is known around it.

    `reply` may hold line breaks. `reply_code` and `enhanced_code` are what the reporter stated beside
    the text; codes inside the text beat them. `expired` marks a message given up in the queue.
    """

    reply: str
    host: str | None = None
    stage: Stage | None = None
    sender: str | None = None
    recipient: str | None = None
    original_recipient: str | None = None
    reply_code: int | None = None
    enhanced_code: str | None = None
    permanent: bool | None = None
    """What the reporter made of it (failed: True, delayed: False), used only where no code says."""
    expired: bool = False


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say of one reply. `evidence` is the text that the deciding rule matched."""

    classification: Classification
    reason: str
    permanence: Permanence | None
    suppress: bool
    rule: str | None
    evidence: str | None
    advice: Advice
    reply_code: int | None = None
    enhanced_code: str | None = None
    diagnostic: str | None = None
    """The reply as one line, without what the reporter wrapped around it."""
    stage: Stage | None = None
    blocklist: str | None = None
    retry_after_seconds: int | None = None
    limit: str | None = None
    help_url: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The verdict as JSON-ready values."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result
