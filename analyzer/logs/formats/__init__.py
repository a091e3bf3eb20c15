"""One format a pair of files: `<format>.sql` (events, replies) and `<format>.toml` (sniff, parameters)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import msgspec
import re2

from analyzer.logs.journal import as_syslog


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A log format: how to know it, how to read it, what the correlator must know of it."""

    name: str
    sniff: str
    lifetime_days: int
    numbered_runs: bool = False
    """Whether an outcome names only the number of its run (qmail)."""
    events: str
    """SQL that makes the view `found` (columns of events.sql) from the view `frames`."""
    told: str
    """SQL that makes the view `told` from the view `final`."""


@cache
def names() -> tuple[str, ...]:
    """The formats that are known, in the order in which they are tried."""
    return tuple(sorted(p.name[:-5] for p in files(__name__).iterdir() if p.name.endswith(".toml")))


@cache
def load(name: str) -> Format:
    """The format called `name`; KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    folder = files(__name__)
    parameters = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    sql = folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
    cut = sql.index("CREATE OR REPLACE TEMP VIEW told")
    return Format(name=name, events=sql[:cut], told=sql[cut:], **parameters)


def sniff(head: bytes) -> str | None:
    """The format that most lines of `head` (the first some KiB of a log) show; None where none does."""
    lines = as_syslog(head).decode(errors="replace").split("\n")[:2000]
    counts = {name: sum(1 for line in lines if _pattern(name).search(line)) for name in names()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


@cache
def _pattern(name: str) -> re2._Regexp:
    return re2.compile(load(name).sniff)
