"""Free-form reports, one small module a dialect, in order of authority.

A dialect module has `NAME: str`, `recognises(mail: Mail) -> bool` (cheap: on header fields and first
bytes, never on decoded parts) and `read(mail: Mail) -> list[Refusal]`. A dialect that recognises a mail
but finds no recipient in it leaves the mail to those after it.

Authority: what states fields comes before what writes sentences, one program's form before forms that
several share, and what no form explains (`last_resort`) comes last.
"""

from __future__ import annotations

import re
from collections import Counter
from types import ModuleType

from analyzer.bounces import decode
from analyzer.bounces.dialects import (
    amazon,
    courier,
    domino,
    dragonfly,
    embedded,
    evidence,
    exchange,
    exim,
    forms,
    google,
    imail,
    intermail,
    last_resort,
    lists,
    messaging_server,
    mfilter,
    microsoft,
    mms,
    opensmtpd,
    postfix,
    qmail,
    quoted,
    sendmail,
    whose,
    wrapping,
    yahoo,
)
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

DIALECTS: tuple[ModuleType, ...] = (
    amazon,
    google,
    opensmtpd,
    dragonfly,
    courier,
    qmail,
    messaging_server,
    microsoft,
    exim,
    imail,
    sendmail,
    postfix,
    mms,
    # From here on the decoded text is looked at.
    embedded,
    mfilter,
    intermail,
    forms,
    exchange,
    domino,
    yahoo,
    lists,
    last_resort,
)


def read(mail: Mail, *, guess: bool = True) -> list[Refusal]:
    """What the first dialect that knows this mail reads in it; empty where none does.

    Without `guess` only what has a known form is read, nothing by the last resort.
    """
    for dialect in DIALECTS if guess else DIALECTS[:-1]:
        if dialect.recognises(mail):
            refusals: list[Refusal] = dialect.read(mail)
            _give_own_words(refusals)
            whole = [wrapping.unwrap(refusal) for refusal in refusals if not _may_be_cut(refusal, mail)]
            if whole:
                return _without_own(whole, mail)
    return []


def _give_own_words(refusals: list[Refusal]) -> None:
    """Take from each recipient the lines about others, and a quoted header's, which may say anything."""
    if len(refusals) == 1:
        refusals[0].diagnostic = _bare(refusals[0].diagnostic or "") or None
        return
    told: Counter[str] = Counter(refusal.diagnostic for refusal in refusals if refusal.diagnostic)
    everyone = {refusal.recipient.lower() for refusal in refusals if refusal.recipient}
    several_in = {said for said, times in told.items() if times > 1 and whose.are_several(said)}
    bare = {said: _bare(said) for said in told}
    for refusal in refusals:
        said = refusal.diagnostic
        if not said:
            refusal.diagnostic = None
            continue
        shared, several = told[said] > 1, said in several_in
        said = bare[said]
        own = {name.lower() for name in (refusal.recipient, refusal.original_recipient) if name}
        mine = whose.own_lines(said, own, everyone, shared=shared)
        # Replies of different codes that name nobody: it cannot be told whose each is.
        said = "" if mine is None or (several and mine == said) else mine
        refusal.diagnostic = said or None


def _bare(said: str) -> str:
    """`said` without the lines of a quoted header, which have a colon."""
    if ":" not in said and "：" not in said:
        return said.strip()
    return "\n".join(quoted.without_header(said.split("\n"))).strip()


def _without_own(refusals: list[Refusal], mail: Mail) -> list[Refusal]:
    """`refusals` without the sender, unless he is an addressee: others' reasons name him."""
    if len(refusals) < 2:
        return refusals
    own = evidence.own_addresses(mail) | evidence.returned_senders(mail)
    own -= {one.lower() for one in (*evidence.returned_to(mail), *evidence.failed_recipients(mail))}
    return [refusal for refusal in refusals if (refusal.recipient or "").lower() not in own] or refusals


def _may_be_cut(refusal: Refusal, mail: Mail) -> bool:
    """Whether the recipient stands only at the end of a mail without a last line end: half an address."""
    name = refusal.recipient or ""
    text = (mail.full_text or decode.text(mail.raw)).rstrip("._'=-")
    if not name or not text.endswith(name):
        return False
    return re.search(re.escape(name) + r"(?![\w.-])", text[: -len(name)]) is None
