"""An mbox in any of its forms gives its messages back, whole and in order."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources import Message, walk
from analyzer.sources.mailbox import split_mbox

SEPARATOR = b"From sender@example.org Mon Jan  1 10:00:00 2024\n"


def messages(data: bytes) -> list[bytes]:
    return [item.raw for item in split_mbox(io.BytesIO(data), "box")]


def test_messages_keep_order_position_and_bytes() -> None:
    data = b"".join(SEPARATOR + b"Subject: %d\n\nbody %d\n\n" % (n, n) for n in range(5))
    items = list(split_mbox(io.BytesIO(data), "box"))
    assert [item.position for item in items] == [1, 2, 3, 4, 5]
    assert items[4].raw == b"Subject: 4\n\nbody 4\n\n"


def test_from_in_a_body_is_no_separator() -> None:
    body = b"Subject: a\n\nFrom the beginning it failed.\n\nFrom here on, 10 more\n"
    assert messages(SEPARATOR + body) == [body]


def test_quoted_from_is_unquoted() -> None:
    assert messages(SEPARATOR + b"Subject: a\n\n>From x\n>>From y\n") == [b"Subject: a\n\nFrom x\n>From y\n"]


def test_separator_without_blank_line_needs_a_header_after_it() -> None:
    with_header = SEPARATOR + b"Subject: a\n\nbody\n" + SEPARATOR + b"Subject: b\n\nbody\n"
    without = SEPARATOR + b"Subject: a\n\nbody\n" + SEPARATOR + b"not a header\n"
    assert len(messages(with_header)) == 2
    assert len(messages(without)) == 1


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(end: bytes) -> None:
    data = (SEPARATOR + b"Subject: a\n\nbody\n\n") * 3
    assert len(messages(data.replace(b"\n", end))) == 3


def test_byte_order_mark_and_leading_blank_lines() -> None:
    assert len(messages(b"\xef\xbb\xbf\n\n" + (SEPARATOR + b"Subject: a\n\nbody\n\n") * 2)) == 2


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=8), st.integers(600, 5000))
def test_any_bodies_split_at_any_chunk(bodies: list[bytes], chunk: int) -> None:
    bodies = [
        b"Subject: x\n\n" + body.replace(b"From ", b"from ").replace(b"\r", b"") + b"\n\n" for body in bodies
    ]
    data = b"".join(SEPARATOR + body for body in bodies)

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(chunk)

    assert [item.raw for item in split_mbox(Slow(data), "box")] == bodies


def test_a_huge_message_is_cut_and_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.sources.mailbox.MAX_MESSAGE", 10_000)
    data = SEPARATOR + b"Subject: a\n\n" + b"x" * 3_000_000 + b"\n\n" + SEPARATOR + b"Subject: b\n\nbody\n"
    items = list(split_mbox(io.BytesIO(data), "box"))
    first, problem, second = items
    assert isinstance(first, Message)
    assert len(first.raw) == 10_000
    assert (problem.id, problem.position) == ("too-large", 1)
    assert second.raw == b"Subject: b\n\nbody\n"


def test_mbox_on_standard_input() -> None:
    data = (SEPARATOR + b"Subject: a\n\nbody\n\n") * 2
    assert [item.position for item in walk(["-"], stdin=io.BytesIO(data))] == [1, 2]
