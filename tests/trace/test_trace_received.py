"""Received fields as each server writes them: tests/corpus/received/*.toml, one file a family.

A case lists every part that the field states; what it does not list must be None (or empty).
"""

import tomllib
from pathlib import Path

import pytest

from analyzer.model import Tls
from analyzer.trace.received import read_received

CORPUS = Path(__file__).parent.parent / "corpus" / "received"
PARTS = [
    "from_name",
    "from_host",
    "from_ip",
    "by",
    "via",
    "with",
    "id",
    "for",
    "envelope_from",
    "authenticated",
    "timestamp",
    "utc_offset",
    "unread",
]
CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in sorted(CORPUS.glob("*.toml"))
    for number, case in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], start=1)
]


@pytest.mark.parametrize("case", CASES)
def test_every_part_is_read(case):
    hop = read_received(case["received"])
    got = {part: getattr(hop, {"with": "with_", "for": "for_"}.get(part, part)) for part in PARTS}
    assert got == {part: case.get(part) for part in PARTS}
    assert hop.tls == (Tls(**case["tls"]) if "tls" in case else None)
    assert hop.notes == case.get("notes", [])
    assert hop.raw == case["received"]


def test_corpus_has_every_family():
    families = {path.stem for path in CORPUS.glob("*.toml")}
    assert families >= {
        "postfix",
        "exim",
        "sendmail",
        "qmail",
        "exchange",
        "gmail",
        "yahoo",
        "opensmtpd",
        "lmtp",
    }
