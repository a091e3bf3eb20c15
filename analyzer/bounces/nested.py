"""A report inside another mail: attached as a message, or its text pasted in by a gateway or a forward.

Only where the mail itself is no report that says more; never what somebody quotes in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.bounces import decode, delivery_status
from analyzer.bounces.dialects import evidence, lists
from analyzer.bounces.mail import Mail
from analyzer.bounces.mime import Part
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
_FORWARDS = re.compile(r"\s*(?:fwd?|fw|wg|tr|rv|enc|i|vs|doorst|転送|转发|轉寄|전달)\s*[:：]", re.IGNORECASE)
_FROM = re.compile(
    r"[ \t]{0,4}\*?(?:from|von|de|da|van|от|od|från|fra|差出人|发件人|寄件者|보낸 ?사람)"
    r"\*?\s?[:：]\*?\s*(\S[^\n]{2,300})",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"[ \t]{0,4}\*?(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|тема|temat|ämne|emne|"
    r"件名|主题|主旨|제목)"
    r"\*?\s?[:：]\*?\s*(\S[^\n]{0,300})",
    re.IGNORECASE,
)
_TRANSPORT = re.compile(
    rb"(?:return-path|received|delivered-to|from|date|message-id|to|subject|mime-version|x-[a-z-]{2,40}):[^\n]*\n"
    rb"(?:[^\n]+\n){0,20}?(?:received|from|date|message-id|to|subject|mime-version):",
    re.IGNORECASE,
)
_HEAD = 2048
_MAX_BLOCK = 65_536


def reports(mail: Mail) -> Iterator[Mail]:
    """The reports that `mail` encloses, as parts or in its text: by a mail system only those with fields."""
    # A person's subject speaks of failures too.
    by_a_system = evidence.from_daemon(mail) or (
        evidence.null_path(mail) and evidence.could_be_report(mail) and not lists.is_manager(mail)
    )
    for part in mail.parts:
        if part.level == 0 and (part.content_type in _MESSAGES or _is_message(part)):
            data = part.data.replace(b"\r\n", b"\n").lstrip(b"\n")
            inner = Mail(data)
            # What a mail system encloses is what failed; what a person encloses may be any report.
            if _STATUS.search(data) or (not by_a_system and evidence.is_report(inner)):
                yield inner
    forwarded = None if by_a_system else _forwarded(mail)
    if forwarded is not None:
        yield forwarded
        return
    start = mail.inline_start
    if start is not None and _FINAL.search(mail.full_text, start) and _may_forward(mail, mail.full_text):
        yield Mail(mail.full_text[start:].encode("utf-8", "replace"))


def _is_message(part: Part) -> bool:
    """Whether a part is a message that is not labelled as one, but begins with fields of its transport."""
    if part.children or part.depth == 0 or not part.content_type.startswith(("application/", "text/")):
        return False
    if part.content_type.startswith("text/") and part.disposition != "attachment":
        return False
    start = decode.transfer(part.raw[:_HEAD], part.encoding).replace(b"\r\n", b"\n").lstrip(b"\n")
    return _TRANSPORT.match(start) is not None


def _forwarded(mail: Mail) -> Mail | None:
    """The report whose text a person forwards below a block of its header fields; None where nobody does."""
    text = mail.full_text
    if not (is_forward(mail) or _FORWARDED.search(text[:4000])):
        return None
    lines = text[:_MAX_BLOCK].split("\n")
    for number, line in enumerate(lines[:200]):
        sender = _FROM.match(line)
        if sender is None:
            continue
        block = lines[number + 1 : number + 8]
        about = next((match[1] for match in map(_SUBJECT.match, block) if match), None)
        end = next((at for at, one in enumerate(block) if not one.strip()), len(block))
        if about is None:
            continue
        words = "\n".join(lines[number + 1 + end :])
        header = f"Return-Path: <>\nFrom: {sender[1]}\nSubject: {about}\n"
        inner = Mail(f"{header}Content-Type: text/plain; charset=utf-8\n\n{words}".encode("utf-8", "replace"))
        return inner if evidence.from_daemon(inner) else None
    return None


def is_forward(mail: Mail) -> bool:
    """Whether the subject is that of a forwarded mail."""
    return _FORWARDS.match(mail.get("subject") or "") is not None


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
    report = delivery_status.parse(text[begin:stop])
    # One field alone may be quoted by whoever writes about reports.
    whole = any(group.keys() & {"action", "status"} for group in report.recipients)
    return delivery_status.refusals(report) if whole else []


def _may_forward(mail: Mail, text: str) -> bool:
    if evidence.is_answer(mail) and not _FORWARDED.search(text):
        return False
    return evidence.could_be_report(mail) or _FORWARDED.search(text) is not None
