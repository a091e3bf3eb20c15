"""Measures classification: distinct replies, repetition as in real traffic, a plain loop beside it.

    python bench/classification.py [--rows N] [--distinct N] [--require RATIO]

Replies are the examples of the rules with other addresses, hosts, IPs, ids and numbers: no two are the same
and their templates repeat as in real traffic. `all templates differ` adds random words, the worst case: each
is matched anew, and the automata grow meanwhile, mostly with the first thousands.
The plain loop tries every pattern with Python's `re` on every reply, as many tools do.
"""

import argparse
import random
import re
import time

import pyarrow as pa

from analyzer.classification import RuleBase, read
from analyzer.classification.template import fold
from analyzer.model import Question
from analyzer.pipeline.parallel import fewer_collections

WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo")

UNICODE_CLASS = re.compile(r"\\p(?:\{\w+\}|[A-Z])")
UNICODE_POINT = re.compile(r"\\x\{(\w+)\}")


def plain(pattern):
    """A pattern as `re` takes it, which knows no classes of Unicode and writes its points otherwise."""
    pattern = UNICODE_POINT.sub(lambda point: rf"\U{int(point[1], 16):08X}", pattern)
    return re.compile(UNICODE_CLASS.sub(r"\\w", pattern), re.IGNORECASE)


def clock(action):
    """CPU seconds of one call, and what it returned."""
    start = time.process_time()
    result = action()
    return time.process_time() - start, result


def varied(reply, chance):
    """The same reply about somebody else: its addresses, IPs and hosts replaced, an id put behind it."""
    number = chance.randrange(10**6)
    reply = re.sub(r"[\w.+-]+@[\w.-]+", f"user{number}@example{number % 97}.net", reply)
    reply = re.sub(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", f"192.0.2.{number % 256}", reply)
    return f"{reply} [{number:07X}A1{chance.randrange(16**6):06x}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--distinct", type=int, default=30_000, help="distinct replies")
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows with repeats")
    parser.add_argument("--require", type=float, help="fail below this ratio to the plain loop")
    args = parser.parse_args()
    fewer_collections()  # as the commands do
    chance = random.Random(5)
    loading, sources = clock(read)
    rules = RuleBase(sources)
    explaining, _ = clock(lambda: rules.explain(Question(reply="550 no")))
    examples = [example for rule in rules.rules for example in rule.examples if example.reply]
    patterns = [plain(pattern) for rule in rules.rules for pattern in rule.text]
    size = f"{len(rules.rules)} rules, {len(patterns)} patterns"
    print(f"{size}: {loading:.3f} s to read, {explaining:.3f} s to explain the first reply")

    def others():
        return [varied(chance.choice(examples).reply, chance) for _ in range(args.distinct)]

    def rate(texts):
        seconds, _ = clock(lambda: rules.classify([Question(reply=text) for text in texts]))
        return len(texts) / seconds

    rules.classify([Question(reply=example.reply) for example in examples])  # automata are built on first use
    replies = others()
    ours = rate(replies)
    print(f"distinct replies             {ours:12,.0f} a second")
    print(f"  and as many more           {rate(others()):12,.0f} a second")
    worst = [
        f"{reply} {chance.choice(WORDS)} {chance.choice(WORDS)} {chance.choice(WORDS)}" for reply in replies
    ]
    print(f"  all templates differ       {rate(worst):12,.0f} a second")

    # Few replies make up most of the traffic (Zipf).
    weights = [1 / rank for rank in range(1, len(replies) + 1)]
    column = pa.array(chance.choices(replies, weights, k=args.rows))

    def repeated():
        encoded = column.dictionary_encode()
        found = rules.classify([Question(reply=reply) for reply in encoded.dictionary.to_pylist()])
        return pa.array([verdict.classification for verdict in found]).take(encoded.indices)

    rules.decider.forget()
    seconds, _ = clock(repeated)
    print(f"rows with repeats            {args.rows / seconds:12,.0f} a second")

    sample = [fold(reply) for reply in replies[:200]]
    seconds, _ = clock(
        lambda: [[pattern for pattern in patterns if pattern.search(reply)] for reply in sample]
    )
    others_do = len(sample) / seconds
    print(
        f"plain loop over the patterns {others_do:12,.0f} a second: "
        f"mxlens does {ours / others_do:,.0f} times as many"
    )
    if args.require and ours < args.require * others_do:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
