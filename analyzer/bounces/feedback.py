"""Complaints: feedback reports (RFC 5965, 6591), and the shapes of providers older than the standard.

One refusal for each recipient that the provider left in the report, else one without a recipient, so
that the complaint still links back to the message by its message-id.
"""

from __future__ import annotations

import re

from analyzer.bounces import address, header
from analyzer.bounces.delivery_status import host, ip
from analyzer.bounces.mail import Mail
from analyzer.bounces.original import message_id
from analyzer.bounces.refusal import Refusal

_LOOPS = re.compile(
    r"(?:scomp@aol\.|staff@hotmail\.|\bjmrp\b|feedback-?loop|\bfbl[-_.]?\w*@|complaint[sr]?@|@arf\.|\barf-?feedback|abuse-report)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"complaint about (?:the )?message from|client tos notification|(?:e-?mail )?feedback report for|"
    r"(?:abuse|spam|fraud) (?:report|complaint|feedback)|\bfbl (?:report|complaint)|feedback loop",
    re.IGNORECASE,
)
_WORDS = (
    "complaint",
    "feedback",
    "fbl",
    "report",
    "tos",
    "scomp",
    "staff@",
    "jmrp",
    "arf",
    "spam",
    "abuse",
    "fraud",
)
"""One of them is in whatever the two patterns match; looking for words is cheaper."""
_REPORTERS = (b"x-hmxmroriginalrecipient", b"x-aol-inrly", b"x-reporter-ip")
_HIDDEN = re.compile(r"redacted|removed|undisclosed|hidden|anonym|[x*]{4,}", re.IGNORECASE)
_RECIPIENTS = ("original-rcpt-to", "removal-recipient", "x-original-to")
_GIVEN_BY_HEADER = ("x-hmxmroriginalrecipient", "x-original-rcpt-to", "x-rcpt-to", "original-rcpt-to")


def read(mail: Mail) -> list[Refusal]:
    """What the mail complains about; empty where it is no complaint."""
    if mail.has(b"x-apple-unsubscribe"):
        return _unsubscribed(mail)
    fields = _report(mail)
    if fields is None:
        return _of_older_shape(mail)
    kind = next((value for name, value in fields if name == "feedback-type"), "abuse")
    named = [address.find(value) for name, value in fields if name in _RECIPIENTS]
    recipients = [one for one in named if one and not _HIDDEN.search(one)]
    first = dict(reversed(fields))
    sender = first.get("original-mail-from")
    return [
        Refusal(
            recipient=recipient,
            diagnostic=kind.partition(";")[0].strip().lower() or "abuse",
            action="complaint",
            remote_ip=ip(first.get("source-ip")),
            reporting_mta=host(first.get("reporting-mta")),
            sender=address.find(sender) or ("" if "<>" in sender else None) if sender else None,
            format="arf",
        )
        for recipient in _or_unknown(recipients or _left_in_message(mail))
    ]


def _report(mail: Mail) -> list[tuple[str, str]] | None:
    """The fields of the machine-readable part, also where that is labelled as text."""
    for part in mail.parts:
        if part.level == 0 and part.content_type == "message/feedback-report":
            return _fields(part.data)
    if mail.parts[0].params.get("report-type", "").lower() != "feedback-report":
        return None
    for part in mail.parts:
        if part.level == 0 and b"feedback-type:" in part.raw[:2000].lower() and not part.children:
            return _fields(part.data)
    return []


def _fields(data: bytes) -> list[tuple[str, str]]:
    data = data[:65_536].replace(b"\r\n", b"\n").lstrip(b"\n")
    # A blank line inside the report ends nothing: there is no body behind it.
    data = re.sub(rb"\n\s*\n", b"\n", data)
    return [
        (name.decode("latin-1"), value.decode("utf-8", "replace"))
        for name, value in header.read(data, 0, len(data))[0].items()
    ]


def _left_in_message(mail: Mail) -> list[str]:
    """Recipients that the provider left in the message itself."""
    for wanted in _GIVEN_BY_HEADER:
        found = [one for name, value in mail.returned if name == wanted for one in address.find_all(value)]
        if found:
            return [one for one in found if not _HIDDEN.search(one)]
    found = [one for name, value in mail.returned if name == "to" for one in address.find_all(value[:2000])]
    return [found[0]] if len(found) == 1 and not _HIDDEN.search(found[0]) else []


def _or_unknown(recipients: list[str]) -> list[str | None]:
    return [*recipients] or [None]


def looks(mail: Mail) -> bool:
    """Whether sender or subject are those of a complaint."""
    return _signs(mail) > 0


def _signs(mail: Mail) -> int:
    sender, subject = mail.get("from") or "", mail.get("subject") or ""
    said = f"{sender[:300]} {subject[:300]}".lower()
    if not any(word in said for word in _WORDS):
        return 0
    return (_LOOPS.search(sender[:300]) is not None) + (_SUBJECT.search(subject[:300]) is not None)


def _of_older_shape(mail: Mail) -> list[Refusal]:
    """Complaints of AOL, Comcast and Microsoft (JMRP) from before the standard: known by who sends them."""
    if not any(part.level == 0 and part.content_type == "message/rfc822" for part in mail.parts):
        return []
    signs = _signs(mail)
    if not signs:
        return []
    if signs < 2 and not any(name in mail.returned_raw for name in _REPORTERS):
        return []
    about = ip((mail.get("subject") or "")[:300])
    return [
        Refusal(recipient=recipient, diagnostic="abuse", action="complaint", remote_ip=about, format="arf")
        for recipient in _or_unknown(_left_in_message(mail))
    ]


def _unsubscribed(mail: Mail) -> list[Refusal]:
    """Apple Mail's unsubscribe request: the reader wants no more of it, and says so by machine."""
    recipient = address.find(mail.get("from") or "")
    identity = message_id(mail.get("in-reply-to") or "")
    return [
        Refusal(
            recipient=recipient, diagnostic="opt-out", action="complaint", message_id=identity, format="arf"
        )
    ]
