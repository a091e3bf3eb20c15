"""Refusals made into attempts: reply unwrapped, codes, outcome, and what the returned message adds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from analyzer.bounces import address, delivery_status, narrative, original, stages
from analyzer.bounces.dates import date
from analyzer.bounces.dialects.session import Session
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Attempt, Outcome
from analyzer.replies import parse, unwrap

MAX_NARRATED = 500
"""Reports of more recipients are not searched for what their words say of each: lists that long have none."""

_HOST_NAME = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}")
_MAX_SAID = 4000
_CODE = re.compile(r"(?<![\w.])[45]\d\d[ -]")
_OF_ONE = re.compile(r"\b5\.1\.[136]\b|\b(?:user|mailbox|recipient|account)\b", re.IGNORECASE)
_GIVEN_UP = ": retry timeout exceeded"
"""Exim adds it to the last deferral."""
_TIME_RAN_OUT = (
    "retry timeout exceeded", "message expired", "envelope expired", "queue.expired", "delivery time expired",
    "been in the queue too long", "too long in the queue", "retry time not reached for any host",
    "have been failing for a long time", "exceeded maximum time", "maximum queue time", "queue lifetime",
)  # fmt: skip


def attempts(mail: Mail, refusals: list[Refusal], *, source: str, position: int) -> list[Attempt]:
    """One attempt for each refusal, in order; of a recipient said twice, all that is said of him counts."""
    about = original.Facts(mail)
    words = mail.text if len(refusals) <= MAX_NARRATED else ""
    session = Session(words.split("\n")) if "<<<" in words else None
    everyone = {refusal.recipient.lower() for refusal in refusals if refusal.recipient}
    if len(everyone) > 1:
        _give_back(refusals, everyone, mail.text)
    found: list[Attempt] = []
    for refusal in _once(refusals):
        if refusal.recipient is None and len(refusals) == 1:
            refusal.recipient = _from_return_path(mail, refusal.sender or about.sender)
        attempt = _attempt(refusal, about, source=source, position=position)
        if session is not None and refusal.format == "dsn" and refusal.recipient:
            _ask_session(attempt, refusal, session, everyone)
        _take_reply(attempt, refusal, words, everyone)
        attempt.original_recipient = _original_recipient(attempt, about, single=len(refusals) == 1)
        attempt.outcome = _outcome(attempt, refusal)
        attempt.timestamp = refusal.timestamp or date(mail.get("date"))
        found.append(attempt)
    return found


def _once(refusals: list[Refusal]) -> list[Refusal]:
    """`refusals`, those of the same recipient and action made one: the first, filled up from the others."""
    known: dict[tuple[str | None, str], Refusal] = {}
    for refusal in refusals:
        first = known.setdefault(((refusal.recipient or "").lower() or None, refusal.action), refusal)
        if first.diagnostic is None and first is not refusal:
            first.diagnostic, first.status = refusal.diagnostic, refusal.status or first.status
            first.remote_mta = first.remote_mta or refusal.remote_mta
    return list(known.values())


def _give_back(refusals: list[Refusal], everyone: set[str], text: str) -> None:
    """Take from each recipient words that name another of the report's recipients and not him.

    Words that several got are also his alone whose domain they name. What one server said of one user, and
    stands once in the text, is not said of users of several domains: then it is nobody's.
    """
    texts = {refusal.diagnostic for refusal in refusals if refusal.diagnostic}
    cores = {said: _core(said) for said in texts}  # once a text: many may share a long one
    names = {said: _names(said) & everyone for said in texts if "@" in said}
    getters = Counter(cores[refusal.diagnostic] for refusal in refusals if refusal.diagnostic)
    domains = {_domain(one) for one in everyone}
    where: defaultdict[str, set[str]] = defaultdict(set)
    for refusal in refusals:
        where[cores.get(refusal.diagnostic or "", "")].add(_domain((refusal.recipient or "").lower()))
    shared = {said: _domains(said) & domains for said, times in getters.items() if times > 1}
    spread = {
        said
        for said in shared
        if len(where[said]) > 1
        and _OF_ONE.search(said)
        and _CODE.search(said)
        and text.count(said.split("\n")[0]) == 1
    }
    for refusal in refusals:
        said = refusal.diagnostic
        if not said:
            continue
        own = {name.lower() for name in (refusal.recipient, refusal.original_recipient) if name}
        named, core = names.get(said, set()), cores[said]
        if not named and core in shared:
            named, own = (
                shared[core] | (_domains(said[: -len(core)]) & domains),
                {_domain(one) for one in own},
            )
        if (named and named.isdisjoint(own)) or (not named and core in spread):
            refusal.diagnostic = None
            if refusal.status and refusal.status in said:
                refusal.status = None


def _names(said: str) -> set[str]:
    return {one.lower() for one in address.find_all(said)}


def _core(said: str) -> str:
    """The reply in `said`, from its code on, without the words that introduce it."""
    code = _CODE.search(said)
    return said[code.start() :] if code else said


def _domain(name: str) -> str:
    return name.rpartition("@")[2]


def _domains(said: str) -> set[str]:
    """The host names in `said`, lower-case, and the domains that they are in."""
    found: set[str] = set()
    for name in _HOST_NAME.findall(said.lower()[:_MAX_SAID]):
        labels = name.split(".")
        found.update(".".join(labels[at:]) for at in range(len(labels) - 1))
    return found


def _from_return_path(mail: Mail, sender: str | None) -> str | None:
    """The recipient of whom only the variable return path tells to which the report came."""
    paths = [sender or "", *(mail.get(name) or "" for name in ("to", "delivered-to", "x-original-to"))]
    return next(
        (found for path in paths for one in address.find_all(path) if (found := address.verp(one))), None
    )


def _attempt(refusal: Refusal, about: original.Facts, *, source: str, position: int) -> Attempt:
    return Attempt(
        source=source,
        position=position,
        format=refusal.format,
        action=refusal.action,
        recipient=refusal.recipient,
        original_recipient=refusal.original_recipient,
        sender=refusal.sender if refusal.sender is not None else about.sender,
        message_id=refusal.message_id or about.message_id,
        queue_id=refusal.queue_id or about.queue_id(refusal.reporting_mta),
        reporting_mta=refusal.reporting_mta,
        remote_mta=refusal.remote_mta,
        remote_ip=refusal.remote_ip,
        stage=refusal.stage,
    )


def _original_recipient(attempt: Attempt, about: original.Facts, *, single: bool) -> str | None:
    """The address that the sender wrote, where the failing one was made from it."""
    if attempt.original_recipient or attempt.recipient is None:
        return attempt.original_recipient
    inside = address.rewritten(attempt.recipient)
    if inside is None and single and about.recipient:
        return about.recipient if about.recipient.lower() != attempt.recipient.lower() else None
    return inside


def _ask_session(attempt: Attempt, refusal: Refusal, session: Session, everyone: set[str]) -> None:
    """Stage and host from the transcript, which the fields of a delivery-status do not have."""
    wanted = {name.lower() for name in (attempt.recipient, attempt.original_recipient) if name}
    talk = session.refusal(wanted, everyone, said=refusal.diagnostic)
    if talk is not None:
        attempt.stage = attempt.stage or session.stage(talk)
        attempt.remote_mta = attempt.remote_mta or delivery_status.host(talk.host)


def _take_reply(attempt: Attempt, refusal: Refusal, words: str, everyone: set[str]) -> None:
    """Diagnostic, codes, host, IP and stage: what the reply's own text says beats the reporter."""
    diagnostic = refusal.diagnostic
    if refusal.format == "dsn" and refusal.recipient:
        if attempt.original_recipient is None and " from" in words:
            attempt.original_recipient = narrative.derived_from(words, refusal.recipient)
        others = everyone - {refusal.recipient.lower()} if words else everyone
        told = narrative.of(words, refusal.recipient, others) if words else None
        if told:
            around = unwrap(told)
            attempt.stage = attempt.stage or around.stage
            attempt.remote_mta = attempt.remote_mta or around.host
            if around.host in (None, attempt.remote_mta):
                attempt.remote_ip = attempt.remote_ip or around.ip
            if diagnostic and (
                narrative.says_nothing(diagnostic) and not narrative.says_nothing(around.text)
            ):
                diagnostic = told
    if diagnostic:
        unwrapped = unwrap(diagnostic)
        last, given_up, _ = unwrapped.text.rpartition(_GIVEN_UP)
        reply = parse(last if given_up else unwrapped.text)
        attempt.diagnostic = None if narrative.only_host(unwrapped.text) else reply.one_line or None
        attempt.reply_code = reply.reply_code
        attempt.enhanced_code = reply.enhanced_code
        attempt.remote_mta = attempt.remote_mta or unwrapped.host
        attempt.remote_ip = attempt.remote_ip or unwrapped.ip
        attempt.stage = unwrapped.stage or attempt.stage
        if attempt.stage is None and attempt.reply_code is None:
            here = refusal.format == "dsn" and attempt.remote_mta is None and reply.enhanced_code is None
            attempt.stage = stages.stage_of(attempt.diagnostic or "", here=here)
        elif attempt.stage is None and attempt.reply_code == 454 and "TLS" in unwrapped.text:
            attempt.stage = "starttls"
        if given_up:
            refusal.expired = True
    status = refusal.status
    if status is None or attempt.enhanced_code is not None:
        return
    # A status of another class than the reply, or than what was done, is the reporter's invention.
    made_up = status.endswith(".0.0") and status[0] == "4" and refusal.action == "failed"
    if attempt.reply_code is None or str(attempt.reply_code)[0] == status[0]:
        attempt.enhanced_code = None if made_up and attempt.reply_code is None else status


def _outcome(attempt: Attempt, refusal: Refusal) -> Outcome | None:
    if refusal.action == "failed":
        return "expired" if refusal.expired or _ran_out(attempt) else "bounced"
    if refusal.action == "delayed":
        return "deferred"
    return "delivered" if refusal.action == "delivered" else None


def _ran_out(attempt: Attempt) -> bool:
    """Whether a failure is a transient one that lasted too long."""
    if attempt.reply_code is not None:
        transient = 400 <= attempt.reply_code < 500
    else:
        transient = (attempt.enhanced_code or "").startswith("4")
    if transient:
        return True
    said = (attempt.diagnostic or "").lower()
    old = "time" in said or "expired" in said or "queue" in said  # one of them is in all of those
    return old and any(words in said for words in _TIME_RAN_OUT)
