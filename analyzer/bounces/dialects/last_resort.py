"""What no dialect knows: a report by its header, an address near words of failure or a reply.

It reads only mails whose header is a report's (`evidence.is_report`) and whose own words speak of a
failure; the attempts are marked by format `bounce` like all free-form ones, and by `last-resort` here.

Never a recipient: the sender and addressees of the report, mail systems' own addresses, addresses on
lines that name senders, identifiers, helpers or links. Where the text names nobody, the returned
message's only addressee is meant; where it had several, nobody is known to have failed.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces import address
from analyzer.bounces.dialects import evidence, phrases, reasons, shapes, transcript
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "last-resort"

_NEAR = 6
_URL = re.compile(r"\b(?:https?://|www\.|ftp://)[^\s<>\"]{1,1000}", re.IGNORECASE)
_HELPER = re.compile(
    r"(?:mailer-?daemon|post-?master|mail-?daemon|abuse|support|help(?:desk)?|info-?desk|no-?reply|"
    r"do-?not-?reply|admin(?:istrator)?|"
    r"hostmaster|webmaster|mdaemon|root|bounces?|double-bounce|spam|unblock|removal?|delist|security)@",
    re.IGNORECASE,
)
_TRACE = re.compile(r"(?:Received|X-[A-Za-z-]{1,40}|Return-Path|References|In-Reply-To|DKIM-Signature):")
_TO = re.compile(r"(?:to|an|à|a|para|aan|кому|宛先|收件人|받는 ?사람)\s*[:：]", re.IGNORECASE)
_HEADER = re.compile(
    r"(?:subject|date|sent|from|betreff|datum|gesendet|von|objet|asunto|件名)\s*[:：]", re.IGNORECASE
)
_GREETS = re.compile(r"\s{0,8}Out: 220[ -]")
_MAIL_FROM = re.compile(r"\bmail[ _]?from\b[\s:<]*$", re.IGNORECASE)
_SENDER = re.compile(r"\b(?:from|sender|von|absender|de la part de|from:)\b[\s:<]*$", re.IGNORECASE)
_SUCCESS = re.compile(
    r"(?:recipients?|addressees?) received (?:your|the) |"
    r"\bsuccess|\bsucceeded|(?:was|were|has been|have been) delivered|^\s*delivered(?: to)?\s*:|erfolgreich|"
    r"avec succès|con éxito|com sucesso|con successo|успешно|成功",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\W*(?:has been |was )?(?:successfully )?(?:delivered|sent|ok|success|succeeded|successful|zugestellt|"
    r"erfolgreich|remis|entregado|entregue|consegnato|доставлено|送信済み|配信済み|已送达|已送達)\W*",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"(?:<|\bid[ =:]+<?)\S*$|message-?id\S*[ :=<]*$", re.IGNORECASE)


def recognises(mail: Mail) -> bool:
    """By the header of a report; what offers to unsubscribe or sums up a period is none."""
    return (
        evidence.is_report(mail)
        and not mail.has(b"list-unsubscribe")
        and not evidence.is_summary(mail)
        and (evidence.from_daemon(mail) or evidence.speaks_of_mail(mail))
    )


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each address that the words of failure speak of."""
    text_lines = shapes.lines(mail.text)
    named = evidence.failed_recipients(mail)
    if _observed(text_lines):
        return []
    if not named and not any(phrases.FAILURE.occurs(line) or phrases.is_reply(line) for line in text_lines):
        return []
    spoken = "\n".join(text_lines)
    answers = _refused_in_session(text_lines)
    places = {} if answers else _places(mail, text_lines)
    headings: dict[str, str] = {}
    if places:
        said = reasons.Reasons(text_lines, places.values())
        for one, number in places.items():
            text = said.of(number) if number < len(text_lines) else reasons.first(text_lines)
            headings[one] = said.above(number) or ""
            answers.append(Refusal(recipient=one, diagnostic=text))
    elif not answers:
        named = named or _only_addressee(mail) or _before_a_reply(mail, text_lines)
        named = named or _of_return_path(mail)
        answers = [Refusal(recipient=one, diagnostic=reasons.first(text_lines)) for one in named]
    warning = evidence.delay_subject(mail) or (
        bool(answers) and shapes.is_warning(shapes.introduction(spoken, answers[0].recipient))
    )
    for answer in answers:
        heading = headings.get(answer.recipient or "", "")
        # Lists of those that are late and of those that failed may stand in one report.
        own = heading.endswith((":", "：")) and phrases.FAILURE.occurs(heading)
        late = shapes.is_warning(heading) if own and not evidence.delay_subject(mail) else warning
        answer.action = "delayed" if late else "failed"
        answer.expired = not late and shapes.gave_up(answer.diagnostic)
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


