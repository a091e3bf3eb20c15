"""Replies taken apart: cases beside their expectations, and properties that hold for any text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.replies import parse, unwrap
from analyzer.replies.parts import LIMIT

CORPUS = Path(__file__).parent.parent / "corpus" / "replies"


def cases(name):
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("case", cases("parts.jsonl"), ids=lambda case: case["text"][:60])
def test_parts(case):
    reply = parse(case["text"])
    assert [[part.reply_code, part.enhanced_code, part.text] for part in reply.parts] == case["parts"]
    decisive = case["parts"][-1]
    assert reply.reply_code == case.get("reply_code", decisive[0])
    assert reply.enhanced_code == case.get("enhanced_code", decisive[1])


@pytest.mark.parametrize("case", cases("unwrap.jsonl"), ids=lambda case: case["name"])
def test_unwrap(case):
    found = unwrap(case["text"])
    assert found == (case["reply"], case.get("host"), case.get("ip"), case.get("stage"))


def test_one_line_keeps_the_codes_of_every_line():
    assert parse("550-5.1.1 No such\r\n550 5.1.1  user").one_line == "550-5.1.1 No such 550 5.1.1 user"


def test_help_link_of_the_decisive_part_comes_first():
    text = "554 see https://example.com/outer; said: 450 4.2.2 see https://example.org/inner."
    assert parse(text).help_url == "https://example.org/inner"
    assert parse("550 no link").help_url is None


lines = st.lists(
    st.text(st.characters(codec="ascii", categories=["Lu", "Ll"]), min_size=1), min_size=1, max_size=4
)


@given(lines, st.sampled_from(["\n", "\r\n", "\\n", " "]))
def test_continuation_lines_are_one_part(words, ending):
    text = ending.join([*(f"550-5.1.1 {word}" for word in words[:-1]), f"550 5.1.1 {words[-1]}"])
    reply = parse(text)
    assert [(part.reply_code, part.enhanced_code, part.text) for part in reply.parts] == [
        (550, "5.1.1", " ".join(words))
    ]


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_any_text_gives_a_reply(text):
    unwrapped = unwrap(text)
    reply = parse(unwrapped.text)
    assert reply.parts
    assert "\n" not in reply.one_line
    assert reply.decisive in reply.parts


@pytest.mark.parametrize(
    "piece",
    [
        "550 ",
        "550-5.1.1 ",
        "said: 550 ",
        "(in reply to RCPT TO command)",
        "<<< ",
        "a@",
        "_x/",
        "[{LED=5",
        " (",
        "((#5.1.1",
    ],
)
def test_hostile_repetition_takes_linear_time(piece):
    def seconds(size):
        text = piece * (size // len(piece))
        best = []
        for _ in range(3):
            start = time.process_time()
            parse(unwrap(text).text)
            best.append(time.process_time() - start)
        return min(best)

    # Four times the text may take four times as long, not sixteen; beyond LIMIT nothing more is read.
    assert seconds(LIMIT) < 8 * seconds(LIMIT // 4) + 0.02
    assert seconds(LIMIT * 64) < 4 * seconds(LIMIT) + 0.02
