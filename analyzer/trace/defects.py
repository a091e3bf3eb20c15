"""What is wrong with a whole message's structure, as mail-parser sees it.

mail-parser walks all parts and decodes the bodies, which takes longer than everything else in a trace,
so it is asked only for single messages of ordinary size, and only on request.
"""

from __future__ import annotations

import logging
from functools import cache
from types import ModuleType

from analyzer.model import Problem

MAX_MESSAGE_BYTES = 1024 * 1024
"""Messages larger than this are not taken apart."""
_MAX_DEFECTS = 20


@cache
def _mailparser() -> ModuleType:
    import mailparser  # takes 0.1 s

    # It logs what it does not handle; here that is no news for the user's terminal.
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    module: ModuleType = mailparser
    return module


def read_defects(raw: bytes) -> list[Problem]:
    """The defects of a whole message; a Problem saying so where it is too large or can't be taken apart."""
    if len(raw) > MAX_MESSAGE_BYTES:
        return [
            Problem(
                id="defects-not-checked",
                message=f"The MIME structure is checked up to {MAX_MESSAGE_BYTES:,} bytes.",
            )
        ]
    try:
        found = _mailparser().parse_from_bytes(raw).defects
    except Exception as error:  # hostile MIME must never end a trace
        return [
            Problem(id="defects-not-checked", message=f"The MIME structure could not be read: {error!r:.200}")
        ]
    problems: list[Problem] = []
    for part in found:
        for place, texts in part.items():
            if place == "date-headers":
                continue
            problems.extend(
                Problem(id="mime-defect", message=str(text)[:300], place=f"part {place}") for text in texts
            )
    return problems[:_MAX_DEFECTS]
