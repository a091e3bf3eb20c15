"""One mail read: what it reports, of whom, or nothing."""

from __future__ import annotations

import re

import msgspec

from analyzer.bounces import (
    attempts,
    auto_reply,
    completion,
    decode,
    delivery_status,
    dialects,
    disposition,
    feedback,
    linking,
    nested,
)
from analyzer.bounces.dialects import evidence, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.mime import Part
from analyzer.bounces.refusal import Refusal
from analyzer.model import Attempt, Original, Problem

MAX_ENCLOSED = 20
"""How many reports inside reports are opened."""
_HEAD = 800  # bytes in which the fields of a delivery-status must begin

_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status", "message/deliverystatus"}
_OTHER_REPORTS = {"disposition-notification", "tlsrpt"}
_PERSONAL = (b"in-reply-to", b"references", b"list-unsubscribe", b"list-id")
"""What a report without a mail system's sender does not have: it answers nothing and comes from no list."""
_STATUS_FIELDS = re.compile(
    rb"\A\s{0,20}(?:Reporting-MTA|Final-Recipient|Original-Recipient|Action|Arrival-Date|"
    rb"X-Postfix-Queue-ID)[ \t]*:"
    rb"(?:[^\n]*\n\s{0,20}){1,6}?(?:Final-Recipient|Action|Status|Received-From-MTA|Arrival-Date)[ \t]*:",
    re.IGNORECASE,
)


class Reading(msgspec.Struct):
    """What one mail reports: an attempt for each recipient, and what of it could not be read.

    `originals` are the messages that its reports return, where they were asked for.
    """

    attempts: list[Attempt]
    problems: list[Problem]
    originals: list[Original] = []


def read(raw: bytes, *, source: str = "", position: int = 1, originals: bool = False) -> Reading:
    """The attempts that the mail `raw` reports (verdict fields unset); none where it is no report.

    A pure function: it raises on no bytes. `source` and `position` (1-based) are put into what it finds.
    With `originals` it also gives what the returned messages' headers say.
    """
    mail = Mail(raw)
    problems: list[Problem] = []
    found: list[Attempt] = []
    returned: list[Original] = []
    for refusals, about in _refusals(mail, problems):
        told = attempts.attempts(about, refusals, source=source, position=position)
        if ends := _cut_ends(mail):
            told = [attempt for attempt in told if _is_whole(attempt, ends)]
        found += told
        if originals and told:
            message = linking.original(about, told, source=source, position=position)
            returned += [message] if message is not None else []
    problems += _problems(mail, has_attempts=bool(found))
    problems += _left_out(mail, found)
    placed = [msgspec.structs.replace(problem, source=source, position=position) for problem in problems]
    return Reading(found, placed, returned)


def original_of(raw: bytes) -> Original | None:
    """The message that the report `raw` returns, of several the first; None for what is no report."""
    return next(iter(read(raw, originals=True).originals), None)


def _cut_ends(mail: Mail) -> list[bytes]:
    """The texts at whose end a cut may have left half an address: the mail, and its last part if encoded."""
    last = mail.parts[-1]
    ends = [mail.raw, last.data] if last.encoding in ("base64", "quoted-printable") else [mail.raw]
    return [end.rstrip(b"._'=-") for end in ends if not end.endswith(b"\n")]


def _is_whole(attempt: Attempt, ends: list[bytes]) -> bool:
    """Whether the recipient is no half address, left by a cut; a complaint needs none."""
    name = (attempt.recipient or "").encode()
    if not name or not any(_stands_only_at_end(name, end) for end in ends):
        return True
    if attempt.action != "complaint":
        return False
    attempt.recipient = None
    return True


def _stands_only_at_end(name: bytes, raw: bytes) -> bool:
    return raw.endswith(name) and not re.search(re.escape(name) + rb"(?![\w.-])", raw[: -len(name)])


def _problems(mail: Mail, *, has_attempts: bool) -> list[Problem]:
    """What is wrong with a report; of other mail only what kept it from being looked through."""
    state = mail.structure
    if not (has_attempts or state.unclosed or state.too_deep or state.too_many or _claims(mail)):
        return []
    if has_attempts:
        return mail.problems
    if not _claims(mail) and not evidence.could_be_report(mail) and not feedback.looks(mail):
        return [problem for problem in mail.problems if problem.id != "truncated"]
    if mail.problems or not _claims(mail):
        return mail.problems
    return [
        Problem(id="no-recipient", message="the mail is a delivery report, but no recipient was found in it")
    ]


def _left_out(mail: Mail, found: list[Attempt]) -> list[Problem]:
    """What of a text whose words were read is too long for it: never a recipient less without a word."""
    if not any(one.format == "bounce" for one in found) or any(one.id == "too-long" for one in mail.problems):
        return []
    if len(found) < shapes.MAX_RECIPIENTS and not shapes.leaves_out(mail.text):
        return []
    message = (
        f"of the text only {shapes.MAX_LINES:,} lines, of a line only {shapes.MAX_LINE:,} characters, "
        f"and {shapes.MAX_RECIPIENTS:,} recipients were read"
    )
    return [Problem(id="too-long", message=message)]


