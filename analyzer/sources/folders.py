"""The files of a folder in a stable order: Maildir, MH, or any tree."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from analyzer.model import Problem

_MAX_DEPTH = 100


def files_of(folder: Path) -> Iterator[Path | Problem]:
    """Every file below `folder`: of a Maildir what is in new and cur, of MH by number, else by name."""
    found = False
    for file in _descend(folder, 0):
        found = True
        yield file
    if not found:
        yield Problem(id="empty", source=str(folder), message="the folder holds no file")


def _descend(folder: Path, depth: int) -> Iterator[Path | Problem]:
    if depth > _MAX_DEPTH:
        yield Problem(id="too-deep", source=str(folder), message=f"folders nested deeper than {_MAX_DEPTH}")
        return
    try:
        with os.scandir(folder) as listing:
            entries = [
                (entry.name, entry.is_dir(follow_symlinks=False), entry.is_file())
                for entry in listing
                if not entry.name.startswith(".") or entry.is_dir(follow_symlinks=False)
            ]
    except OSError as error:
        yield Problem(
            id="not-readable", source=str(folder), message=f"can't be read: {error.strerror or error}"
        )
        return
    names = {name for name, is_dir, _ in entries if is_dir}
    maildir = {"cur", "new"} <= names
    for name, is_dir, is_file in sorted(entries, key=_order):
        if is_dir:
            # What lies in tmp is still being delivered; dot folders of a Maildir are its subfolders.
            if (maildir and name == "tmp") or (name.startswith(".") and not maildir):
                continue
            yield from _descend(folder / name, depth + 1)
        elif is_file:
            yield folder / name


def _order(entry: tuple[str, bool, bool]) -> tuple[bool, int, str]:
    name = entry[0]
    return (not name.isdigit(), int(name) if name.isdigit() and len(name) < 19 else 0, name)
