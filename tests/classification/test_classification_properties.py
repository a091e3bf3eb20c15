"""What must hold for any reply: a verdict, the same however the reply was written, in linear time."""

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.classification import RuleBase, load_rules, read
from analyzer.classification.doubt import nameless
from analyzer.model import CLASSIFICATIONS, Question

RULES = load_rules()
EXAMPLES = [example for rule in RULES.rules for example in rule.examples]
SAID = ("classification", "reason", "permanence", "suppress", "rule", "reply_code", "enhanced_code")
few = settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)


def verdict(question):
    return RULES.classify([question])[0]


def said(question):
    found = verdict(question)
    return [getattr(found, name) for name in SAID]


def rewritten(question, reply):
    return Question(
        **{name: getattr(question, name) for name in Question.__struct_fields__ if name != "reply"},
        reply=reply,
    )


@given(
    st.one_of(st.text(max_size=400), st.binary(max_size=400).map(lambda raw: raw.decode("utf-8", "replace")))
)
@few
def test_any_text_gets_a_verdict(text):
    found = verdict(Question(reply=text, recipient=text[:40], sender=text[40:80], host=text[:20]))
    assert found.classification in CLASSIFICATIONS
    assert found.reason in RULES.reasons
    assert not (found.suppress and found.classification != "Invalid Address")
    assert RULES.explain(Question(reply=text)).verdict == verdict(Question(reply=text))


@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False))
@few
def test_case_does_not_matter(question, chance):
    reply = question.reply
    if "\\n" in reply or "://" in reply:  # an escaped line break is no letter, and links are case-sensitive
        return
    changed = "".join(char.upper() if chance.random() < 0.5 else char.lower() for char in reply)
    if changed.casefold() == reply.casefold():
        assert said(rewritten(question, changed))[:5] == said(question)[:5]


@given(
    st.sampled_from(
        [e for e in EXAMPLES if e.reply[:3].isdigit() and e.reply[3:4] == " " and "\n" not in e.reply]
    ),
    st.data(),
)
@few
def test_continuation_lines_do_not_matter(question, data):
    words = question.reply.split()
    codes = 2 if len(words) > 2 and words[1][:2] in ("4.", "5.") else 1
    head, body = words[:codes], words[codes:]
    if len(body) < 2 or any(word[:3].isdigit() for word in body):
        return
    cut = data.draw(st.integers(1, len(body) - 1))
    if not body[cut][0].isalnum():  # punctuation after a code belongs to the code
        return
    ending = data.draw(st.sampled_from(["\n", "\r\n", "\\n", " "]))
    first = "-".join([*head, ""]) if codes == 1 else "-".join(head) + " "
    lines = [first + " ".join(body[:cut]), " ".join([*head, *body[cut:]])]
    assert said(rewritten(question, ending.join(lines))) == said(question)


@pytest.mark.parametrize(
    "form",
    [
        "550 5.1.1 <{address}>: Recipient address rejected: User unknown",
        "550 5.7.1 Service unavailable; Client host [{ip}] blocked using {host}",
        "450 4.7.1 {host} [{ip}]: too many connections, id {id}",
        "552 5.2.2 <{address}>: mailbox full (id {id})",
        "554 {id} refused {address} from {host}",
    ],
)
@given(chance=st.randoms(use_true_random=False))
@few
def test_masked_parts_do_not_matter(form, chance):
    def filled():
        letters = "abcdefghijkmnoprstuvwxyz"
        word = "".join(chance.choice(letters) for _ in range(8))
        return form.format(
            address=f"{word}{chance.randrange(1000)}@{word}.example",
            ip=f"192.0.2.{chance.randrange(256)}",
            host=f"{word}.example.net",
            id=f"{chance.randrange(16**7):07X}1A{chance.randrange(16**4):04X}",
        )

    assert said(Question(reply=filled()))[:5] == said(Question(reply=filled()))[:5]


@given(st.text(alphabet="ab@ =.-+[<_1:", max_size=14))
@few
def test_addresses_lose_their_names_in_ascii_as_elsewhere(text):
    assert nameless(text) + " é" == nameless(f"{text} é")


def test_order_of_the_rules_does_not_matter():
    sources = read()
    random.Random(7).shuffle(sources.rules)
    shuffled = RuleBase(sources)
    assert [verdict.rule for verdict in shuffled.classify(EXAMPLES)] == [
        verdict.rule for verdict in RULES.classify(EXAMPLES)
    ]


def test_one_verdict_a_question_in_order_with_repeats():
    questions = [EXAMPLES[0], EXAMPLES[-1], EXAMPLES[0]]
    assert RULES.classify(questions) == [verdict(question) for question in questions]
    assert RULES.classify([]) == []


@pytest.mark.parametrize(
    "piece", ["a", "a.", "1", "@", "_n_", "x1", " mailbox", "http://", "<a@b.c>", "=", "é", "\\n550-"]
)
def test_hostile_repetition_takes_linear_time(piece):
    def seconds(size):
        question = Question(reply=piece * (size // len(piece)))
        best = []
        for turn in range(3):
            RULES.decider.forget()
            start = time.process_time()
            RULES.classify([rewritten(question, f"{question.reply} ?{turn}")])
            best.append(time.process_time() - start)
        return min(best)

    # Four times the text may take four times as long, not sixteen.
    assert seconds(8000) < 8 * seconds(2000) + 0.05


def test_the_first_replies_get_the_verdicts_of_later_ones():
    """Patterns are first tried one by one, then in filters."""
    chance = random.Random(1)
    sources = read()
    for questions in (chance.sample(EXAMPLES, 10) for _ in range(3)):
        fresh = RuleBase(sources)
        assert fresh.classify(questions) == RULES.classify(questions)
