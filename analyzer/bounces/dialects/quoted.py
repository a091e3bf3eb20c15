"""Fields of a message's header that a report quotes: they are no reason, and may say anything."""

from __future__ import annotations

import re
from collections.abc import Iterable

_HEADER = re.compile(
    r"[\s>*|]{0,12}(?:(?:subject|from|to|cc|date|message-?id|return-path|reply-to|errors-to|mime-version|"
    r"content-[a-z-]{4,30}|in-reply-to|references|sender|x-mailer|x-priority|"
    r"betreff|von|an|datum|gesendet|objet|expéditeur|à|asunto|assunto|fecha|oggetto|mittente|onderwerp|"
    r"тема|от кого|кому|дата|件名|差出人|宛先|日時|送信日時|主题|主旨|发件人|收件人|日期|寄件者|收件者|"
    r"제목|보낸 ?사람|받는 ?사람)[ \t]{0,4}[:：]|(?:sent|received)[ \t]{0,4}[:：](?!\s{0,4}[245]\d\d\b))",
    re.IGNORECASE,
)


_TO = re.compile(r"[\s>*|]{0,12}(?:to|an|à|кому|宛先|收件人|收件者|받는 ?사람)[ \t]{0,4}[:：]", re.IGNORECASE)
"""Fields below whose value a reason may stand: they name the recipient."""


def is_header(line: str) -> bool:
    """Whether `line` quotes a field of a message's header: whoever wrote it, the server did not."""
    return (":" in line or "：" in line) and _HEADER.match(line) is not None


def without_header(text_lines: Iterable[str]) -> list[str]:
    """The lines without those of a quoted header and what goes on with them, indented deeper."""
    kept: list[str] = []
    depth = -1
    for line in text_lines:
        indent = len(line) - len(line.lstrip())
        if is_header(line):
            depth = -1 if _TO.match(line) else indent
        elif depth < 0 or not line.strip() or indent <= depth:
            depth = -1
            kept.append(line)
    return kept
