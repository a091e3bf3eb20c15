"""Walks over files, folders, globs, archives and standard input, in the order given."""

from __future__ import annotations

import glob
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from analyzer.model import Problem
from analyzer.sources.folders import files_of
from analyzer.sources.items import Lines, Message
from analyzer.sources.mailbox import MAX_MESSAGE, split_mbox, too_large
from analyzer.sources.opening import unpack
from analyzer.sources.sniffing import sniff

_DAMAGED = (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error, tarfile.TarError, zipfile.BadZipFile)
_MAX_MEMBERS = 5_000_000


def walk(
    paths: Iterable[str], *, stdin: BinaryIO | None = None, raw_text: bool = False
) -> Iterator[Message | Lines | Problem]:
    """Everything readable under `paths`, in order; `-` is `stdin`.

    With `raw_text`, text of any shape is one message (headers as people paste them). What can't be
    read is a Problem in its place, and the walk goes on.
    """
    for path in paths:
        if path == "-":
            yield from _standard_input(stdin, raw_text=raw_text)
            continue
        for file in _expand(path):
            yield from [file] if isinstance(file, Problem) else _file(file, raw_text=raw_text)


def _expand(path: str) -> Iterator[Path | Problem]:
    here = Path(path)
    try:
        if here.is_dir():
            yield from files_of(here)
        elif here.exists() or here.is_symlink():
            yield here
        elif glob.has_magic(path) and (matches := sorted(glob.glob(path, recursive=True))):  # noqa: PTH207 - the pattern may be absolute
            for match in matches:
                inner = Path(match)
                yield from files_of(inner) if inner.is_dir() else [inner]
        else:
            yield Problem(id="not-found", source=path, message="there is no such file or folder")
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)


def _standard_input(stdin: BinaryIO | None, *, raw_text: bool) -> Iterator[Message | Lines | Problem]:
    if stdin is None:
        yield Problem(id="not-readable", source="-", message="there is no standard input")
        return
    try:
        head, stream = unpack(stdin)
        yield from _contents("-", head, stream, reopen=None, raw_text=raw_text)
    except _DAMAGED as error:
        yield _unreadable("-", error)


def _file(file: Path, *, raw_text: bool) -> Iterator[Message | Lines | Problem]:
    source = str(file)
    try:
        with file.open("rb") as plain:
            head, stream = unpack(plain)
            yield from _contents(source, head, stream, reopen=file, raw_text=raw_text)
    except _DAMAGED as error:
        yield _unreadable(source, error)


def _contents(
    source: str, head: bytes, stream: BinaryIO, *, reopen: Path | None, raw_text: bool
) -> Iterator[Message | Lines | Problem]:
    kind = sniff(head)
    if kind == "empty":
        yield Problem(id="empty", source=source, message="the input is empty")
    elif kind == "mbox":
        yield from split_mbox(stream, source)
    elif kind == "message" or (raw_text and kind == "lines"):
        raw = stream.read(MAX_MESSAGE + 1)
        yield Message(source, 1, raw[:MAX_MESSAGE])
        if len(raw) > MAX_MESSAGE:
            yield too_large(source, 1)
    elif kind == "lines":
        if reopen is None:
            yield Lines(source, head, lambda: stream)
        else:
            yield Lines(source, head, lambda: unpack(reopen.open("rb"))[1], reopen.stat().st_mtime)
    elif kind == "tar":
        yield from _tar(source, stream, raw_text=raw_text)
    elif kind == "zip":
        yield from _zip(source, stream, raw_text=raw_text)
    elif kind == "outlook":
        from analyzer.sources.outlook import read_msg

        raw = stream.read(MAX_MESSAGE + 1)
        yield from read_msg(raw[:MAX_MESSAGE], source)
        if len(raw) > MAX_MESSAGE:
            yield too_large(source, 1)
    else:
        yield Problem(id="unknown-format", source=source, message="this is binary data, neither mail nor log")


def _tar(source: str, stream: BinaryIO, *, raw_text: bool) -> Iterator[Message | Lines | Problem]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for number, member in enumerate(archive):
            if number >= _MAX_MEMBERS:
                yield Problem(
                    id="too-many",
                    source=source,
                    message=f"more than {_MAX_MEMBERS} members; the rest was left",
                )
                return
            if member.isfile() and (content := archive.extractfile(member)) is not None:
                yield from _member(f"{source}!{member.name}", content.read(MAX_MESSAGE), raw_text=raw_text)


def _zip(source: str, stream: BinaryIO, *, raw_text: bool) -> Iterator[Message | Lines | Problem]:
    # The directory of a zip file stands at its end, so the whole must be at hand.
    with zipfile.ZipFile(io.BytesIO(stream.read())) as archive:
        for info in archive.infolist()[:_MAX_MEMBERS]:
            if info.is_dir():
                continue
            name = f"{source}!{info.filename}"
            try:
                with archive.open(info) as content:
                    data = content.read(MAX_MESSAGE)
            except (*_DAMAGED, RuntimeError, NotImplementedError) as error:
                yield _unreadable(name, error)
            else:
                yield from _member(name, data, raw_text=raw_text)


def _member(name: str, data: bytes, *, raw_text: bool) -> Iterator[Message | Lines | Problem]:
    try:
        head, stream = unpack(io.BytesIO(data))
        whole = stream.read(MAX_MESSAGE)
    except _DAMAGED as error:
        yield _unreadable(name, error)
        return
    for item in _contents(name, head, io.BytesIO(whole), reopen=None, raw_text=raw_text):
        yield item if not isinstance(item, Lines) else Lines(name, head, lambda: io.BytesIO(whole))


def _unreadable(source: str, error: Exception) -> Problem:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return Problem(id="not-readable", source=source, message=f"can't be read: {said}")
