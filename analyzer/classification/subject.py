"""Of whom a reply speaks: an address that it calls dead need not be the recipient's."""

from __future__ import annotations

import re

from analyzer.classification.asked import Asked
from analyzer.classification.deciding import Decision
from analyzer.classification.template import MARKS, Template
from analyzer.model import Question

_TAG = re.compile(r"[+%].*")
_HIDDEN = re.compile(r"[<\[*]|^@|@$")
"""Marks of an address that somebody hid: whose it is cannot be told."""
_CONTACTS = frozenset({"postmaster", "abuse", "support", "helpdesk", "hostmaster", "mailer-daemon"})
_OF_DOMAINS = frozenset({"domain-not-found", "null-mx"})
_DOMAINS = frozenset({MARKS["host"], MARKS["sender_domain"], MARKS["recipient_domain"]})
_ADDRESSES = frozenset({MARKS["recipient"], MARKS["address"]})
_NEAR = 4
"""Characters behind the evidence within which an address still belongs to it: `no such user: <X>`."""
_BEHIND = 24
"""The same of a domain: `NXDOMAIN looking up MX for X`."""


def elsewhere(asked: Asked, decision: Decision, masked: Template, text: str) -> bool:
    """Whether the address that a reply speaks of is somebody else's, though the recipient is known.

    Asked with RCPT TO, a server speaks of the address that it was given: what the recipient was forwarded to;
    or of the sender, with or without a tag. At other stages, and where the stage is not known, it may be any
    member of a list or group. Addresses behind the evidence are where to ask for help. Where the recipient is
    named elsewhere in the reply, it depends on the address that stands in the evidence itself.
    """
    question = asked.question
    if not question.recipient:
        return False
    begin, end = decision.span or (0, len(masked.text))
    named = [
        (masked.text[start : start + width], start, text[origin : origin + length])
        for start, origin, width, length in masked.edits
        if masked.text[start : start + width] in _ADDRESSES
    ]
    inside = [each for each in named if begin <= each[1] < end]
    if any(mark == MARKS["recipient"] for mark, _, _ in named):
        before = [each for each in named if begin - len(each[0]) - _NEAR <= each[1] < begin]
        named = inside or before or [each for each in named if end <= each[1] < end + _NEAR]
        if any(mark == MARKS["recipient"] for mark, _, _ in named):
            return False
    else:
        named = [each for each in named if each[1] < end + _NEAR]
        if asked.stage == "rcpt":
            return any(_senders(address, question) for _, _, address in named)
    own = {_mailbox(address) for address in (question.recipient, question.original_recipient) if address}
    others = {
        mailbox
        for each in named
        if not _HIDDEN.search(each[2]) and ((mailbox := _mailbox(each[2])) not in _CONTACTS or each in inside)
    }
    return bool(others) and own.isdisjoint(others)


def another_domain(asked: Asked, decision: Decision, masked: Template, text: str) -> bool:
    """Whether the domain that a reply calls dead is not the recipient's: a relay's, a mail exchanger's.

    Asked where the recipient is known and the evidence names a host.
    """
    question, rule, span = asked.question, decision.rule, decision.span
    if not question.recipient or rule is None or rule.reason not in _OF_DOMAINS or span is None:
        return False
    named = {
        text[origin : origin + length].lower().rstrip(".")
        for start, origin, width, length in masked.edits
        if span[0] - width - _NEAR <= start < span[1] + _BEHIND
        and masked.text[start : start + width] in _DOMAINS
    }
    addresses = (question.recipient, question.original_recipient)
    return bool(named) and named.isdisjoint(_domain(address) for address in addresses if address)


def _senders(address: str, question: Question) -> bool:
    """Whether an address is the sender's in another spelling, or another one at his own domain."""
    domain, sender = _domain(address), question.sender or ""
    return domain == _domain(sender) and (
        domain != _domain(question.recipient or "") or _mailbox(address) == _mailbox(sender)
    )


def _domain(address: str) -> str:
    return address.strip("<> ").rpartition("@")[2].lower()


def _mailbox(address: str) -> str:
    """The local part without what servers add or leave out: tags, dots, quotes, case."""
    local = address.strip("<> ").rpartition("@")[0].strip("\"'").lower()
    return (_TAG.sub("", local) or local).replace(".", "")
