"""Damaged logs: never an error, never a row from nowhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from logs_helpers import CORPUS, read

CASES = sorted(CORPUS.glob("*/*.log"))
edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 40),
        st.sampled_from([b"", b"\n", b"<", b"\xff", b"\\303", b"(", b"]: ", b"0"]),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CASES), edits, st.booleans())
def test_damage(path, changes, every_try) -> None:
    content = path.read_bytes()
    for where, length, put in changes:
        at = int(where * len(content))
        content = content[:at] + put + content[at + length :]
    rows, problems = read(content, kind=path.parent.name, every_try=every_try)
    count = content.count(b"\n") + 1
    assert all(1 <= row["position"] <= count for row in rows)
    assert [row["position"] for row in rows] == sorted(row["position"] for row in rows)
    assert all(row["recipient"] for row in rows)
    assert {problem.id for problem in problems} <= {"line-not-read", "delivery-not-read"}
