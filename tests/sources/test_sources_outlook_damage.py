"""Cut, damaged and hostile .msg files: a problem, what can be kept, no exception, no endless work."""

from __future__ import annotations

import random
import struct
from itertools import pairwise

import pytest
import sources_msgfile
from hypothesis import given
from hypothesis import strategies as st
from sources_msgfile import EMBEDDED, MAGIC, compound, message
from sources_msgs import EVA, PLAIN, report, told

from analyzer.bounces import read
from analyzer.model import Problem
from analyzer.sources import Message
from analyzer.sources.outlook import read_msg
from analyzer.sources.outlook.message import convert

DAMAGE = {"truncated", "not-readable", "too-large", "unknown-format", "too-many"}

BIG = report(
    EVA | {0x0C1B: "<mx.example.net #5.1.1 smtp;550 5.1.1 User unknown>"},
    header=True,
    attachments=[
        {0x3701: message(PLAIN | {0x1000: "body\r\n" * 3000}, [EVA], header=EMBEDDED)},
        {0x3701: bytes(20_000), 0x3707: "a.bin"},
    ],
)


def test_cut_anywhere_it_is_a_problem_and_keeps_what_it_can() -> None:
    whole = {row[0] for row in told(BIG)}
    entire, _ = convert(BIG)
    kept = 0
    for cut in random.Random(4).sample(range(len(BIG) - 1), 200):
        items = read_msg(BIG[:cut], "a.msg")
        problems = [item for item in items if isinstance(item, Problem)]
        if not problems:  # only what fills the last sector is gone
            assert items == [Message("a.msg", 1, entire)]
            continue
        assert {problem.id for problem in problems} <= DAMAGE
        for item in items:
            if isinstance(item, Message):
                found = {attempt.recipient for attempt in read(item.raw).attempts}
                assert found <= whole
                kept += bool(found)
    assert kept > 50


@given(st.lists(st.tuples(st.integers(0, len(BIG) - 1), st.integers(0, 255)), min_size=1, max_size=30))
def test_wrong_bytes_never_raise(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(BIG)
    for place, value in changes:
        raw[place] = value
    assert all(isinstance(item, Message | Problem) for item in read_msg(bytes(raw), "a.msg"))


@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.sampled_from([0, 1, 2, 7, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF])),
        max_size=12,
    )
)
def test_wrong_numbers_in_header_tables_and_directory_never_raise(changes: list[tuple[int, int]]) -> None:
    raw = bytearray(BIG)
    for place, value in changes:
        struct.pack_into("<I", raw, 24 + place * 4 % 10_000 // 4 * 4, value)
    raw[:8] = MAGIC
    assert all(isinstance(item, Message | Problem) for item in read_msg(bytes(raw), "a.msg"))


def hostile(place: int, form: str, *values: int, raw: bytes = BIG) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(form, changed, place, *values)
    return bytes(changed)


def directory_entry(raw: bytes, name: str) -> int:
    return raw.index(name.encode("utf-16-le") + b"\0\0")


FAT_AT, DIRECTORY_AT = 512, directory_entry(BIG, "Root Entry")


@pytest.mark.parametrize(
    "raw",
    [
        hostile(30, "<H", 0xFFFF),
        hostile(32, "<H", 0xFFFF),
        hostile(44, "<I", 0xFFFFFFFF),
        hostile(64, "<I", 0xFFFFFFFF),
        hostile(DIRECTORY_AT + 120, "<Q", 0xFFFFFFFF),
        hostile(FAT_AT, "<128I", *[1] * 128),
        hostile(FAT_AT, "<128I", *range(128)),
        hostile(DIRECTORY_AT + 76, "<I", 0),
    ],
    ids=[
        "sectors",
        "small sectors",
        "tables",
        "small tables",
        "size",
        "all to one",
        "all to itself",
        "root in root",
    ],
)
def test_hostile_structure_ends(raw: bytes) -> None:
    assert read_msg(raw, "a.msg")


def test_a_table_of_tables_that_goes_in_circles_is_not_followed() -> None:
    """Each sector of the allocation table named over and over, by a list that is its own next sector."""
    raw = bytearray(BIG)
    struct.pack_into("<I", raw, 44, 109 + 127 * 1_000_000)
    struct.pack_into("<II", raw, 68, 1, 1_000_000)
    struct.pack_into("<128I", raw, 1024, *[0] * 127, 1)
    (problem,) = read_msg(bytes(raw), "a.msg")
    assert problem.id == "not-readable"


def test_a_directory_that_is_a_chain_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(kids: list[int], entries: list[list]) -> int:
        for one, following in pairwise(kids):
            entries[one][3] = following
        return kids[0] if kids else 0xFFFFFFFF

    monkeypatch.setattr(sources_msgfile, "_tree", chain)
    assert [type(item) for item in read_msg(compound(message(PLAIN, [EVA] * 100)), "a.msg")] == [Message]
    (problem,) = read_msg(compound(message(PLAIN, [EVA] * 3000)), "a.msg")
    assert problem.id == "not-readable"


def test_streams_that_share_their_sectors_are_bounded() -> None:
    attached = [{0x3701: bytes(200_000), 0x3707: f"{number}.bin"} for number in range(20)]
    raw = bytearray(compound(message(PLAIN, [], attached)))
    name = "__substg1.0_37010102".encode("utf-16-le") + b"\0\0"
    place = raw.find(name)
    while place >= 0:
        struct.pack_into("<Q", raw, place + 120, 60 << 20)
        place = raw.find(name, place + 1)
    (first, *problems) = read_msg(bytes(raw), "a.msg")
    assert isinstance(first, Message)
    assert len(first.raw) < 2 * len(raw)
    assert {problem.id for problem in problems} == {"truncated", "too-large"}