def _claims(mail: Mail) -> bool:
    """Whether the mail calls itself a delivery report, or has the sender and the subject of one."""
    whole = mail.parts[0]
    if whole.content_type == "multipart/report":
        return whole.params.get("report-type", "delivery-status").lower() == "delivery-status"
    if evidence.is_answer(mail) or evidence.is_summary(mail):
        return False
    return (
        _by_a_mail_system(mail)
        and evidence.failure_subject(mail)
        and (evidence.from_daemon(mail) or evidence.speaks_of_mail(mail))
    )


def _refusals(mail: Mail, problems: list[Problem], depth: int = 0) -> list[tuple[list[Refusal], Mail]]:
    """What `mail` reports, each with the mail that says it: itself or the reports enclosed in it."""
    stated = [
        refusal
        for part in _statuses(mail)
        for refusal in delivery_status.refusals(
            delivery_status.parse(part.text, cut=mail.is_cut(part)), unfinished=mail.is_open(part)
        )
    ]
    if stated:
        completion.complete(mail, stated)
        if mail.structure.unclosed is not None and any(map(mail.is_open, _statuses(mail))):
            completion.add_lost(mail, stated)
        return [(stated, mail)]
    if mail.parts[0].params.get("report-type", "").lower() in _OTHER_REPORTS:
        found = disposition.refusals(mail)
        return [(found, mail)] if found else []
    found = feedback.read(mail) or auto_reply.read(mail)
    if not found and nested.may_paste(mail):
        found = nested.pasted(mail, mail.text)
    if found:
        return [(found, mail)]
    told = _told(mail)
    named = mail.text + "".join(mail.get_all("x-failed-recipients"))
    if told and _stand_in(named, told) and not _name_own(told, mail):
        return [(told, mail)]
    # Words that only pass on a report that says it in machine-readable form.
    enclosed = _enclosed(mail, problems, depth)
    if enclosed:
        return enclosed
    if not told and nested.may_paste(mail):
        told = nested.pasted(mail, mail.full_text)
    told = told or auto_reply.of_last_resort(mail)
    return [(told, mail)] if told else []


def _name_own(told: list[Refusal], mail: Mail) -> bool:
    """Whether the reporter or one to whom it reports is among the recipients."""
    if len(told) == 1:
        return evidence.is_own(mail, told[0].recipient or "")
    own = evidence.own_addresses(mail)
    return any((one.recipient or "").lower() in own for one in told)


def _stand_in(text: str, told: list[Refusal]) -> bool:
    """Whether all recipients stand in `text`; mostly in order, so that each is looked for behind the last."""
    last = 0
    for one in told:
        name = one.recipient or ""
        found = text.find(name, last)
        found = text.find(name) if found < 0 else found
        if not name or found < 0:
            return False
        last = found
    return True


def _enclosed(mail: Mail, problems: list[Problem], depth: int) -> list[tuple[list[Refusal], Mail]]:
    found: list[tuple[list[Refusal], Mail]] = []
    for inner in nested.reports(mail):
        if depth == MAX_ENCLOSED:
            message = f"reports enclosed deeper than {MAX_ENCLOSED} mails were not read"
            problems.append(Problem(id="too-deep", message=message))
            break
        found += _refusals(inner, problems, depth + 1)
    return found


def _told(mail: Mail) -> list[Refusal]:
    """What the words of `mail` report: nothing if a person wrote them, no guess if a program may have."""
    if _by_a_mail_system(mail):
        return dialects.read(mail, guess=not auto_reply.of_last_resort(mail))
    if evidence.is_answer(mail) or any(mail.has(name) for name in _PERSONAL) or b"\n>" in mail.raw:
        return []
    return dialects.read(mail, guess=False)


def _by_a_mail_system(mail: Mail) -> bool:
    """Whether sender or reverse-path are those of a report (RFC 5321 4.5.5)."""
    if evidence.from_a_tool(mail) or evidence.answers_somebody(mail):
        return False
    return (
        evidence.from_daemon(mail)
        or mail.raw_field(b"return-path") in (b"<>", b"<MAILER-DAEMON>")
        or mail.has(b"x-failed-recipients")
        or mail.content_type == "multipart/report"
    )


def _statuses(mail: Mail) -> list[Part]:
    """The machine-readable parts: as labelled, else by their fields where none is or the label is wrong."""
    parts = [part for part in mail.parts if part.level == 0]
    labelled = [part for part in parts if part.content_type in _STATUS_TYPES]
    if labelled or not (evidence.could_be_report(mail) or nested.is_forward(mail)):
        return labelled
    return [part for part in parts if part.depth and not part.children and _STATUS_FIELDS.match(_head(part))]


def _head(part: Part) -> bytes:
    """The first bytes of a part without its transfer encoding."""
    start = part.raw[:_HEAD]
    return decode.transfer(start, part.encoding).replace(b"\r\n", b"\n")
