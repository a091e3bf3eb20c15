"""Text that Arrow, JSON and DuckDB can take."""

from __future__ import annotations

from typing import Any

import msgspec

from analyzer.model import Trace
from analyzer.model.wellformed import wellformed


def without_surrogates(value: Any) -> Any:
    r"""Write lone surrogates, which UTF-8 can't hold, as `\udcXX`, also in nested dicts and lists."""
    if isinstance(value, str):
        return wellformed(value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    return value


def trace_json(trace: Trace) -> str:
    """Write a trace as JSON, whatever its strings hold."""
    try:
        return msgspec.json.encode(trace).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(without_surrogates(trace.to_dict())).decode()
