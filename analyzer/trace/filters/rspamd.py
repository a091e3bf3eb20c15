"""Rspamd: X-Spamd-Result, `default: False [1.20 / 15.00]; SYMBOL(0.50)[options]; …`."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.model import SpamVerdict

_HEAD = re.compile(r"\s*\w{1,40}:\s*(True|False)\s*\[(-?[\d.]{1,10})\s*/\s*(-?[\d.]{1,10})\]", re.IGNORECASE)
_SYMBOL = re.compile(r"\b([A-Z][A-Z0-9_]{2,60})\((-?\d{1,5}\.\d{1,4})\)")
_MAX_SYMBOLS = 12


def result(value: str) -> SpamVerdict | None:
    """The verdict with the symbols that weigh most."""
    head = _HEAD.match(value)
    if head is None:
        return None
    symbols = [(float(weight), name) for name, weight in _SYMBOL.findall(value)]
    symbols.sort(key=lambda pair: -abs(pair[0]))
    decoded = {"threshold": head[3]}
    if shown := ", ".join(f"{name} ({weight:g})" for weight, name in symbols[:_MAX_SYMBOLS] if weight):
        decoded["strongest symbols"] = shown
    try:
        score = float(head[2])
    except ValueError:
        score = None
    verdict = "spam" if head[1].lower() == "true" else "not spam"
    return SpamVerdict(vendor="Rspamd", field="", verdict=verdict, score=score, decoded=decoded)


def _action(value: str) -> SpamVerdict | None:
    action = value.strip().lower()[:60]
    if not action:
        return None
    verdict = "not spam" if action == "no action" else action
    return SpamVerdict(vendor="Rspamd", field="", verdict=verdict, decoded={"action": action})


FIELDS: dict[str, Callable[[str], SpamVerdict | None]] = {
    "x-spamd-result": result,
    "x-rspamd-action": _action,
    "x-spam-action": _action,
}
