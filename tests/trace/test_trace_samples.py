"""sample_data/headers/ read whole: tests/corpus/headers/*.toml says what each must give."""

import tomllib
from pathlib import Path

import pytest

from analyzer.trace import trace

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / "tests" / "corpus" / "headers").glob("*.toml"))
TIME = ("clock-skew", "slow-hop", "late-submission", "date-ahead", "receiver-latency")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_sample(path):
    want = tomllib.loads(path.read_text(encoding="utf-8"))
    got = trace((ROOT / "sample_data" / "headers" / want["file"]).read_bytes())
    for name in ("subject", "message_id", "return_path", "date", "total_seconds"):
        assert getattr(got, name) == want.get(name), name
    assert got.from_ == want["from"]
    assert [found.title for found in got.findings if found.id in TIME] == want["time_findings"]
    assert [
        {
            "from_name": hop.from_name,
            "from_host": hop.from_host,
            "from_ip": hop.from_ip,
            "by": hop.by,
            "with": hop.with_,
            "id": hop.id,
            "delay_seconds": hop.delay_seconds,
            "encrypted": hop.tls is not None,
        }
        for hop in got.hops
    ] == [
        {
            name: hop.get(name)
            for name in (
                "from_name",
                "from_host",
                "from_ip",
                "by",
                "with",
                "id",
                "delay_seconds",
                "encrypted",
            )
        }
        for hop in want["hops"]
    ]
    assert all(hop.unread is None for hop in got.hops)
    assert got.problems == []


def test_every_sample_has_its_golden():
    samples = {path.name for path in (ROOT / "sample_data" / "headers").iterdir()}
    assert samples == {tomllib.loads(path.read_text(encoding="utf-8"))["file"] for path in GOLDEN}


def test_pasted_header_reads_like_the_original():
    raw = (ROOT / "sample_data" / "headers" / "slow-hop.eml").read_bytes().partition(b"\n\n")[0]
    original = trace(raw)
    pasted = b"".join(b"> " + line.strip() + b"\r\n" for line in raw.splitlines())
    assert trace(pasted).hops == original.hops
    assert trace(pasted).findings == original.findings


def test_mime_defects_are_told_on_request():
    raw = b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\nno parts\n"
    assert trace(raw).problems == []
    problems = trace(raw, defects=True).problems
    assert [problem.id for problem in problems] == ["mime-defect"] * len(problems)
    assert "StartBoundaryNotFoundDefect" in problems[0].message
    huge = trace(raw + b"x" * 2_000_000, defects=True).problems
    assert [problem.id for problem in huge] == ["defects-not-checked"]


@pytest.mark.parametrize("raw", [b"", b"\0\1\2", b"\n\n"])
def test_no_header_is_a_problem(raw):
    got = trace(raw, source="a.eml", position=3)
    assert [(problem.id, problem.source, problem.position) for problem in got.problems][-1:] == [
        ("no-header", "a.eml", 3)
    ]
    assert got.hops == []
