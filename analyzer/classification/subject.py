"""Of whom a reply speaks: an address that it calls dead need not be the recipient's."""

from __future__ import annotations

import re

from analyzer.classification.asked import Asked
from analyzer.classification.deciding import Decision
from analyzer.classification.template import MARKS, Template

_TAG = re.compile(r"[+%].*")
_CONTACTS = frozenset({"postmaster", "abuse", "support", "helpdesk", "hostmaster", "mailer-daemon"})
_NEAR = 4
"""Characters behind the evidence within which an address still belongs to it: `no such user: <X>`."""


def elsewhere(asked: Asked, decision: Decision, masked: Template, text: str) -> bool:
    """Whether the address that a reply speaks of is somebody else's, though the recipient is known.

    Asked with RCPT TO, a server speaks of the address that it was given: what the recipient was forwarded to;
    or of the sender, with or without a tag. At other stages, and where the stage is not known, it may be any
    member of a list or group. Addresses behind the evidence are where to ask for help.
    """
    question = asked.question
    if not question.recipient or MARKS["recipient"] in masked.text:
        return False
    end = decision.span[1] + _NEAR if decision.span else len(masked.text)
    named = [
        text[origin : origin + length]
        for start, origin, width, length in masked.edits
        if start < end and masked.text[start : start + width] == MARKS["address"]
    ]
    if asked.stage == "rcpt":
        return any(_same(address, question.sender or "") for address in named)
    own = {_mailbox(address) for address in (question.recipient, question.original_recipient) if address}
    others = {_mailbox(address) for address in named} - _CONTACTS
    return bool(others) and own.isdisjoint(others)


def _same(address: str, other: str) -> bool:
    """Whether two addresses are one mailbox at one domain."""
    domain, its = (each.strip("<> ").rpartition("@")[2].lower() for each in (address, other))
    return domain == its and _mailbox(address) == _mailbox(other)


def _mailbox(address: str) -> str:
    """The local part without what servers add or leave out: tags, dots, quotes, case."""
    local = address.strip("<> ").rpartition("@")[0].strip("\"'").lower()
    return (_TAG.sub("", local) or local).replace(".", "")
