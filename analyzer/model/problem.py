"""A problem: input that could not be read, with its place."""

from __future__ import annotations

from typing import Any

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Input that could not be read, or only in part.

    `id` is a stable slug (`not-readable`, `unknown-format`, `truncated`, `too-deep` …); `position` is
    the 1-based message or line number in `source`; `place` says where inside it (`part 1.3`,
    `field Received 4`, `byte 1024`); `message` is a sentence for a person.
    """

    id: str
    message: str
    source: str | None = None
    position: int | None = None
    place: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The problem as JSON-ready values."""
        result: dict[str, Any] = msgspec.to_builtins(self)
        return result

    def __str__(self) -> str:
        where = ":".join(str(part) for part in (self.source, self.position) if part is not None)
        spot = f" ({self.place})" if self.place else ""
        return f"{where}{spot}: {self.message}" if where else f"{self.message}{spot}"
