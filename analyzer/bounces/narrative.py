"""What the human-readable part of a report says of one recipient.

The machine-readable part often has the bare reply only; host, address and stage, and sometimes the
whole reason, stand in the words beside it: the paragraph that begins with the recipient.
"""

from __future__ import annotations

import re

_LEAD = re.compile(r"[>\"'\])]*(?:\s*\([^()\n]{1,200}\))?[>:;,.]*[ \t]*\n?[ \t]*")
_NEXT = re.compile(r"\n[ \t]*\n|\n<[^<>\s]{1,320}>[:\s]")
_LABEL = re.compile(
    r"(?:reason|error|diagnostic(?:-code)?|grund|motif|raison|motivo|causa)\s*[:=]\s*", re.IGNORECASE
)
_BARE = re.compile(
    r"[\W\d_]*(?:(?:failed|failure|error|permanent|unknown|smtp|status|code|x-unix)[\W\d_]*){0,4}",
    re.IGNORECASE,
)
MAX_PARAGRAPH = 3000


def of(text: str, recipient: str) -> str | None:
    """The paragraph that follows the first mention of `recipient` in `text`; None where there is none."""
    position = text.find(recipient)
    if position < 0:
        position = text.lower().find(recipient.lower())
        if position < 0:
            return None
    lead = _LEAD.match(text, position + len(recipient))
    start = lead.end() if lead else position + len(recipient)
    end = _NEXT.search(text, start, start + MAX_PARAGRAPH)
    paragraph = text[start : end.start() if end else start + MAX_PARAGRAPH].strip()
    label = _LABEL.match(paragraph)
    return paragraph[label.end() :] if label else paragraph or None


def says_nothing(diagnostic: str) -> bool:
    """Whether a Diagnostic-Code is codes and empty words only."""
    return len(diagnostic) < 60 and _BARE.fullmatch(diagnostic) is not None
