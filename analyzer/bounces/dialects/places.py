"""Where in a text of unknown form its recipients stand: labelled, alone on a line, or named in a sentence.

Never a recipient: the sender and addressees of the report, mail systems' own addresses, addresses on
lines that name senders, identifiers, helpers or links.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces import address
from analyzer.bounces.dialects import evidence, layout, phrases, reasons, shapes, siblings
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
_AND = re.compile(
    r"[\s>\"')\]]{0,4}(?:[,;&、，]|"
    r"(?: (?:and|und|et|e|ed|y|и|i|och|og|en|ja|ve) ))[\s<\"'(\[]{0,4}"
)
_ASSIGNED = re.compile(r"\b(?:to|rcpt|recipient)=<?[^\s@<>]{1,128}@", re.IGNORECASE)
_MAIL_FROM = re.compile(r"\bmail[ _]?from\b[\s:<]*$", re.IGNORECASE)
_SENDER = re.compile(
    r"(?:^|[^\w@.])(?:from|senders?|sent by|von|absenders?|de la part de|expéditeur|de parte de|"
    r"remitente|remetente|"
    r"enviad[oa] por|mittente|proveniente da|inviat[oa] da|da parte di|afzender|avsändare|avsender|afsender|"
    r"nadawc[ay]|odesílatele?|отправител[ьяе]м?|от|差出人|送信者|发件人|寄件者|보낸 ?사람)[^\w@]{0,6}$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:subject|betreff|objet|asunto|assunto|oggetto|onderwerp|тема|temat)\b|件名|主题|主旨|제목",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:(?:please|kindly)[ ](?:\w{1,12}[ ]){0,3}(?:contact|write|ask|call|notify)(?:[ ](?:to|us|at)){0,2}|"
    r"(?:write|reach us|contact us|write us)[ ](?:to|at)|schreiben sie (?:an|bitte an)|écrivez à|"
    r"escriba a)\s*$",
    re.IGNORECASE,
)
"""The end of a line below which a helper's address stands."""
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
_IDENTIFIER = re.compile(
    r"\b(?:(?:message|queue|mail|smtp|esmtps?)[-_ ]?)?(?:id|identifi\w{1,10})\b"
    r"(?:[ .:=]{1,4}\w{1,12})?[^\w@]*<$",
    re.IGNORECASE,
)


def recipients(mail: Mail, text_lines: list[str]) -> dict[str, int]:
    """The recipients named and the line of each (0-based): labelled or alone before merely near."""
    finder = _Finder(mail, text_lines)
    traced = False
    done = delivered(text_lines)
    for number, line in enumerate(text_lines):
        traced = _TRACE.match(line) is not None or (traced and line[:1] in (" ", "\t"))
        if not traced and number not in done:
            finder.look(number, line)
    return finder.chosen()