def _places(mail: Mail, text_lines: list[str]) -> dict[str, int]:
    """The recipients named and the line of each: labelled or alone before merely near."""
    own = evidence.own_addresses(mail)
    sent_by = evidence.returned_senders(mail)
    strong: dict[str, tuple[str, int]] = {}
    weak: dict[str, tuple[str, int]] = {}
    # Who writes to himself is told so by a null reverse-path and a line "address: 550 …".
    told_itself = evidence.null_path(mail) and evidence.from_daemon(mail)
    done = _delivered(text_lines)
    echo: list[str] = []
    tails: list[tuple[str, int]] = []
    spoke = listed = -_NEAR
    traced = False
    for number, line in enumerate(text_lines):
        traced = _TRACE.match(line) is not None or (traced and line[:1] in (" ", "\t"))
        if traced or number in done:
            continue
        bare = _URL.sub(" ", line).strip()
        fails = phrases.FAILURE.occurs(bare) or phrases.is_reply(bare)
        if fails:
            spoke = number
        if "@" not in bare or (phrases.FOREIGN.match(bare) and not phrases.is_reply(bare)):
            continue
        own_too = told_itself and phrases.is_reply(bare) and shapes.leading_address(bare) is not None
        found = [one for one in shapes.addresses(bare) if own_too or _may_be(one, bare, own, sent_by)]
        if not found:
            continue
        label = phrases.LABEL.match(bare) is not None
        if label and _is_echo(text_lines, number):
            echo += found
            continue
        alone = shapes.leading_address(bare) is not None or shapes.only_address(bare) is not None
        headed = bare.startswith("<") and shapes.colon_head(bare) is not None
        near = fails or number - spoke <= _NEAR or number - listed <= 2
        near = near or (alone and _is_told_below(text_lines, number))
        if label or headed or (alone and near):
            bucket = strong
            listed = number if alone else listed
        elif (fails and not phrases.CONTACT.search(bare.partition(found[0])[0])) or (
            alone and not phrases.CONTACT.search(" ".join(text_lines[max(0, number - 2) : number]))
        ):
            bucket = weak
        else:
            if reasons.before(bare):
                tails.append((found[0], number))
            continue
        for one in found if alone or label else found[:1]:
            old = bucket.get(one.lower())
            # A list of addresses may come first and each one's reason below it.
            if old is None or (not reasons.beside(text_lines[old[1]]) and reasons.beside(line)):
                bucket[one.lower()] = (one, number)
    found_alone = {echo[0].lower(): (echo[0], len(text_lines))} if len(echo) == 1 else {}
    chosen = _with_neighbours(strong or weak or found_alone, tails, text_lines)
    sent_to = {one.lower() for one in evidence.returned_to(mail)}
    if len(chosen) > 1 and any(key in sent_to for key in chosen) and not strong:
        chosen = {
            key: (one, number)
            for key, (one, number) in chosen.items()
            if key in sent_to or phrases.is_reply(text_lines[number])
        }
    return dict(list(chosen.values())[: shapes.MAX_RECIPIENTS])


def _delivered(text_lines: list[str]) -> set[int]:
    """The lines that name somebody below a heading of success, or say nothing else beside him."""
    found: set[int] = set()
    succeeded = False
    for number, line in enumerate(text_lines):
        if line.strip() and "@" not in line:
            succeeded = _SUCCESS.search(line) is not None and not phrases.FAILURE.occurs(line)
        elif (succeeded and not phrases.is_reply(line)) or (
            "@" in line and _STATE.fullmatch(reasons.behind(line))
        ):
            found.add(number)
    return found


def _successes(mail: Mail, text_lines: list[str], answers: list[Refusal]) -> list[Refusal]:
    """Those who head a line below a heading of success, where the report is about others' failures too."""
    known = evidence.own_addresses(mail) | evidence.returned_senders(mail)
    known |= {answer.recipient.lower() for answer in answers if answer.recipient}
    heads = map(shapes.leading_address, (text_lines[number] for number in sorted(_delivered(text_lines))))
    found = {one.lower(): one for one in heads if one and one.lower() not in known}
    return [Refusal(recipient=one, action="delivered") for one in found.values()]


def _with_neighbours(
    chosen: dict[str, tuple[str, int]], tails: list[tuple[str, int]], text_lines: list[str]
) -> dict[str, tuple[str, int]]:
    """`chosen` and, among lines "reason: address", those whose reason is not understood; in order."""
    beside = {at for _, at in chosen.values() if at < len(text_lines) and reasons.before(text_lines[at])}
    for one, number in tails:
        if beside & {number - 2, number - 1, number + 1, number + 2}:
            chosen.setdefault(one.lower(), (one, number))
            beside.add(number)
    return dict(sorted(chosen.items(), key=lambda item: item[1][1]))


def _is_told_below(text_lines: list[str], number: int) -> bool:
    below = next((line for line in text_lines[number + 1 : number + 3] if line.strip()), "")
    return phrases.is_reply(below) or phrases.FAILURE.occurs(below)


def _is_echo(text_lines: list[str], number: int) -> bool:
    """Whether the line belongs to a repeated header: From, Subject or Date stand beside it."""
    if not _TO.match(text_lines[number].strip()):
        return False
    around = text_lines[max(0, number - 2) : number] + text_lines[number + 1 : number + 3]
    return any(_HEADER.match(line.strip()) for line in around)


def _may_be(one: str, line: str, own: Set[str], sent_by: set[str]) -> bool:
    lower = one.lower()
    if lower in own or lower in sent_by or address.is_machine(one) or _HELPER.match(one):
        return False
    if "." not in one.rpartition("@")[2] and not one.endswith("]"):
        return False
    before = line[: line.find(one)]
    if _MAIL_FROM.search(before[-40:]) or _SENDER.search(before[-40:]):
        return False
    return not (_IDENTIFIER.search(before[-40:]) and before[-1:] == "<" and "id" in before[-40:].lower())


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
        for one in shapes.addresses(_URL.sub(" ", line)):
            found.setdefault(one.lower(), (one, number))
    theirs = [(one, at) for one, at in found.values() if one.lower() not in own]
    if len(theirs) != 1:
        return []
    one, at = theirs[0]
    line = text_lines[at]
    below = next((line for line in text_lines[at + 1 : at + 4] if line.strip()), "")
    told = phrases.is_reply(below) and not phrases.CONTACT.search(line) and not phrases.FOREIGN.match(line)
    return [one] if told and _may_be(one, line, own, sent_by) else []


def _only_addressee(mail: Mail) -> list[str]:
    if evidence.returns_a_report(mail):
        return []
    addressees = evidence.returned_to(mail)
    return addressees if len(addressees) == 1 else []
