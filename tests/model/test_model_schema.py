"""The schemas say what the contract says, field by field and in its order."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from analyzer.model import Attempt, Hop, Trace
from analyzer.model.schema import SCHEMAS, schema
from analyzer.model.tables import ATTEMPT_SCHEMA, attempts_to_batch

CONTRACT = [
    "source",
    "position",
    "format",
    "action",
    "outcome",
    "tries",
    "timestamp",
    "recipient",
    "original_recipient",
    "sender",
    "message_id",
    "queue_id",
    "reporting_mta",
    "remote_mta",
    "remote_ip",
    "stage",
    "reply_code",
    "enhanced_code",
    "diagnostic",
    "classification",
    "reason",
    "permanence",
    "suppress",
    "rule",
    "evidence",
    "advice",
]


def test_an_attempt_has_the_fields_of_the_contract_in_its_order() -> None:
    assert list(Attempt(source="a", position=1, format="dsn", action="failed").to_dict()) == CONTRACT
    assert ATTEMPT_SCHEMA.names == CONTRACT


def test_a_trace_prints_the_standards_words() -> None:
    printed = Trace(
        hops=[Hop(index=1, with_="ESMTP", for_="eva@example.net")], from_="a@example.org"
    ).to_dict()
    assert printed["from"] == "a@example.org"
    assert printed["hops"][0]["with"] == "ESMTP"
    assert printed["hops"][0]["for"] == "eva@example.net"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_schemas_are_valid_and_shipped(name: str) -> None:
    generated = schema(name)
    jsonschema.Draft202012Validator.check_schema(generated)
    shipped = Path(__file__).parents[2] / "docs" / "schemas" / f"{name}.json"
    assert json.loads(shipped.read_text()) == generated, (
        f"run: mxlens schema {name} > docs/schemas/{name}.json"
    )


def test_a_trace_fits_its_schema() -> None:
    jsonschema.validate(Trace(hops=[Hop(index=1)]).to_dict(), schema("trace"))


def test_the_schema_refuses_a_wrong_class() -> None:
    row = Attempt(source="a", position=1, format="dsn", action="failed").to_dict()
    jsonschema.validate(row, schema("attempt"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(row | {"classification": "Spam"}, schema("attempt"))


def test_arrow_keeps_every_value() -> None:
    rows = [Attempt(source="a", position=n, format="dsn", action="failed", reply_code=550) for n in (1, 2)]
    assert [Attempt(**row) for row in attempts_to_batch(rows).to_pylist()] == rows
