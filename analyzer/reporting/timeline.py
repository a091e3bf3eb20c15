"""The hop timeline of a trace: one bar a hop, skew drawn as skew."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from analyzer.model import Hop
from analyzer.reporting.charts import drawing, rect, text
from analyzer.reporting.text import duration, middle, visible
from analyzer.trace.skew import clock_differences

SHOWN = 60
_ROW = 46
_LEAST_WIDTH = 0.5  # per cent: a bar that can still be seen
_LEAST_SPAN = 10.0  # seconds: a chain of one second is no drama
_SLOW = 60.0  # seconds from which the longest delay is marked


def timeline(name: str, hops: Sequence[Hop]) -> Markup:
    """Draw the first 60 hops, oldest on top, on one linear axis from the earliest to the latest time.

    A bar ends in a dot, the time that the hop wrote, and begins at the time of the nearest older
    dated hop: a negative delay runs to the left. Skew is hatched.
    """
    hops = hops[:SHOWN]
    times = [hop.timestamp for hop in hops if hop.timestamp is not None]
    first, last = min(times, default=None), max(times, default=None)
    span = (last - first).total_seconds() if first and last else 0.0
    axis = max(span, _LEAST_SPAN)
    skew = clock_differences(hops)
    slowest = max((hop.delay_seconds or 0 for row, hop in enumerate(hops) if row not in skew), default=0)
    drawn: list[str] = []
    for row, hop in enumerate(hops):
        drawn += _label(hop, row * _ROW + 15, skew=row in skew)
        if hop.timestamp is None or first is None:
            drawn.append(_line(row * _ROW + 29))
        else:
            end = (hop.timestamp - first).total_seconds()
            css = "part slow" if hop.delay_seconds == slowest and slowest >= _SLOW else "part step"
            drawn += _track(hop, row * _ROW + 29, end, axis, css, skew=row in skew)
    bottom = len(hops) * _ROW
    if first is not None:
        drawn.append(f'<line x1="0" x2="100%" y1="{bottom}" y2="{bottom}" class="axis"/>')
        drawn.append(text("0", bottom + 16, first.strftime("%Y-%m-%d %H:%M:%S UTC"), css="tick"))
        drawn.append(text("100%", bottom + 16, f"+{duration(axis)}", css="tick", anchor="end"))
    return drawing(name, "Hop timeline", _description(hops, span, len(skew)), bottom + 24, drawn)


def _label(hop: Hop, y: float, *, skew: bool) -> list[str]:
    delay = hop.delay_seconds
    if hop.timestamp is None:
        right, css = "no time", "hop-delay soft"
    elif delay is None:
        right, css = "start", "hop-delay soft"
    elif delay < 0:
        right, css = f"◂ {duration(delay)}{' skew' if skew else ''}", "hop-delay"
    else:
        right, css = f"{duration(delay, sign=True)}{' skew' if skew else ''}", "hop-delay"
    name = visible(hop.by or hop.from_name or "unnamed server")
    return [
        text("0", y, f"{hop.index}", css="hop-number"),
        text("22", y, middle(name, 60), css="hop-name roomy"),
        text("22", y, middle(name, 20), css="hop-name tight"),
        text("100%", y, right, css=css, anchor="end"),
    ]


def _line(y: float) -> str:
    return f'<line x1="0" x2="100%" y1="{y:g}" y2="{y:g}" class="track"/>'


def _track(hop: Hop, y: float, seconds: float, axis: float, css: str, *, skew: bool) -> list[str]:
    parts = [_line(y)]
    end = seconds / axis * 100
    if delay := hop.delay_seconds:
        start = min(max(end - delay / axis * 100, 0.0), 100.0)
        left = min(start, end, 100 - _LEAST_WIDTH)
        width = max(abs(end - start), _LEAST_WIDTH)
        fill = "skew" if skew else None
        parts.append(rect(left, width, y=y - 6, height=12, css="part" if skew else css, fill=fill))
    parts.append(f'<circle cx="{min(max(end, 0.6), 99.4):.3f}%" cy="{y:g}" r="4" class="dot"/>')
    return parts


def _description(hops: Sequence[Hop], span: float, skew: int) -> str:
    dated = sum(hop.timestamp is not None for hop in hops)
    off = f" {skew} of the delays are skew: a clock is off." if skew else ""
    return (
        f"One bar a hop, oldest first: {len(hops)} hops, {dated} with a time, over {duration(span)}.{off}"
        " The table below has the numbers."
    )
