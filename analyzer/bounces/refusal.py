"""A refusal: what one report says of one recipient, before it is made into an attempt."""

from __future__ import annotations

from datetime import datetime

import msgspec

from analyzer.model import Action, Stage


class Refusal(msgspec.Struct, kw_only=True):
    """What a report states of one recipient, as stated; unknown is None.

    `diagnostic` is the reason in the report's words, may have several lines and may still be wrapped
    (`host mx said: …`): unwrapping is the reader's. `status` is an enhanced status code or a reply code
    stated beside it. `expired` says that the message was given up because time ran out. `queue_id`,
    `sender` and `message_id` are those of the message that failed and needed only where the report
    itself names them; the returned message's header is looked at anyway.
    """

    recipient: str | None
    original_recipient: str | None = None
    diagnostic: str | None = None
    status: str | None = None
    action: Action = "failed"
    remote_mta: str | None = None
    reporting_mta: str | None = None
    remote_ip: str | None = None
    stage: Stage | None = None
    timestamp: datetime | None = None
    expired: bool = False
    sender: str | None = None
    message_id: str | None = None
    queue_id: str | None = None
    format: str = "bounce"
