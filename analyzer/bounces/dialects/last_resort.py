"""What no dialect knows: a report by its header, an address near words of failure or a reply.

It reads only mails whose header is a report's (`evidence.is_report`) and whose own words speak of a
failure; the attempts are marked by format `bounce` like all free-form ones, and by `last-resort` here.

Never a recipient: the sender and addressees of the report, mail systems' own addresses, addresses on
lines that name senders, identifiers, helpers or links. Where the text names nobody, the returned
message's only addressee is meant; where it had several, nobody is known to have failed.
"""

from __future__ import annotations

import re

from analyzer.bounces import address
from analyzer.bounces.dialects import (
    conversation,
    evidence,
    outcome,
    phrases,
    places,
    reasons,
    shapes,
    transcript,
)
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "last-resort"

_RETURNS = re.compile(
    r"\b(?:copy|text) of (?:your|the) (?:message|mail) is (?:being )?returned|"
    r"\b(?:message|mail) is (?:being |hereby )?returned (?:to you|because|undelivered)|"
    r"failed message follows",
    re.IGNORECASE,
)
_GREETS = re.compile(r"\s{0,8}Out: 220[ -]")


def recognises(mail: Mail) -> bool:
    """By the header of a report; what offers to unsubscribe or sums up a period is none."""
    return (
        (evidence.is_report(mail) or _returns(mail))
        and not mail.has(b"list-unsubscribe")
        and not evidence.is_summary(mail)
        and (evidence.from_daemon(mail) or evidence.speaks_of_mail(mail))
    )


def _returns(mail: Mail) -> bool:
    """Whether a mail system whose header says no more says in its first words that it returns a message."""
    return (
        evidence.from_daemon(mail)
        and b"@" not in mail.raw_field(b"return-path")
        and not evidence.answers_somebody(mail)
        and bool(mail.returned_raw)
        and _RETURNS.search(mail.text[:1000]) is not None
    )


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each address that the words of failure speak of."""
    text_lines = shapes.lines(mail.text)
    named = evidence.failed_recipients(mail)
    if _observed(text_lines):
        return []
    spoken = "\n".join(text_lines)
    if not (named or phrases.FAILURE.occurs(" ".join(text_lines)) or any(map(phrases.is_reply, text_lines))):
        return []
    answers = _refused_in_session(text_lines) or conversation.refusals(text_lines)
    named_at = places.recipients(mail, conversation.outside(text_lines))
    if answers:
        named_at = _beside_session(named_at, answers, text_lines)
    headings: dict[str, str] = {}
    if named_at:
        said = reasons.Reasons(text_lines, named_at.values())
        for one, number in named_at.items():
            text = said.of(number) if number < len(text_lines) else reasons.first(text_lines)
            headings[one] = said.above(number) or ""
            answers.append(Refusal(recipient=one, diagnostic=text))
    elif not answers:
        named = named or _only_addressee(mail, text_lines) or _before_a_reply(mail, text_lines)
        named = named or _of_return_path(mail)
        answers = [Refusal(recipient=one, diagnostic=reasons.first(text_lines)) for one in named]
    warning = evidence.delay_subject(mail) or (
        bool(answers) and outcome.is_warning(outcome.introduction(spoken, answers[0].recipient))
    )
    for answer in answers:
        heading = headings.get(answer.recipient or "", "")
        # Lists of those that are late and of those that failed may stand in one report.
        own = heading.endswith((":", "：")) and phrases.FAILURE.occurs(heading)
        late = outcome.is_warning(heading) if own and not evidence.delay_subject(mail) else warning
        answer.action = "delayed" if late else "failed"
        answer.expired = not late and outcome.gave_up(answer.diagnostic)
    return answers + _successes(mail, text_lines, answers) if answers else []


def _observed(text_lines: list[str]) -> bool:
    """Whether a server tells its postmaster of a client's session: it never had the message."""
    return any(_GREETS.match(line) for line in text_lines)


def _refused_in_session(text_lines: list[str]) -> list[Refusal]:
    """The recipients whose RCPT was refused in a transcript of the session."""
    found: dict[str, Refusal] = {}
    for talk in transcript.exchanges(text_lines):
        one = shapes.address(talk.command) if talk.fails and talk.stage == "rcpt" else None
        if one:
            refusal = Refusal(recipient=one, diagnostic=talk.text, stage="rcpt", remote_mta=talk.host)
            found.setdefault(one.lower(), refusal)
    return list(found.values())


def _beside_session(
    named_at: dict[str, int], answers: list[Refusal], text_lines: list[str]
) -> dict[str, int]:
    """Those whom the words around a transcript list, and of whom it says nothing."""
    known = {(answer.recipient or "").lower() for answer in answers}
    return {
        one: number
        for one, number in named_at.items()
        if one.lower() not in known
        and number < len(text_lines)
        and shapes.only_address(text_lines[number]) is not None
    }


def _successes(mail: Mail, text_lines: list[str], answers: list[Refusal]) -> list[Refusal]:
    """Those who head a line below a heading of success, where the report is about others' failures too."""
    known = evidence.own_addresses(mail) | evidence.returned_senders(mail)
    known |= {answer.recipient.lower() for answer in answers if answer.recipient}
    done = sorted(places.delivered(text_lines))
    heads = map(shapes.leading_address, (text_lines[number] for number in done))
    found = {one.lower(): one for one in heads if one and one.lower() not in known}
    return [Refusal(recipient=one, action="delivered") for one in found.values()]


def _of_return_path(mail: Mail) -> list[str]:
    """The recipient for whom alone the return path was made to which the report came."""
    paths = (mail.get(name) or "" for name in ("to", "delivered-to", "x-original-to"))
    found = (address.verp(one) for path in paths for one in address.find_all(path[:4000]))
    return [one for one in found if one][:1]


def _before_a_reply(mail: Mail, text_lines: list[str]) -> list[str]:
    """The only address of a daemon's text, where a refusal's reply stands right below: in any language."""
    if not (evidence.from_daemon(mail) and evidence.null_path(mail)):
        return []
    if any(phrases.FAILURE.occurs(line) and not phrases.is_reply(line) for line in text_lines):
        return []  # The language is known, and what it says of the address is no failure.
    own, sent_by = evidence.own_addresses(mail), evidence.returned_senders(mail)
    found: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(text_lines):
        for one in shapes.addresses(places.URL.sub(" ", line)):
            found.setdefault(one.lower(), (one, number))
    theirs = [(one, at) for one, at in found.values() if one.lower() not in own]
    if len(theirs) != 1:
        return []
    one, at = theirs[0]
    line = text_lines[at]
    below = next((line for line in text_lines[at + 1 : at + 4] if line.strip()), "")
    told = phrases.is_reply(below) and not phrases.CONTACT.search(line) and not phrases.FOREIGN.match(line)
    return [one] if told and places.may_be(one, line, own, sent_by) else []


def _only_addressee(mail: Mail, text_lines: list[str]) -> list[str]:
    """The one addressee of the returned message, where the text names nobody else."""
    if evidence.returns_a_report(mail):
        return []
    addressees = evidence.returned_to(mail)
    if len(addressees) != 1:
        return []
    known = evidence.own_addresses(mail) | {addressees[0].lower()}
    sent_by = evidence.returned_senders(mail)
    others = (
        one
        for line in text_lines
        if "@" in line and not phrases.CONTACT.search(line) and not phrases.FOREIGN.match(line.strip())
        for one in shapes.addresses(places.URL.sub(" ", line))
        if places.may_be(one, line, known, sent_by)
    )
    return addressees if next(others, None) is None else []
