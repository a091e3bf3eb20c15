"""The library gives what the command gives, typed."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import analyzer
from analyzer.model import Attempt, Problem
from analyzer.model.tables import ATTEMPT_SCHEMA

BOUNCES = Path(__file__).parents[2] / "sample_data/bounces"
LOG = Path(__file__).parents[2] / "sample_data/postfix.log"
HEADER = (
    b"Received: from a.example by b.example with ESMTP id 1; Mon, 1 Jan 2024 10:00:00 +0000\nSubject: x\n\n"
)


def test_the_public_names_are_literal_and_there() -> None:
    assert analyzer.__all__ == ["Attempts", "classify", "explain", "report", "trace"]
    for name in analyzer.__all__:
        assert callable(getattr(analyzer, name))
    with pytest.raises(AttributeError):
        _ = analyzer.nonsense


@pytest.mark.parametrize("given", [HEADER, HEADER.decode()])
def test_trace_of_bytes_and_text(given: bytes | str) -> None:
    assert analyzer.trace(given).hops[0].by == "b.example"


def test_trace_of_a_path(tmp_path: Path) -> None:
    (tmp_path / "m.eml").write_bytes(HEADER)
    assert analyzer.trace(tmp_path / "m.eml").subject == "x"
    with pytest.raises(ValueError, match="no such file"):
        analyzer.trace(tmp_path / "none.eml")


def test_classify_a_folder_as_table_frame_and_dictionaries() -> None:
    attempts = analyzer.classify(BOUNCES)
    files = len(list(BOUNCES.glob("*.eml")))
    assert len({attempt.source for attempt in attempts}) >= files - 2
    table = attempts.to_arrow()
    assert isinstance(table, pa.Table)
    assert table.schema == ATTEMPT_SCHEMA
    frame = attempts.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == len(attempts) == len(attempts.to_dict())
    assert list(frame.columns) == ATTEMPT_SCHEMA.names
    assert all(isinstance(attempt, Attempt) for attempt in attempts)
    json.dumps(attempts.to_dict())


def test_classify_bytes_equals_classify_file() -> None:
    file = next(BOUNCES.glob("*.eml"))
    (from_bytes,) = [analyzer.classify(file.read_bytes()).to_dict()]
    from_file = analyzer.classify([file]).to_dict()
    for row in [*from_bytes, *from_file]:
        row.pop("source")
    assert from_bytes == from_file


def test_problems_are_kept(tmp_path: Path) -> None:
    attempts = analyzer.classify([tmp_path / "none.eml", BOUNCES])
    assert [problem for problem in attempts.problems if problem.id == "not-found"] == [
        Problem(id="not-found", source=str(tmp_path / "none.eml"), message="there is no such file or folder")
    ]
    assert len(attempts) > 0


def test_log_rows_are_judged_and_ordered() -> None:
    final = analyzer.classify(LOG).to_arrow().to_pylist()
    tries = analyzer.classify(LOG, attempts=True)
    assert len(tries) > len(final)
    assert [row["position"] for row in final] == sorted(row["position"] for row in final)
    for row in final:
        assert (row["classification"] is None) == (row["action"] not in ("failed", "delayed"))
        assert not row["suppress"] or row["classification"] == "Invalid Address"
        assert row["outcome"] != "expired" or row["permanence"] == "permanent"


def test_explain() -> None:
    explained = analyzer.explain("450 4.2.2 mailbox full", recipient="eva@example.net")
    assert explained.verdict.reason == "mailbox-full"
    assert explained.verdict.permanence == "transient"


RULE = """
[[rule]]
id = "own/frobnicator"
classification = "Content"
reason = "spam-content"
text = ['declined by the frobnicator']
why = "Our partner's filter."
examples = ["550 declined by the frobnicator"]
"""


def test_own_rules_win(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULE)
    reply = "550 5.1.1 User unknown, declined by the frobnicator"
    assert analyzer.explain(reply).verdict.classification == "Invalid Address"
    assert analyzer.explain(reply, rules=[tmp_path]).verdict.rule == "own/frobnicator"


def test_own_rules_that_are_wrong_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(RULE.replace("spam-content", "no-such-reason").replace("why", "wy"))
    with pytest.raises(ValueError, match="no-such-reason") as raised:
        analyzer.explain("550 x", rules=[tmp_path])
    assert "'why'" in str(raised.value)
    assert "own.toml" in str(raised.value)


def test_the_subpackage_does_not_hide_the_function() -> None:
    from analyzer.trace.header import read_header

    assert read_header(HEADER).fields
    assert analyzer.trace(HEADER).subject == "x"


def test_report_is_written(tmp_path: Path) -> None:
    html = analyzer.report([BOUNCES], tmp_path / "report.html", title="Bounces <b>")
    assert (tmp_path / "report.html").read_text() == html
    assert "Bounces &lt;b&gt;" in html


def test_the_order_of_output_is_the_order_of_input(tmp_path: Path) -> None:
    """Also with several processes."""
    from analyzer.classification import load_rules
    from analyzer.pipeline import attempts as module

    bounce = next(BOUNCES.glob("qmail.eml")).read_bytes()
    box = tmp_path / "box"
    box.write_bytes((b"From MAILER-DAEMON Mon Jan  1 10:00:00 2024\n" + bounce + b"\n") * 1500)
    positions = {}
    for jobs in (1, 2):
        reader = module.Reader(load_rules(), lambda problem: None, jobs=jobs)
        rows = [row["position"] for batch in reader.batches([str(box)]) for row in batch.to_pylist()]
        positions[jobs] = rows
    assert positions[1] == positions[2] == sorted(positions[1])
    assert set(positions[1]) == set(range(1, 1501))
