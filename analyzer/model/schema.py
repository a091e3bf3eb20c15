"""JSON Schemas (draft 2020-12) of what mxlens prints, generated from the model's types."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

from analyzer.model.attempt import Attempt
from analyzer.model.original import Original
from analyzer.model.problem import Problem
from analyzer.model.trace import Trace
from analyzer.model.verdict import Verdict

SCHEMAS: dict[str, type[msgspec.Struct]] = {
    "attempt": Attempt,
    "explain": Verdict,
    "original": Original,
    "problem": Problem,
    "trace": Trace,
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema called `name`, one of SCHEMAS; every field is required, as all are printed."""
    (root,), parts = msgspec.json.schema_components([SCHEMAS[name]], ref_template="#/$defs/{name}")
    for part in parts.values():
        if "description" in part:
            # Python 3.13 takes the indentation off docstrings, older ones leave it.
            part["description"] = cleandoc(part["description"])
        if part.get("type") == "object" and "properties" in part:
            part["required"] = list(part["properties"])
            part["additionalProperties"] = False
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"mxlens {name}",
        **root,
        "$defs": dict(sorted(parts.items())),
    }
