"""A report inside another mail: attached as a message, or its text pasted in by a gateway or a forward.

Only where the mail itself is no report that says more; never what somebody quotes in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.bounces import delivery_status
from analyzer.bounces.dialects import evidence
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

_MESSAGES = ("message/rfc822", "message/global")
_STATUS = re.compile(rb"message/(?:global-)?delivery-status|^final-recipient:", re.IGNORECASE | re.MULTILINE)
_FINAL = re.compile(r"^[ \t]{0,8}(?:Final|Original)-Recipient[ \t]*:[ \t]*\S", re.MULTILINE | re.IGNORECASE)
_BEGIN = re.compile(r"^[ \t]{0,8}Reporting-MTA[ \t]*:", re.MULTILINE | re.IGNORECASE)
_DELIMITER = re.compile(r"^--\S", re.MULTILINE)
_FORWARDED = re.compile(
    r"^(?:-{2,}|_{5,})[ ]?(?:forwarded message|original message|weitergeleitete nachricht|"
    r"ursprüngliche nachricht|"
    r"message transféré|mensaje reenviado|messaggio inoltrato|пересылаемое сообщение)",
    re.MULTILINE | re.IGNORECASE,
)
_MAX_BLOCK = 65_536


def reports(mail: Mail) -> Iterator[Mail]:
    """The mails that `mail` encloses, as parts or in its text, and that hold a delivery-status."""
    for part in mail.parts:
        if part.level == 0 and part.content_type in _MESSAGES:
            data = part.data
            if _STATUS.search(data):
                yield Mail(data)
    start = mail.inline_start
    if start is not None and _FINAL.search(mail.full_text, start) and _may_forward(mail, mail.full_text):
        yield Mail(mail.full_text[start:].encode("utf-8", "replace"))


def may_paste(mail: Mail) -> bool:
    """Whether the bytes of `mail` name a recipient as a delivery-status does; cheap, for ordinary mail."""
    return b"-Recipient:" in mail.raw or b"-recipient:" in mail.raw


def pasted(mail: Mail, text: str) -> list[Refusal]:
    """What a delivery-status says that stands in `text`, words of the mail, without a mail around it."""
    final = _FINAL.search(text)
    if final is None or not _may_forward(mail, text):
        return []
    begin = final.start()
    for match in _BEGIN.finditer(text, max(0, begin - 4000), begin):
        begin = match.start()
    end = _DELIMITER.search(text, final.end())
    stop = min(end.start() if end else len(text), begin + _MAX_BLOCK)
    return delivery_status.refusals(delivery_status.parse(text[begin:stop]))


def _may_forward(mail: Mail, text: str) -> bool:
    if evidence.is_answer(mail) and not _FORWARDED.search(text):
        return False
    return evidence.could_be_report(mail) or _FORWARDED.search(text) is not None
