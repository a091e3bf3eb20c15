"""Sendmail's reports, version 5 and 8, and of what writes like it (Active!hunter, docomo, Bigfoot, mail2000).

Format: savemail.c of Sendmail: sections under `----- Title -----`; the recipients, each with `(reason:
…)` and `(expanded from: …)`; a transcript of the session in which local lines read
`550 5.1.1 <recipient>... User unknown`. Version 5 has no list of recipients, only the transcript.

Not matched: a section of a returned message, and mails whose sender is no mail system.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces.dialects import evidence, outcome, shapes, transcript
from analyzer.bounces.dialects.session import CODE, EXIT_CODE, LOCAL, Session, says_nothing
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Action

NAME = "sendmail"

_TITLE = re.compile(r"^\s{0,8}[-=]{2,}[ \t]*([A-Za-z][^\n]{3,100}?)[ \t:]*[-=]{2,}\s*$")
_NOTE = re.compile(r"^\s*\((reason|expanded from|reporting mta|original)[: ]\s*(.*?)\)?$", re.IGNORECASE)
_DONE: tuple[tuple[str, Action], ...] = (
    ("(successfully delivered", "delivered"),
    ("(relayed to", "relayed"),
    ("(expanded by", "expanded"),
)
_MISSED = re.compile(
    r"^([45]\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3} )?([^\s<>()]{1,255}) \(\w{1,30}\)\.\.\. ?(.*)$"
)
_TRANSIENT = "transient failure"
_MAX_LOOKED_THROUGH = 1_000_000
_PROGRAM = re.compile(r"^\s*\"?[|/]")
_GOES_ON = ("Warning: message still undelivered", "Will keep trying")
_TIMED_OUT = re.compile(
    r"cannot send message (?:for|within)|could not send message for past|could not be delivered for \d",
    re.IGNORECASE,
)


def recognises(mail: Mail) -> bool:
    """By a section title in the first lines of the body."""
    start = mail.raw[mail.body_start : mail.body_start + 8000]
    if not any(
        mark in start
        for mark in (
            b"Transcript of session",
            b"The following address",
            b"had delivery errors",
            b"had delivery problems",
        )
    ):
        return False
    return evidence.could_be_report(mail)


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each listed recipient, its reason from the note, else from the transcript."""
    text_lines = shapes.lines(mail.text)
    sections = _sections(text_lines)
    session = next((body for title, body in sections if "transcript" in title), [])
    whole = "\n".join(text_lines[:60])
    subject = mail.get("subject") or ""
    top = text_lines[: next((at for at, line in enumerate(text_lines) if _TITLE.match(line)), 20)]
    warning = (
        outcome.is_warning("\n".join(top))
        or "could not send message for past" in subject
        or any(line.strip().startswith(_GOES_ON) for line in session)
    )
    late = _TIMED_OUT.search(subject + "\n" + whole) is not None
    answers: dict[str, Refusal] = {}
    for title, body in sections:
        if not any(
            word in title
            for word in ("address", "delivery problem", "delivery error", "notification", "recipient")
        ):
            continue
        soft = "transient" in title or "non-fatal" in title
        for entry in _entries(body):
            if entry.recipient and entry.recipient.lower() not in answers:
                entry.action = "delayed" if entry.action == "failed" and (soft or warning) else entry.action
                answers[entry.recipient.lower()] = entry
    if not answers:
        for one in _from_session(session) or _from_returned(mail, session):
            answers[one.lower()] = Refusal(recipient=one, action="delayed" if warning else "failed")
    said = _other_section(sections)
    told = Session(session)
    stated = {" ".join(answer.diagnostic.split("\n")) for answer in answers.values() if answer.diagnostic}
    recipients = frozenset(answers)
    for answer in answers.values():
        _explain(answer, told, recipients, stated)
        if answer.action in ("failed", "delayed") and answer.diagnostic is None:
            answer.diagnostic = said
        if answer.action == "failed":
            answer.expired = late or outcome.gave_up(answer.diagnostic)
    return list(answers.values())


def _sections(text_lines: list[str]) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    body: list[str] | None = None
    for line in text_lines:
        title = _TITLE.match(line) if "-" in line or "=" in line else None
        if title:
            if "unsent message" in title[1].lower() or "original message" in title[1].lower():
                break
            body = []
            found.append((title[1].lower(), body))
        elif body is not None:
            body.append(line)
    return found


def _other_section(sections: list[tuple[str, list[str]]]) -> str | None:
    """What stands under a title that is neither recipients nor transcript ("Non-delivered information")."""
    for title, body in sections:
        if "address" not in title and "transcript" not in title and "message" not in title:
            return shapes.reason(shapes.paragraph(body, 0)[0])
    return None


