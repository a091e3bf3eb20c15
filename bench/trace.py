"""How many headers are traced a second, beside what others need for less; and what hostile input costs.

Repeats the sample headers, each with other ids and domains, to `--mails` messages and measures CPU time on
one core: the whole trace with findings, the same with its JSON line, and for comparison the standard
library's parser alone and mail-parser, which reads hops and delays only.

    python bench/trace.py --mails 4000
"""

from __future__ import annotations

import argparse
import contextlib
import email
import math
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data/headers"
_NUMBER = re.compile(rb"(?<=id )(\w{4})")


def corpus(folder: Path, mails: int) -> list[bytes]:
    """`mails` messages: the samples in turn, ids and domains others in each round."""
    samples = [path.read_bytes() for path in sorted(folder.iterdir())]

    def other(raw: bytes, turn: int) -> bytes:
        raw = _NUMBER.sub(lambda match: match[1] + b"%d" % turn, raw)
        return raw.replace(b"example", b"d%d.example" % turn)

    rounds = range(-(-mails // len(samples)))
    return [other(raw, turn) for turn in rounds for raw in samples][:mails]


def seconds(work: Callable[[Sequence[bytes]], object], mails: Sequence[bytes]) -> float:
    """CPU seconds of one run."""
    start = time.process_time()
    work(mails)
    return time.process_time() - start


def traces(mails: Sequence[bytes]) -> None:
    from analyzer.trace import trace

    for raw in mails:
        trace(raw)


def lines(mails: Sequence[bytes]) -> None:
    import msgspec

    from analyzer.trace import trace

    for raw in mails:
        msgspec.json.encode(trace(raw))


def standard_library(mails: Sequence[bytes]) -> None:
    for raw in mails:
        email.message_from_bytes(raw).items()


def mail_parser(mails: Sequence[bytes]) -> None:
    import mailparser

    for raw in mails:
        _ = mailparser.parse_from_bytes(raw).received


HOP = (
    b"Received: from a.example (b.example [192.0.2.1]) by c%d.example (Postfix) with ESMTP id 4;"
    b" Mon, 1 Jan 2024 10:00:00 +0100\n"
)
RESULTS = b"Authentication-Results: a.example; " + b"dkim=fail (x) header.d = a.example; " * 1_700 + b"\n"
HOSTILE = {
    "1 MB of nested parentheses": b"Received: from a " + b"(" * 500_000 + b")" * 500_000 + b" by b\n",
    "200,000 words": b"Received: " + b"a " * 200_000 + b"\n",
    "10,000 hops": b"".join(HOP % number for number in range(10_000)),
    "100,000 folded lines": b"Received: from a\n" + b"\tx\n" * 100_000 + b" by b\n",
    "30 long result fields": RESULTS * 30,
    "results in pieces": b"Authentication-Results: a.example; " + b"a . " * 16_000 + b"\n",
    "30 fields of divided words": (b"Authentication-Results: a.example; " + b"a . " * 16_000 + b"\n") * 30,
    "20,000 signatures": b"DKIM-Signature: v=1; a=rsa-sha1; d=a.example; s=b; h=date; l=1; bh=x; b=y\n"
    * 20_000,
    "filters": b"X-Spam-Status: Yes, score=9 tests=" + b"A=1," * 200_000 + b"\n",
    "From of addresses": b"From: " + b"<a@b.example>," * 100_000 + b"\n",
    "List-Unsubscribe": b"List-Unsubscribe: " + b"<https://" * 100_000 + b"\n",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--mails", type=int, default=4000)
    wanted = parser.parse_args()
    mails = corpus(SAMPLES, wanted.mails)
    traces(mails[:20])
    print(f"{len(mails):,} messages of {sum(map(len, mails)) // len(mails):,} bytes, one core")
    works: dict[str, Callable[[Sequence[bytes]], None]] = {
        "mxlens, with findings": traces,
        "mxlens, with findings, as JSON": lines,
        "email.message_from_bytes alone": standard_library,
        "mail-parser": mail_parser,
    }
    best: dict[str, float] = {}
    for _ in range(3):  # in turn, so that a busy machine slows all of them
        for name, work in works.items():
            with contextlib.suppress(ImportError):
                best[name] = min(seconds(work, mails), best.get(name, math.inf))
    for name, spent in best.items():
        print(f"  {name:<32} {len(mails) / spent:10,.0f} messages a second")
    print("hostile input, CPU seconds:")
    for name, raw in HOSTILE.items():
        print(f"  {name:<32} {seconds(traces, [raw]):10.2f}")


if __name__ == "__main__":
    main()
