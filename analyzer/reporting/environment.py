"""The Jinja2 environment in which all reports are rendered."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from analyzer.model import CLASSIFICATIONS, Trace
from analyzer.model.content import content
from analyzer.reporting import charts, text, timeline
from analyzer.trace.skew import clock_differences

_HERE = Path(__file__).parent


def _finalize(value: Any) -> Any:
    """Every value that a template prints passes here: None is a dash, hidden characters are shown."""
    if value is None:
        return "—"
    if isinstance(value, str) and not isinstance(value, Markup):
        return text.visible(value)
    return value


def _trace(value: str | Trace) -> Trace:
    return value if isinstance(value, Trace) else msgspec.json.decode(value, type=Trace)


def _meant(address: str | None, classification: str | None) -> str | None:
    from analyzer.classification.addresses import meant

    return meant(address, classification)


@cache
def environment() -> jinja2.Environment:
    """Make the environment: autoescape on, unknown names are errors."""
    loader = jinja2.FileSystemLoader([_HERE / "templates", content("reports")])
    made = jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "breakable": text.breakable,
        "clip": text.clip,
        "day": text.day,
        "duration": text.duration,
        "kind": charts.kind,
        "moment": text.moment,
        "number": text.number,
        "plural": text.plural,
        "trace": _trace,
    }
    made.globals |= {
        "CLASSIFICATIONS": CLASSIFICATIONS,
        "bar": charts.bar,
        "by_bucket": charts.by_bucket,
        "in_order": charts.in_order,
        "meant": _meant,
        "percent": text.percent,
        "clock_differences": clock_differences,
        "patterns": charts.patterns,
        "stacked_days": charts.stacked_days,
        "timeline": timeline.timeline,
    }
    return made


@cache
def macros() -> str:
    """Read the SQL macros that queries may use."""
    return (_HERE / "macros.sql").read_text(encoding="utf-8")


@cache
def style_sheet() -> tuple[Markup, str]:
    """Read the style sheet, and its hash as a Content-Security-Policy source."""
    style = (_HERE / "templates" / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return Markup(style), f"sha256-{digest}"  # noqa: S704 (our own file)
