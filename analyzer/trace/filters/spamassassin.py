"""SpamAssassin, also as amavis and old versions write it, and Barracuda's form of it."""

from __future__ import annotations

import re
from collections.abc import Callable

from analyzer.model import SpamVerdict

_STATUS = re.compile(r"\s*(yes|no)\b", re.IGNORECASE)
_SCORE = re.compile(r"\b(?:score|hits)=\s*(-?\d{1,5}(?:\.\d{1,5})?)", re.IGNORECASE)
_REQUIRED = re.compile(r"\b(?:required|tagged_above|KILL_LEVEL)=\s*(-?\d{1,6}(?:\.\d{1,5})?)", re.IGNORECASE)
_TESTS = re.compile(r"\btests=\s*\[?([A-Za-z0-9_=.,\s-]*+)")
_MAX_TESTS = 12


def status(value: str, vendor: str = "SpamAssassin") -> SpamVerdict | None:
    """X-Spam-Status: `Yes, score=7.1 required=5.0 tests=A=1.2,B autolearn=no version=4.0.0`."""
    said = _STATUS.match(value)
    score = _SCORE.search(value)
    if said is None and score is None:
        return None
    decoded = {}
    if required := _REQUIRED.search(value):
        decoded["threshold"] = required[1]
    if tests := strongest_tests(value):
        decoded["strongest tests"] = tests
    verdict = None if said is None else "spam" if said[1].lower() == "yes" else "not spam"
    number = float(score[1]) if score else None
    return SpamVerdict(vendor=vendor, field="", verdict=verdict, score=number, decoded=decoded)


def strongest_tests(value: str) -> str:
    """The tests that weigh most, `NAME (1.2)`; in their own order where no weights are given."""
    found = _TESTS.search(value)
    if found is None:
        return ""
    weighed = []
    for test in re.split(r"[,\s]+", found[1]):
        name, _, weight = test.partition("=")
        if (name and name.isupper()) or "_" in name:
            weighed.append((_weight(weight), name))
    if any(weight for weight, _ in weighed):
        weighed.sort(key=lambda pair: -abs(pair[0]))
        return ", ".join(f"{name} ({weight:g})" for weight, name in weighed[:_MAX_TESTS] if weight)
    return ", ".join(name for _, name in weighed[:_MAX_TESTS])


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _flag(value: str) -> SpamVerdict | None:
    """X-Spam-Flag: YES or NO."""
    said = _STATUS.match(value)
    if said is None:
        return None
    verdict = "spam" if said[1].lower() == "yes" else "not spam"
    return SpamVerdict(vendor="spam flag", field="", verdict=verdict)


def _score(value: str) -> SpamVerdict | None:
    number = re.match(r"\s*(-?\d{1,5}(?:\.\d{1,5})?)\s*(?:$|[/(;,])", value)
    return SpamVerdict(vendor="spam score", field="", score=float(number[1])) if number else None


def _barracuda(value: str) -> SpamVerdict | None:
    return status(value, vendor="Barracuda")


FIELDS: dict[str, Callable[[str], SpamVerdict | None]] = {
    "x-spam-status": status,
    "x-spam-flag": _flag,
    "x-spam-score": _score,
    "x-barracuda-spam-status": _barracuda,
}
