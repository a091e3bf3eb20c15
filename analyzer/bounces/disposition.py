"""Refusals in the dress of a read receipt: what Sieve's `reject` sends (RFC 5429 2.1.2), Dovecot too.

Such a report is a message disposition notification that says that the mail was deleted automatically. A
client that deletes mail unread says so too, so the words have to speak of a rejection.
"""

from __future__ import annotations

import re

from analyzer.bounces import address, header
from analyzer.bounces.delivery_status import host
from analyzer.bounces.mail import Mail
from analyzer.bounces.original import message_id
from analyzer.bounces.refusal import Refusal

_DELETED = re.compile(r"automatic-action\s*/\s*mdn-sent-automatically\s*;\s*deleted", re.IGNORECASE)
_REJECTED = re.compile(
    r"\breject|\brefus|zurückgewiesen|abgelehnt|rechaz|rejeit|respint|отклон|拒否|拒絶|拒绝|拒絕"
)


def refusals(mail: Mail) -> list[Refusal]:
    """The refusal that the notification in `mail` is; empty where it is a plain receipt."""
    for part in mail.parts:
        if part.level == 0 and part.content_type == "message/disposition-notification":
            fields = dict(reversed(header.read(part.data.lstrip(b"\n"), 0, len(part.data))[0].items()))
            said = {
                name.decode("latin-1"): value.decode("utf-8", "replace") for name, value in fields.items()
            }
            recipient = address.typed(said.get("final-recipient", ""))
            words = f"{mail.get('subject') or ''}\n{mail.text[:2000]}".lower()
            if recipient and _DELETED.search(said.get("disposition", "")) and _REJECTED.search(words):
                return [
                    Refusal(
                        recipient=recipient,
                        original_recipient=address.original(said.get("original-recipient", "")),
                        diagnostic=_reason(mail.text),
                        reporting_mta=host(said.get("reporting-ua", "").partition(";")[0]),
                        message_id=message_id(said.get("original-message-id", "")),
                        stage="local",
                    )
                ]
    return []


def _reason(text: str) -> str | None:
    """What stands behind the sentence that the mail was rejected, else all of it."""
    first, colon, rest = text.strip().partition(":\n")
    said = rest if colon and _REJECTED.search(first.lower()) else text
    return said.strip()[:2000] or None
