"""Charts as SVG: no script, no inline style, a title and a description each.

Widths are percentages and heights pixels, so that one drawing fits a phone and a wide screen
while its text keeps its size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from markupsafe import Markup, escape

from analyzer.model import CLASSIFICATIONS
from analyzer.reporting.text import number, visible

Unit = Literal["hour", "day", "week", "month", "year"]

# One hatch a classification, so that none is told by its colour alone: SVG path in an 8 by 8 tile.
_HATCH = {
    "Invalid Address": "",
    "Technical": "M0 2H8M0 6H8",
    "Content": "M2 1v2M6 5v2",
    "Reputation": "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "Frequency/Volume": "M2 0V8M6 0V8",
    "Mailbox Unavailable": "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "Unclassified": "M0 0L8 8M0 8L8 0",
    "skew": "M-2 2L2 -2M0 8L8 0M6 10L10 6",
}
_LABELS = {"hour": "%H:%M", "day": "%d %b", "week": "%d %b", "month": "%b %Y", "year": "%Y"}
_NAMES = {
    "hour": "%Y-%m-%d %H:%M",
    "day": "%Y-%m-%d",
    "week": "week of %Y-%m-%d",
    "month": "%B %Y",
    "year": "%Y",
}
_PLOT = 190
_TOP = 14
_WIDTH = 93.0  # per cent; the rest is for the numbers of the axis
_MOST_LABELS = 10


def kind(name: str | None) -> str:
    """Slug of a classification, for class names: `frequency-volume`; `none` for None."""
    return (name or "none").lower().replace("/", "-").replace(" ", "-")


def text(x: str, y: float, content: str, *, css: str = "", anchor: str = "start") -> str:
    """One SVG text; its content is shown as text, whatever it holds."""
    return f'<text x="{x}" y="{y:g}" class="{css}" text-anchor="{anchor}">{escape(visible(content))}</text>'


def rect(x: float, width: float, *, y: float, height: float, css: str, fill: str | None = None) -> str:
    """One SVG rectangle: x and width in per cent, y and height in pixels."""
    paint = f' fill="url(#p-{fill})"' if fill else ""
    return f'<rect x="{x:.3f}%" width="{width:.3f}%" y="{y:.1f}" height="{height:.1f}" class="{css}"{paint}/>'


def drawing(name: str, title: str, description: str, height: float, parts: Iterable[str]) -> Markup:
    """Wrap parts into an SVG image with title and description; `name` is unique in the page."""
    return Markup(  # noqa: S704 (parts come from text() and rect(), which escape)
        f'<svg class="chart" role="img" width="100%" height="{height:g}"'
        f' aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(visible(title))}</title>'
        f'<desc id="{name}-desc">{escape(visible(description))}</desc>{"".join(parts)}</svg>'
    )


def patterns() -> Markup:
    """Define the hatches that all charts of a page use."""
    tiles = "".join(
        f'<pattern id="p-{kind(name)}" width="8" height="8" patternUnits="userSpaceOnUse">'
        f'<rect width="8" height="8" class="k-{kind(name)}"/><path class="hatch" d="{path}"/></pattern>'
        for name, path in _HATCH.items()
    )
    return Markup(  # noqa: S704 (constants only)
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false">'
        f"<defs>{tiles}</defs></svg>"
    )


def bar(parts: Sequence[tuple[str | None, float]], whole: float, *, height: int = 10) -> Markup:
    """Draw one bar of a table row, whose numbers stand beside it; parts are (classification, count)."""
    drawn, x = [], 0.0
    for name, count in parts:
        width = 100 * count / whole if whole else 0
        if width:
            width = max(width, 0.4)
            fill = kind(name) if name else None
            drawn.append(rect(x, width, y=0, height=height, css="part" if fill else "part plain", fill=fill))
            x += width
    return Markup(  # noqa: S704
        f'<svg class="bar" width="100%" height="{height}" aria-hidden="true" focusable="false">'
        f"{''.join(drawn)}</svg>"
    )


def ticks(most: float, wanted: int = 4) -> list[int]:
    """Round whole numbers from 0 to at least `most`, about `wanted` steps."""
    raw = max(most, 1) / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = max(1, math.ceil(next(m for m in (1, 2, 2.5, 5, 10) if m * power >= raw) * power))
    return list(range(0, step * math.ceil(max(most, 1) / step) + 1, step))


def stacked_days(
    name: str, buckets: Sequence[datetime], counts: Mapping[datetime, Mapping[str, int]], unit: Unit
) -> Markup:
    """Draw one stacked bar a bucket of time, one part a classification, always in the same order."""
    totals = [sum(counts.get(bucket, {}).values()) for bucket in buckets]
    scale = ticks(max(totals, default=1))
    top = scale[-1]
    drawn: list[str] = []
    for tick in scale:
        y = _TOP + _PLOT * (1 - tick / top)
        drawn.append(
            f'<line x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}" class="{"grid" if tick else "axis"}"/>'
        )
        if tick:
            drawn.append(text("100%", y - 4, _short(tick), css="tick", anchor="end"))
    slot = _WIDTH / max(len(buckets), 1)
    gap = min(slot * 0.25, 1.2)
    for index, bucket in enumerate(buckets):
        y = _TOP + _PLOT
        for classification in CLASSIFICATIONS:
            count = counts.get(bucket, {}).get(classification, 0)
            if count:
                height = _PLOT * count / top
                y -= height
                width = min(slot - gap, 12)
                drawn.append(
                    rect(
                        index * slot + gap / 2,
                        width,
                        y=y,
                        height=height,
                        css="part" if height > 3 else "part thin",
                        fill=kind(classification),
                    )
                )
    drawn += _dates(buckets, slot, unit)
    peak = max(range(len(totals)), key=totals.__getitem__, default=None)
    most = (
        f" Most in one {unit}: {number(totals[peak])} ({buckets[peak].strftime(_NAMES[unit])})."
        if peak is not None
        else ""
    )
    description = (
        f"Stacked bars, one a {unit}, {len(buckets)} in all, {number(sum(totals))} failed or deferred"
        f" attempts by classification.{most} The table below has the numbers."
    )
    title = f"Failed and deferred attempts by {unit} and classification"
    return drawing(name, title, description, _TOP + _PLOT + 26, drawn)


def _dates(buckets: Sequence[datetime], slot: float, unit: Unit) -> list[str]:
    every = max(1, math.ceil(len(buckets) / _MOST_LABELS))
    labels = []
    for place, index in enumerate(range(0, len(buckets), every)):
        css = "tick minor" if place % 2 else "tick"
        x = f"{index * slot + 0.3:.2f}%"
        labels.append(text(x, _TOP + _PLOT + 18, _label(buckets[index], unit), css=css))
    return labels


def _label(bucket: datetime, unit: Unit) -> str:
    return bucket.strftime(_LABELS[unit]).removeprefix("0" if unit != "hour" else "")


def _short(value: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return str(value)


def by_bucket(rows: Iterable[Mapping[str, Any]]) -> dict[datetime, dict[str, int]]:
    """Turn rows (bucket, class, n) into counts by bucket and classification."""
    counts: dict[datetime, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["bucket"], {})[row["class"]] = row["n"]
    return counts


def in_order(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str | None, float]]:
    """Turn rows (class, n) into the parts of a bar, in the fixed order of the classifications."""
    counts = {row["class"]: row["n"] for row in rows}
    return [(name, counts[name]) for name in CLASSIFICATIONS if name in counts]
