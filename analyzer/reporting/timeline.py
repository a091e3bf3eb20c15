"""The hop timeline of a trace: one bar a hop, skew drawn as skew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from markupsafe import Markup

from analyzer.model import Hop
from analyzer.reporting.charts import drawing, rect, text
from analyzer.reporting.text import duration, middle

SHOWN = 60
_ROW = 46
_LEAST = 0.5  # per cent: a bar that can still be seen


def timeline(name: str, hops: Sequence[Hop]) -> Markup:
    """Draw the first 60 hops, oldest on top, on one linear axis from the earliest to the latest time.

    A bar ends at the time that the hop wrote. It begins where the nearest older dated hop ended, so a
    negative delay is a hatched bar that runs to the left.
    """
    hops = hops[:SHOWN]
    times = [hop.timestamp for hop in hops if hop.timestamp is not None]
    first, last = min(times, default=None), max(times, default=None)
    span = (last - first).total_seconds() if first and last else 0.0
    drawn: list[str] = []
    slowest = max((hop.delay_seconds or 0 for hop in hops), default=0)
    for row, hop in enumerate(hops):
        drawn += _row(hop, row * _ROW, first, span, slowest)
    height = len(hops) * _ROW + 24
    if first is not None:
        drawn.append(f'<line x1="0" x2="100%" y1="{height - 24}" y2="{height - 24}" class="axis"/>')
        drawn.append(text("0", height - 8, first.strftime("%Y-%m-%d %H:%M:%S UTC"), css="tick"))
        if span:
            drawn.append(text("100%", height - 8, f"+{duration(span)}", css="tick", anchor="end"))
    return drawing(name, "Hop timeline", _description(hops, span), height, drawn)


def _row(hop: Hop, y: float, first: datetime | None, span: float, slowest: float) -> list[str]:
    parts = [
        text("0", y + 15, f"{hop.index}", css="hop-number"),
        text("22", y + 15, middle(hop.by or hop.from_name or "unnamed server", 34), css="hop-name"),
    ]
    if hop.timestamp is None or first is None:
        parts.append(text("100%", y + 15, "no time", css="hop-delay soft", anchor="end"))
        return [*parts, _track(y)]
    delay = hop.delay_seconds
    end = (hop.timestamp - first).total_seconds() / span * 100 if span else 0.0
    width = abs(delay or 0) / span * 100 if span else 0.0
    parts.append(_track(y))
    if delay is None:
        parts.append(text("100%", y + 15, "start", css="hop-delay soft", anchor="end"))
    elif delay < 0:
        parts.append(text("100%", y + 15, f"◂ {duration(delay)} skew", css="hop-delay", anchor="end"))
        parts.append(
            rect(
                min(end, 100 - _LEAST),
                max(min(width, 100 - end), _LEAST),
                y=y + 23,
                height=12,
                css="part",
                fill="skew",
            )
        )
    else:
        css = "part slow" if delay == slowest and delay >= 60 else "part step"
        parts.append(text("100%", y + 15, duration(delay, sign=True), css="hop-delay", anchor="end"))
        start = min(max(end - width, 0.0), 100 - _LEAST)
        parts.append(rect(start, max(min(width, 100 - start), _LEAST), y=y + 23, height=12, css=css))
    parts.append(f'<circle cx="{min(max(end, 0.6), 99.4):.3f}%" cy="{y + 29:g}" r="4" class="dot"/>')
    return parts


def _track(y: float) -> str:
    return f'<line x1="0" x2="100%" y1="{y + 29:g}" y2="{y + 29:g}" class="track"/>'


def _description(hops: Sequence[Hop], span: float) -> str:
    dated = sum(hop.timestamp is not None for hop in hops)
    skewed = sum((hop.delay_seconds or 0) < 0 for hop in hops)
    skew = f" {skewed} with a negative delay: a clock is off." if skewed else ""
    return (
        f"One bar a hop, oldest first: {len(hops)} hops, {dated} with a time, over {duration(span)}.{skew}"
        " The table below has the numbers."
    )
