"""Takes out of a trace what identifies people, for sharing; hosts, IPs and times stay, they are the trace."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from analyzer.model import Trace

_ADDRESS = re.compile(r"[^\s<>,;:\"'()=\[\]]{1,128}(?=@[A-Za-z0-9\[])")
_DROPPED = ("subject", "authenticated")
_NAMED = ("from", "to", "reply-to", "cc", "sender")


def redacted(trace: Trace) -> Trace:
    """A copy with every local part replaced (the same one by the same name), without subject and names."""
    seen: dict[str, str] = {}

    def hidden(match: re.Match[str]) -> str:
        return seen.setdefault(match[0].lower(), f"redacted-{len(seen) + 1}")

    def walk(value: Any, key: str = "") -> Any:
        if isinstance(value, str):
            if key in _DROPPED:
                return "(redacted)"
            if key in _NAMED and "<" in value:
                value = ", ".join(re.findall(r"<[^<>]*>", value))
            return _ADDRESS.sub(hidden, value)
        if isinstance(value, dict):
            return {name: walk(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, key) for inner in value]
        return value

    result: Trace = msgspec.convert(walk(msgspec.to_builtins(trace)), Trace)
    return result
