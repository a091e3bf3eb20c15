"""Amazon SES notifications by SNS in mail: a JSON object as the text.

Format: https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html (`notificationType`) and
event-publishing-retrieving-sns-contents.html (`eventType`).

Not matched: other JSON; the object must hold one of the two and `mail`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Action

NAME = "amazon-ses"

_TYPED = re.compile(r"^\s*(?:smtp|dns|dsn|x-\w{1,20})\s*;\s*", re.IGNORECASE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")


def recognises(mail: Mail) -> bool:
    """By the names of the object's first members."""
    start = mail.raw[mail.body_start : mail.body_start + 4000]
    return (b"notificationType" in start or b"eventType" in start) and mail.text.lstrip()[:1] == "{"


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each recipient of the object."""
    text = mail.full_text
    begin = text.find("{")
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text, begin)
    except (ValueError, RecursionError):
        return []
    return list(_refusals(found)) if isinstance(found, dict) and isinstance(found.get("mail"), dict) else []


def _refusals(found: dict[str, Any]) -> Iterator[Refusal]:
    kind = str(found.get("notificationType") or found.get("eventType")).lower()
    about = found.get(kind)
    if not isinstance(about, dict):
        return
    sent = found["mail"]
    common: dict[str, Any] = {
        "timestamp": _time(about.get("timestamp")),
        "sender": _text(sent.get("source")),
        "message_id": _text(sent.get("messageId")),
        "reporting_mta": _TYPED.sub("", str(about["reportingMTA"])).strip()
        if about.get("reportingMTA")
        else None,
    }
    if kind == "bounce":
        for one in _objects(about.get("bouncedRecipients")):
            said = _text(one.get("diagnosticCode"))
            status = _STATUS.match(str(one.get("status") or ""))
            yield Refusal(
                recipient=_text(one.get("emailAddress")),
                diagnostic=_TYPED.sub("", said) if said else None,
                status=status[0] if status else None,
                **common,
            )
    elif kind == "deliverydelay":
        for one in _objects(about.get("delayedRecipients")):
            said = _text(one.get("diagnosticCode"))
            yield Refusal(
                recipient=_text(one.get("emailAddress")),
                diagnostic=_TYPED.sub("", said) if said else _text(about.get("delayType")),
                action="delayed",
                **common,
            )
    else:
        action: Action = "complaint" if kind == "complaint" else "delivered"
        if kind not in ("complaint", "delivery"):
            return
        names = (
            about.get("recipients")
            if kind == "delivery"
            else [one.get("emailAddress") for one in _objects(about.get("complainedRecipients"))]
        )
        for name in names if isinstance(names, list) else []:
            yield Refusal(
                recipient=_text(name),
                action=action,
                diagnostic=_text(about.get("smtpResponse")),
                format="arf" if action == "complaint" else "bounce",
                **common,
            )


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
