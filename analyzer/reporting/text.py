"""Text from mail made fit to be shown, and numbers and times as people read them."""

from __future__ import annotations

import re
from datetime import datetime

from markupsafe import Markup, escape

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_STACKED = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{4})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_PIECE = re.compile(r"@?[^.@\s]{1,12}\.?\s*|[.@\s]+")
_LONGEST = 20_000
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def visible(value: str) -> str:
    """Show what would be invisible or would turn the text around.

    Control characters, direction marks, zero-width characters and lone surrogates become their
    name (`⟨U+202E⟩`), line breaks and tabs stay, a tower of combining marks is cut, and a text of
    more than 20,000 characters ends with how many more there are.
    """
    if len(value) > _LONGEST:
        value = clip(value, _LONGEST)
    value = _STACKED.sub(r"\1", value.replace("\r\n", "\n"))
    return _HIDDEN.sub(lambda hit: f"⟨U+{ord(hit[0]):04X}⟩", value)


def breakable(value: str) -> Markup:
    """Escape a host name or address and say where it may be broken: after dots, before the at sign.

    Runs of more than 12 characters may be broken too.
    """
    pieces = _PIECE.findall(visible(value))
    return Markup("<wbr>").join(escape(piece) for piece in pieces)


def clip(value: str | None, length: int) -> str:
    """Cut the text to `length` characters and say how many are missing."""
    if value is None or len(value) <= length:
        return value or ""
    return f"{value[:length]}… ({len(value) - length:,} more characters)"


def middle(value: str | None, length: int) -> str:
    """Cut the middle out of a text longer than `length` characters: ends tell hosts apart."""
    if value is None or len(value) <= length:
        return value or ""
    tail = length * 3 // 5
    return f"{value[: length - tail - 1]}…{value[-tail:]}"


def number(value: float | None) -> str:
    """Write a number with separators; — for none."""
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write `1 hop`, `2 hops`, `1,200 addresses`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(part: float, whole: float) -> str:
    """Write a share; — where there is no whole, < 0.1 % where rounding would hide it."""
    if not whole:
        return "—"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "< 0.1\u00a0%"
    if 99.9 < share < 100:
        return "> 99.9\u00a0%"
    return f"{share:.0f}\u00a0%" if share in (0, 100) else f"{share:.1f}\u00a0%"


def duration(seconds: float | None, *, sign: bool = False) -> str:
    """Write seconds in the two largest units (`1 h 4 min`); negative stays negative; — for none."""
    if seconds is None:
        return "—"
    mark = "−" if seconds < 0 else "+" if sign and seconds > 0 else ""
    left = abs(seconds)
    if left < 10:
        return f"{mark}{left:g}\u00a0s" if left == int(left) else f"{mark}{left:.1f}\u00a0s"
    left = round(left)
    parts: list[str] = []
    for unit, size in _UNITS:
        if left >= size or (parts and unit == "s"):
            count, left = divmod(left, size)
            if count:
                parts.append(f"{count}\u00a0{unit}")
        if len(parts) == 2:
            break
    return mark + " ".join(parts)


def moment(value: datetime | str | None, *, seconds: bool = True) -> str:
    """Write a UTC time as `2026-11-21 10:00:07`; — for none."""
    if value is None:
        return "—"
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def day(value: datetime | str | None) -> str:
    """Write the date of a UTC time as `2026-11-21`; — for none."""
    return moment(value)[:10]
