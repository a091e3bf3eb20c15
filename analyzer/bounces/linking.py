"""What links a report back to the message that was sent: the returned header, and the path it came by."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.bounces import address, decode
from analyzer.bounces.dates import date
from analyzer.bounces.mail import Mail
from analyzer.bounces.original import Facts
from analyzer.model import Attempt, Original

_PREFIXES = (
    b"x-ses-", b"x-sg-", b"x-mailgun-", b"x-mandrill-", b"x-mc-", b"x-pm-", b"x-msys-", b"x-kmail-", b"x-hs-",
    b"x-hubspot-", b"x-sfmc-", b"x-sfdc-", b"x-mailin-", b"x-sib-", b"x-mj-", b"x-cmail-", b"x-roving-",
    b"x-iterable-", b"x-elq", b"x-mkto", b"x-emarsys-", b"x-zendesk-",
)  # fmt: skip
"""Amazon SES, SendGrid, Mailgun, Mandrill, Mailchimp, Postmark, SparkPost, Klaviyo, HubSpot, Salesforce,
Brevo, Mailjet, Campaign Monitor, Constant Contact, Iterable, Eloqua, Marketo, Emarsys, Zendesk."""
_NAMES = {
    b"x-msfbl", b"x-job", b"x-campaign", b"x-campaign-id", b"x-campaignid", b"campaign-id", b"x-entity-id",
    b"x-entity-ref-id", b"x-mailer-recptid", b"x-messageid", b"x-mailingid", b"x-subscriber-id",
}  # fmt: skip
_FORWARDED = {b"delivered-to", b"x-original-to", b"x-forwarded-to", b"x-forwarded-for", b"resent-to"}
_MAX_IDS = 50
_MAX_VALUE = 2000
_OWN_PATH = ("to", "delivered-to", "x-original-to", "envelope-to")


def original(mail: Mail, attempts: Iterable[Attempt], *, source: str, position: int) -> Original | None:
    """The message that `mail` returns, of which `attempts` tell; None where no header came back."""
    fields = mail.returned_raw
    if not any(name in fields for name in (b"message-id", b"from", b"subject", b"to")):
        return None
    attempts = list(attempts)
    facts = Facts(mail)
    stated = next((attempt.message_id for attempt in attempts if attempt.message_id), None)
    path = next((attempt.sender for attempt in attempts if attempt.sender is not None), facts.sender)
    paths = [path or "", *(one for name in _OWN_PATH for one in address.find_all(mail.get(name) or ""))]
    return Original(
        source=source,
        position=position,
        message_id=facts.message_id or stated,
        from_=mail.returned_get("from"),
        to=mail.returned_get("to"),
        subject=mail.returned_get("subject"),
        date=date(mail.returned_get("date")),
        list_id=mail.returned_get("list-id"),
        feedback_id=mail.returned_get("feedback-id"),
        return_path=path,
        verp=next((found for one in paths if (found := address.verp(one))), None),
        srs=next((found for one in paths if (found := address.rewritten(one))), None),
        sender_ids=_sender_ids(mail),
        also_expanded_from=_led_here(mail, attempts, facts),
    )


def _sender_ids(mail: Mail) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in mail.returned_raw.items():
        if (name in _NAMES or name.startswith(_PREFIXES)) and len(found) < _MAX_IDS:
            found.setdefault(decode.text(name), decode.words(decode.text(value[:_MAX_VALUE])).strip())
    return found


def _led_here(mail: Mail, attempts: list[Attempt], facts: Facts) -> list[str]:
    """The addresses on the way to the failing ones, oldest first, each once."""
    failing = {(attempt.recipient or "").lower() for attempt in attempts}
    stated = [attempt.original_recipient for attempt in attempts if attempt.original_recipient]
    passed = [
        found
        for name, value in reversed(mail.returned_raw.items())
        if name in _FORWARDED and (found := address.find(decode.text(value[:_MAX_VALUE])))
    ]
    way: dict[str, str] = {}
    for one in (*([facts.recipient] if facts.recipient else []), *passed, *stated):
        if one.lower() not in failing:
            way.setdefault(one.lower(), one)
    return list(way.values())[:_MAX_IDS]