def _entries(body: list[str]) -> list[Refusal]:
    found: list[Refusal] = []
    for line in body:
        if not line.strip():
            continue
        note = _NOTE.match(line)
        if note and found:
            if note[1].lower() == "reason":
                found[-1].diagnostic = found[-1].diagnostic or note[2]
            elif note[1].lower().startswith("exp"):
                expanded = shapes.address(note[2]) or found[-1].original_recipient
                if found[-1].recipient is None:
                    found[-1].recipient = expanded
                else:
                    found[-1].original_recipient = expanded
            continue
        done = next((action for mark, action in _DONE if mark in line), None)
        if done and found and "@" not in line.partition(done)[0]:
            found[-1].action = done
            continue
        if len(found) >= shapes.MAX_RECIPIENTS:
            break
        entry = _entry(line)
        if entry is not None:
            entry.action = done or entry.action
            found.append(entry)
        elif CODE.match(line) and found and not found[-1].diagnostic:
            if all(one.diagnostic for one in found[:-1]):  # else it may be said of all of them
                found[-1].diagnostic = line.strip()
        elif found and line.startswith((" ", "\t")) and found[-1].diagnostic:
            found[-1].diagnostic += "\n" + line.strip().removesuffix(")")
    return found


_WITH_REASON = re.compile(
    r"^\s*(?:>>> )?<?([^\s<>()\[\]\"]{1,400}@[^\s<>()\[\]\"]{1,255})>?\s+[\[(](.{2,400})[\])]$"
)


def _entry(line: str) -> Refusal | None:
    """`<recipient>`, `>>> recipient <recipient>`, `recipient [reason]`, `recipient (reason)`, a program."""
    one = shapes.only_address(line)
    if one is not None or _PROGRAM.match(line):
        return Refusal(recipient=one)
    match = _WITH_REASON.match(line)
    if match and shapes.only_address(match[1]):
        kind = match[2].strip().lower()
        if kind in (_TRANSIENT, "unrecoverable error"):
            soft: Action = "delayed" if kind == _TRANSIENT else "failed"
            return Refusal(recipient=shapes.tidy(match[1]), action=soft)
        done = "successfully" in match[2] or "relayed to" in match[2] or "expanded by" in match[2]
        return Refusal(recipient=shapes.tidy(match[1]), diagnostic=None if done else match[2])
    return None


def _from_session(session: list[str]) -> list[str]:
    """The recipients that the transcript of a version 5 report refuses."""
    found: dict[str, str] = {}
    for line in session:
        match = LOCAL.match(line.strip())
        if match and match[1][0] in "45" and shapes.only_address(match[2]):
            found.setdefault(match[2].lower(), match[2])
    for exchange in transcript.exchanges(session):
        if exchange.fails and exchange.stage == "rcpt":
            one = shapes.address(exchange.command)
            if one:
                found.setdefault(one.lower(), one)
    return list(found.values())


def _from_returned(mail: Mail, session: list[str]) -> list[str]:
    """Where only a host is named: the returned message's one addressee there, or its only one."""
    addressees = evidence.returned_to(mail)
    hosts = {match[2].lower().rstrip(".") for match in map(_MISSED.match, map(str.strip, session)) if match}
    there = [one for one in addressees if one.rpartition("@")[2].lower() in hosts]
    return there or (
        addressees if len(addressees) == 1 and any(CODE.match(line.strip()) for line in session) else []
    )


def _explain(answer: Refusal, session: Session, recipients: Set[str], stated: Set[str]) -> None:
    """Add the reply that refused this recipient, with its host and stage, from the transcript.

    `stated` are the reasons that the report gives beside its recipients.
    """
    wanted = {(answer.recipient or "").lower(), (answer.original_recipient or "").lower()} - {""}
    local = session.own_line(wanted)[0]
    taken = stated if answer.diagnostic is None else frozenset()
    chosen = session.refusal(wanted, recipients, taken, answer.diagnostic)
    if chosen is None and EXIT_CODE.search(answer.diagnostic or local or ""):
        answer.diagnostic = session.printed_before(wanted) or answer.diagnostic
    if chosen is not None:
        answer.remote_mta = chosen.host
        answer.stage = session.stage(chosen)
        if (
            answer.diagnostic is None
            or says_nothing(answer.diagnostic)
            or len(chosen.text) > len(answer.diagnostic)
        ):
            answer.diagnostic = chosen.text
    elif answer.diagnostic is None:
        many = len(recipients) * len(session.lines) > _MAX_LOOKED_THROUGH
        answer.diagnostic = local or (
            None if many else _first_failure(session, wanted, recipients) or session.deferral(wanted)
        )


def _first_failure(session: Session, wanted: set[str], recipients: Set[str]) -> str | None:
    """A failing line that is about this recipient: names his domain, or is about the only one there is."""
    domains = {one.rpartition("@")[2] for one in wanted}
    failures = [line for line, names in session.failures if names & recipients <= wanted]
    there = [line for line in failures if any(domain in line.lower() for domain in domains)]
    if there:
        return there[0]
    if not recipients <= wanted:
        return None
    if failures:
        return failures[0]
    return shapes.reason(line for line in session.lines if not line.strip().startswith((">>>", "...")))
