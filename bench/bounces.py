"""How many bounces are read a second, beside what others need for less.

Repeats the sample bounces to `--mails` mails, each copy with other addresses, message-ids, boundaries and
times, so that nothing is gained by remembering a mail, and measures CPU time on one core: reading, reading
with verdicts in chunks as the pipeline makes them, and for comparison the standard library's parser alone,
and fast-mail-parser and flufl.bounce where they are installed.

    python bench/bounces.py --mails 20000
"""

from __future__ import annotations

import argparse
import email
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data/bounces"


_AT = re.compile(rb"(?<=[A-Za-z0-9])@(?=[A-Za-z0-9])")
_SECONDS = re.compile(rb"(?<=\d\d:\d\d:)\d\d(?= [+-]\d{4})")
_BOUNDARY = re.compile(rb"boundary\s*=\s*\"?([^\"\s;]{6,70})", re.IGNORECASE)


def corpus(folder: Path, mails: int) -> list[bytes]:
    """`mails` mails: the samples in turn, in each round with addresses, ids and times of its own."""
    samples = [path.read_bytes() for path in sorted(folder.glob("*.eml"))]
    rounds = range(-(-mails // len(samples)))
    return [_copy(raw, turn) for turn in rounds for raw in samples][:mails]


def _copy(raw: bytes, turn: int) -> bytes:
    for boundary in set(_BOUNDARY.findall(raw)):
        raw = raw.replace(boundary, b"%d%s" % (turn, boundary[len(str(turn)) :]))
    raw = _AT.sub(b"%d@" % turn, raw)
    return _SECONDS.sub(b"%02d" % (turn % 60), raw)


def rate(work: Callable[[Sequence[bytes]], object], mails: Sequence[bytes]) -> str:
    """Mails a second of CPU time, the better of two runs."""
    seconds = []
    for _ in range(2):
        start = time.process_time()
        work(mails)
        seconds.append(time.process_time() - start)
    return f"{len(mails) / min(seconds):10,.0f} mails a second"


def reading(mails: Sequence[bytes]) -> int:
    from analyzer.bounces import read

    return sum(len(read(raw).attempts) for raw in mails)


def verdicts(mails: Sequence[bytes]) -> int:
    from analyzer.classification import load_rules
    from analyzer.pipeline.attempts import CHUNK_MESSAGES
    from analyzer.pipeline.parallel import read_messages
    from analyzer.sources import Message

    rules = load_rules()
    done = 0
    for start in range(0, len(mails), CHUNK_MESSAGES):
        chunk = mails[start : start + CHUNK_MESSAGES]
        messages = [Message("bench", number, raw) for number, raw in enumerate(chunk, 1)]
        done += len(read_messages(messages, rules).attempts)
    return done


def standard_library(mails: Sequence[bytes]) -> int:
    return sum(len(list(email.message_from_bytes(raw).walk())) for raw in mails)


def fast_mail_parser(mails: Sequence[bytes]) -> int:
    import fast_mail_parser as parser

    return sum(parser.parse_email(raw) is not None for raw in mails)


def flufl_bounce(mails: Sequence[bytes]) -> int:
    from flufl.bounce import scan_message

    return sum(len(scan_message(email.message_from_bytes(raw))) for raw in mails)


CONTENDERS: tuple[tuple[str, Callable[[Sequence[bytes]], Any]], ...] = (
    ("mxlens, read", reading),
    ("mxlens, read with verdicts", verdicts),
    ("standard library, parse alone", standard_library),
    ("fast-mail-parser, parse alone", fast_mail_parser),
    ("flufl.bounce, addresses alone", flufl_bounce),
)


def main() -> None:
    from analyzer.pipeline.parallel import fewer_collections

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default=SAMPLES, type=Path, help="folder of .eml files")
    parser.add_argument("--mails", type=int, default=20_000)
    arguments = parser.parse_args()
    fewer_collections()  # as the command line does
    mails = corpus(arguments.folder, arguments.mails)
    size = sum(map(len, mails)) // len(mails)
    print(f"{len(mails):,} mails of {size:,} bytes on average, one core, CPU time")
    for name, work in CONTENDERS:
        try:
            print(f"{name:32}{rate(work, mails)}")
        except ImportError as missing:
            print(f"{name:32}not measured: {missing}")


if __name__ == "__main__":
    main()
