"""Where in a text of unknown form its recipients stand: labelled, alone on a line, or named in a sentence.

Never a recipient: the sender and addressees of the report, mail systems' own addresses, addresses on
lines that name senders, identifiers, helpers or links.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces import address
from analyzer.bounces.dialects import evidence, phrases, reasons, shapes
from analyzer.bounces.mail import Mail

_NEAR = 6
_SENTENCE = 4
_STOP = re.compile(r"[.!?](?:\s|$)|。")
URL = re.compile(r"\b(?:https?://|www\.|ftp://)[^\s<>\"]{1,1000}", re.IGNORECASE)
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
_MAIL_FROM = re.compile(r"\bmail[ _]?from\b[\s:<]*$", re.IGNORECASE)
_SENDER = re.compile(
    r"(?:^|[^\w@.])(?:from|senders?|sent by|von|absenders?|de la part de|expéditeur|de parte de|"
    r"remitente|remetente|"
    r"enviad[oa] por|mittente|proveniente da|inviat[oa] da|da parte di|afzender|avsändare|avsender|afsender|"
    r"nadawc[ay]|odesílatele?|отправител[ьяе]м?|от|差出人|送信者|发件人|寄件者|보낸 ?사람)[^\w@]{0,6}$",
    re.IGNORECASE,
)
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


def recipients(mail: Mail, text_lines: list[str]) -> dict[str, int]:
    """The recipients named and the line of each (0-based): labelled or alone before merely near."""
    own = evidence.own_addresses(mail)
    sent_by = evidence.returned_senders(mail)
    strong: dict[str, tuple[str, int]] = {}
    weak: dict[str, tuple[str, int]] = {}
    # Who writes to himself is told so by a null reverse-path and a line "address: 550 …".
    told_itself = evidence.null_path(mail) and evidence.from_daemon(mail)
    done = delivered(text_lines)
    told_in_line: dict[str, bool] = {}
    echo: list[str] = []
    tails: list[tuple[str, int]] = []
    spoke = listed = -_NEAR
    traced = False
    for number, line in enumerate(text_lines):
        traced = _TRACE.match(line) is not None or (traced and line[:1] in (" ", "\t"))
        if traced or number in done:
            continue
        bare = URL.sub(" ", line).strip()
        fails = phrases.FAILURE.occurs(bare) or phrases.is_reply(bare)
        if fails:
            spoke = number
        if "@" not in bare or (phrases.FOREIGN.match(bare) and not phrases.is_reply(bare)):
            continue
        own_too = told_itself and phrases.is_reply(bare) and shapes.leading_address(bare) is not None
        found = [one for one in shapes.addresses(bare) if own_too or may_be(one, bare, own, sent_by)]
        if not found:
            continue
        label = phrases.LABEL.match(bare) is not None
        if label and _is_echo(text_lines, number):
            echo += found
            continue
        alone = shapes.leading_address(bare) is not None or shapes.only_address(bare) is not None
        headed = bare.startswith("<") and shapes.colon_head(bare) is not None
        near = fails or number - spoke <= _NEAR or number - listed <= 2
        near = near or (alone and (_is_told_below(text_lines, number) or _is_told_above(text_lines, number)))
        if label or headed or (alone and near):
            bucket = strong
            listed = number if alone else listed
        elif (fails and not phrases.CONTACT.search(bare.partition(found[0])[0])) or (
            _fails_across(text_lines, number, found[0])
            if not (alone or fails)
            else alone and not phrases.CONTACT.search(" ".join(text_lines[max(0, number - 2) : number]))
        ):
            bucket = weak
        else:
            if reasons.before(bare):
                tails.append((found[0], number))
            continue
        for one in found if alone or label else found[:1]:
            old = bucket.get(one.lower())
            # A list of addresses may come first and each one's reason below it.
            if (
                old is None
                or (fails and not told_in_line[one.lower()])
                or (not reasons.beside(text_lines[old[1]]) and reasons.beside(line))
            ):
                bucket[one.lower()] = (one, number)
                told_in_line[one.lower()] = fails or label or alone
    chosen = _with_neighbours(strong or weak or _alone(echo, len(text_lines)), tails, text_lines)
    if len(chosen) > 1 and not strong:
        chosen = _sent_to(mail, chosen, text_lines)
    return dict(list(chosen.values())[: shapes.MAX_RECIPIENTS])


def _alone(echo: list[str], behind: int) -> dict[str, tuple[str, int]]:
    """The only addressee of a repeated header; its place is behind the text, as no words are about it."""
    return {echo[0].lower(): (echo[0], behind)} if len(echo) == 1 else {}


def _sent_to(
    mail: Mail, chosen: dict[str, tuple[str, int]], text_lines: list[str]
) -> dict[str, tuple[str, int]]:
    """Of those near words of failure, the addressees of the returned message, where any of them is."""
    sent_to = {one.lower() for one in evidence.returned_to(mail)}
    if not any(key in sent_to for key in chosen):
        return chosen
    return {
        key: (one, number)
        for key, (one, number) in chosen.items()
        if key in sent_to or phrases.is_reply(text_lines[number])
    }


def delivered(text_lines: list[str]) -> set[int]:
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


def _is_told_above(text_lines: list[str], number: int) -> bool:
    """Whether a sentence above, broken over lines, speaks of a failure."""
    above = " ".join(line.strip() for line in text_lines[max(0, number - _NEAR) : number])
    return phrases.FAILURE.occurs(above) and not phrases.CONTACT.search(text_lines[number - 1])


def _fails_across(text_lines: list[str], number: int, one: str) -> bool:
    """Whether a sentence that goes over several lines speaks of a failure and of `one`, and of no helper."""
    first, last = number, number + 1
    while first > 0 and number - first < _SENTENCE and _goes_on(text_lines[first - 1]):
        first -= 1
    while last < len(text_lines) and last - number < _SENTENCE and _goes_on(text_lines[last - 1]):
        last += 1
    head, _, rest = " ".join(line.strip() for line in text_lines[first:last]).partition(one)
    head = _STOP.split(head)[-1]
    return not phrases.CONTACT.search(head) and phrases.FAILURE.occurs(f"{head}{one}{_STOP.split(rest)[0]}")


def _goes_on(line: str) -> bool:
    """Whether the sentence of `line` may go on below it."""
    bare = line.rstrip()
    return (
        bool(bare) and not bare.endswith((":", ".", "!", "?", "。", "：")) and not phrases.FOREIGN.match(bare)
    )


def _is_echo(text_lines: list[str], number: int) -> bool:
    """Whether the line belongs to a repeated header: From, Subject or Date stand beside it."""
    if not _TO.match(text_lines[number].strip()):
        return False
    around = text_lines[max(0, number - 2) : number] + text_lines[number + 1 : number + 3]
    return any(_HEADER.match(line.strip()) for line in around)


def may_be(one: str, line: str, own: Set[str], sent_by: set[str]) -> bool:
    """Whether `one` in `line` is neither one of these nor a mail system's nor named as a sender."""
    lower = one.lower()
    if lower in own or lower in sent_by or address.is_machine(one) or _HELPER.match(one):
        return False
    if "." not in one.rpartition("@")[2] and not one.endswith("]"):
        return False
    before = line[: line.find(one)]
    if _MAIL_FROM.search(before[-40:]) or _SENDER.search(before[-40:]):
        return False
    return not (_IDENTIFIER.search(before[-40:]) and before[-1:] == "<" and "id" in before[-40:].lower())
