"""Durations in words."""

from __future__ import annotations

_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def duration(seconds: float | None) -> str:
    """Seconds as `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 2 h`; negative ones keep their sign."""
    if seconds is None:
        return "not known"
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    if rest < 60:
        return f"{sign}{rest:g} s" if rest == int(rest) else f"{sign}{rest:.1f} s"
    whole = round(rest)
    parts: list[str] = []
    for size, name in _UNITS:
        count, whole = divmod(whole, size)
        if count or parts:
            parts.append(f"{count} {name}")
    parts.append(f"{whole} s")
    shown = [part for part in parts[:2] if not part.startswith("0 ")]
    return sign + " ".join(shown)