class _Finder:
    """The addresses of a text, sorted by how surely they are recipients."""

    def __init__(self, mail: Mail, text_lines: list[str]) -> None:
        self._mail = mail
        self._lines = text_lines
        self._own = evidence.own_addresses(mail)
        self._sent_by = evidence.returned_senders(mail)
        # Who writes to himself is told so by a null reverse-path and a line "address: 550 …".
        self._told_itself = evidence.null_path(mail) and evidence.from_daemon(mail)
        self._strong: siblings.Named = {}
        self._weak: siblings.Named = {}
        self._in_line: set[str] = set()
        self._echo: list[str] = []
        self._tails: list[tuple[str, int]] = []
        self._entries: list[tuple[str, int]] = []
        self._passed: list[tuple[str, int]] = []
        self._spoke = self._listed = -_NEAR

    def look(self, number: int, line: str) -> None:
        """Sort the addresses of one line."""
        bare = URL.sub(" ", line).strip()
        reply = phrases.is_reply(bare)
        fails = reply or phrases.FAILURE.occurs(bare)
        if fails:
            self._spoke = number
        if "@" not in bare or (phrases.FOREIGN.match(bare) and not reply):
            return
        own_too = self._told_itself and reply and shapes.leading_address(bare) is not None
        found = [
            one for one in shapes.addresses(bare) if own_too or may_be(one, bare, self._own, self._sent_by)
        ]
        if not found:
            return
        label = phrases.LABEL.match(bare) is not None
        if label and _is_echo(self._lines, number):
            self._echo += found
            return
        if number and _ASKS.search(self._lines[number - 1]):
            return
        alone = label or layout.is_entry(bare) or shapes.only_address(bare) is not None
        if alone:
            self._entries.append((found[0], number))
        if self._is_strong(number, bare, label=label, alone=alone, fails=fails):
            self._listed = number if alone else self._listed
            bucket = self._strong
        elif self._is_weak(number, bare, found[0], alone=alone, fails=fails):
            bucket = self._weak
        else:
            self._leave(number, bare, found[0])
            return
        for one in found if alone else _enumerated(bare, found):
            self._keep(bucket, one, number, said=fails or alone)

    def _is_strong(self, number: int, bare: str, *, label: bool, alone: bool, fails: bool) -> bool:
        if label or (bare.startswith("<") and shapes.colon_head(bare) is not None):
            return True
        if number - self._spoke <= _NEAR and _ASSIGNED.search(bare):
            return True
        if not alone:
            return False
        near = fails or number - self._spoke <= _NEAR or number - self._listed <= 2
        return near or _is_told_below(self._lines, number) or _is_told_above(self._lines, number)

    def _is_weak(self, number: int, bare: str, one: str, *, alone: bool, fails: bool) -> bool:
        if fails and not phrases.CONTACT.search(bare.partition(one)[0]):
            return True
        if alone or fails:
            above = " ".join(self._lines[max(0, number - 2) : number])
            return alone and not phrases.CONTACT.search(above)
        return _fails_across(self._lines, number, one)

    def _leave(self, number: int, bare: str, one: str) -> None:
        """Remember an address that only its neighbours can make a recipient."""
        near = self._spoke >= 0 and number - self._spoke <= _NEAR
        introduced = near and self._lines[self._spoke].rstrip().endswith((":", "："))
        if reasons.before(bare) is None:
            if not _SUCCESS.search(bare):
                self._passed.append((one, number))
        elif introduced:
            self._strong.setdefault(one.lower(), (one, number))
        else:
            self._tails.append((one, number))

    def _keep(self, bucket: siblings.Named, one: str, number: int, *, said: bool) -> None:
        key = one.lower()
        old = bucket.get(key)
        settled = old is not None and (key in self._in_line or not said)
        # A list of addresses may come first and each one's reason below it.
        better = old is None or (
            not reasons.beside(self._lines[old[1]]) and reasons.beside(self._lines[number])
        )
        if settled and not better:
            return
        bucket[key] = (one, number)
        if said:
            self._in_line.add(key)

    def chosen(self) -> dict[str, int]:
        """The recipients, each with its line; the text's length where no words are about him."""
        found = self._strong or self._weak or _alone(self._echo, len(self._lines))
        found = _with_neighbours(found, self._tails, self._lines)
        found = siblings.extend(found, [*self._passed, *self._weak.values()], self._lines)
        found = siblings.with_details(found, self._entries, self._lines)
        if len(found) > 1 and not self._strong:
            found = _sent_to(self._mail, found, self._lines)
        return dict(list(found.values())[: shapes.MAX_RECIPIENTS])


def _enumerated(bare: str, found: list[str]) -> list[str]:
    """The first of the addresses and those that follow it with nothing but commas or "and" between."""
    last = 1
    while last < len(found):
        between = bare.partition(found[last])[0].rpartition(found[last - 1])[2]
        if _AND.fullmatch(between) is None:
            break
        last += 1
    return found[:last]


def _alone(echo: list[str], behind: int) -> siblings.Named:
    """The only addressee of a repeated header; its place is behind the text, as no words are about it."""
    return {echo[0].lower(): (echo[0], behind)} if len(echo) == 1 else {}


def _sent_to(mail: Mail, chosen: siblings.Named, text_lines: list[str]) -> siblings.Named:
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
    chosen: siblings.Named, tails: list[tuple[str, int]], text_lines: list[str]
) -> siblings.Named:
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
    if _SUBJECT.search(before):
        return False
    if _MAIL_FROM.search(before[-40:]) or _SENDER.search(before[-40:]):
        return False
    return _IDENTIFIER.search(before[-40:]) is None
