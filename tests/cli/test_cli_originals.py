"""`mxlens classify --originals`: the returned messages in a file of their own, joined by their place."""

import json
from pathlib import Path

from click.testing import CliRunner

from analyzer.cli.classify import command

SAMPLES = Path(__file__).parents[2] / "sample_data/bounces"


def test_originals_join_the_attempts(tmp_path):
    target = tmp_path / "originals.jsonl"
    arguments = [str(SAMPLES), "--format", "jsonl", "--originals", str(target), "-j", "1"]
    result = CliRunner().invoke(command, arguments)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    originals = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert originals
    places = {(row["source"], row["position"]) for row in rows}
    assert {(one["source"], one["position"]) for one in originals} <= places
    assert all(one["message_id"] for one in originals)
