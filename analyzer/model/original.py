"""The message that a report is about, as far as its header came back: it links a bounce to what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec


class Original(msgspec.Struct, kw_only=True, rename={"from_": "from"}):
    """What the returned header says of the message; fields are decoded, unknown is None.

    `source` and `position` are the report's and join it to its attempts. `date` is an aware UTC datetime.
    `return_path` is the envelope sender, empty where it was null. `verp` is the recipient that a variable
    return path carries, `srs` the sender inside a rewritten one (SRS, BATV). `sender_ids` are the fields
    by which large senders find their message again: lower-case name, value. `also_expanded_from` are the
    addresses that led to the failing ones through aliases and forwards, as the report and the header say.
    """

    source: str
    position: int
    message_id: str | None = None
    from_: str | None = None
    to: str | None = None
    subject: str | None = None
    date: datetime | None = None
    list_id: str | None = None
    feedback_id: str | None = None
    return_path: str | None = None
    verp: str | None = None
    srs: str | None = None
    sender_ids: dict[str, str] = {}
    also_expanded_from: list[str] = []

    def to_dict(self) -> dict[str, Any]:
        """Plain values in the order of the fields; the date as text with `Z`."""
        return msgspec.to_builtins(self)  # type: ignore[no-any-return]
