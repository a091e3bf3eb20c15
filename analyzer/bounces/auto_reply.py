"""Auto-replies: by RFC 3834, by the fields of responders, and by subject in many languages.

An auto-reply comes from the recipient, so the recipient is its From. What it says (away, left, mailbox
abandoned) is kept as the diagnostic; it is no bounce, since the mail was delivered.
"""

from __future__ import annotations

import re

from analyzer.bounces import address
from analyzer.bounces.dialects import evidence
from analyzer.bounces.mail import Mail
from analyzer.bounces.original import message_id
from analyzer.bounces.refusal import Refusal

_FIELDS = (b"x-autoreply", b"x-autorespond", b"x-autoresponder", b"x-autoreply-from", b"x-auto-reply-from",
           b"x-mail-autoreply", b"x-vacation")  # fmt: skip
_SUBJECT_PREFIX = re.compile(
    r"(?:auto(?:matic)? ?-?(?:reply|response)|out of office(?: auto-?reply)?|abwesenheits(?:notiz|"
    r"nachricht)|automatische antwort|"
    r"automatisch antwoord|réponse automatique|risposta automatica|respuesta automática|resposta automática|"
    r"autosvar|automatiskt svar|automaattinen vastaus|odpowiedź automatyczna|автоответ|автоматический ответ|"
    r"自动(?:回复|答复)|自動(?:回覆|返信|応答)|자동 ?(?:회신|응답))\s*[:：]",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"auto(?:mati\w{1,8})?[- ]?(?:reply|response|respuesta|antwort|svar|répons|odpowied|ответ|responder)|"
    r"out of (?:the )?office|"
    r"(?:abwesenheit|abwesend)|automatische (?:antwort|beantwoording|reactie)|afwezigheid|buiten kantoor|"
    r"réponse automatique|absen(?:ce|t) (?:du bureau|de)|message d'absence|risposta automatica|"
    r"fuori (?:sede|ufficio)|"
    r"respuesta automática|fuera de (?:la )?oficina|resposta automática|fora do escritório|"
    r"ausência (?:temporária|do)|"
    r"automatiskt? svar|autosvar|frånvar|fravær|automaattinen vastaus|poissa|autoodpowied|"
    r"automatyczna odpowiedź|"
    r"automatická odpov|otomatik yanıt|автоответ|автоматический ответ|нет на месте|自动回复|自動回覆|"
    r"自動返信|自動応答|不在通知|"
    r"부재\s?중|자동 ?(?:회신|응답)|(?:on|am|auf) (?:annual |parental |maternity )?(?:vacation|leave|"
    r"holiday|urlaub)\b|i am away|away from (?:my|the) (?:desk|office|mail)",
    re.IGNORECASE,
)
_ASKED = r"(?:request|ticket|case|enquiry|inquiry|anfrage|demande|solicitud|richiesta|solicitação|verzoek)"
_RECEIPT = re.compile(
    rf"\b{_ASKED}\b[^.\n]{{0,60}}?\b(?:received|created|opened|registered|eingegangen|erhalten|erstellt|reçue|"
    r"recibida|ricevuta|recebida|ontvangen)\b",
    re.IGNORECASE,
)
"""That a help desk got what it answers."""
_TICKET = re.compile(r"\s*\[[^\[\]]{0,60}#? ?\d{2,20}\]")  # a help desk repeats the subject of what it got
_CHALLENGE = re.compile(
    r"(?:confirm|verif\w{1,6}|authenti\w{1,6}|approv\w{1,4}|bestätig\w{1,5}).{0,60}(?:message|e-?mail|"
    r"sender|delivery|nachricht|request)|"
    r"challenge|prove (?:that )?you are (?:a )?human|awaiting (?:your )?(?:approval|verification|"
    r"confirmation)",
    re.IGNORECASE,
)
_CHALLENGERS = re.compile(
    r"boxbe|spam ?arrest|tmda|sanebox|mailblocks|qconfirm|bluebottle|choicemail|earthlink.*spamblocker",
    re.IGNORECASE,
)
_MAX_DIAGNOSTIC = 500
_MOST_PARTS = 3  # text, HTML, and what holds both
_PRECEDENCE = (b"auto_reply", b"auto-reply")


def read(mail: Mail) -> list[Refusal]:
    """The auto-reply in `mail`; empty where it is none, or a challenge that wants an answer."""
    subject = (mail.get("subject") or "")[:400]
    return [] if not _automatic(mail, subject) or is_challenge(mail, subject) else _reply(mail)


def _reply(mail: Mail) -> list[Refusal]:
    subject = (mail.get("subject") or "")[:400]
    recipient = address.find(mail.get("from") or "")
    if recipient is None:
        return []
    said = " ".join(mail.text[:4000].split())[:_MAX_DIAGNOSTIC]
    return [
        Refusal(
            recipient=recipient,
            diagnostic=said or subject or None,
            action="auto-reply",
            message_id=message_id(mail.get("in-reply-to") or "") if mail.has(b"in-reply-to") else None,
            format="auto-reply",
        )
    ]


def of_last_resort(mail: Mail) -> list[Refusal]:
    """The auto-reply in `mail` if its fields say twice that it is one, whatever its subject says.

    For mail in which no report was found: an account that only sends answers so.
    """
    answers = mail.raw_field(b"auto-submitted").strip().lower().startswith(b"auto-replied")
    marked = mail.raw_field(b"precedence").strip().lower() in _PRECEDENCE or any(map(mail.has, _FIELDS))
    if not (answers and marked) or _from_machine(mail):
        return []
    return [] if mail.returned_raw or len(mail.parts) > _MOST_PARTS else _reply(mail)


def _automatic(mail: Mail, subject: str) -> bool:
    if _from_machine(mail) or mail.has(b"x-failed-recipients") or mail.has(b"list-unsubscribe"):
        return False
    stated = mail.raw_field(b"auto-submitted").strip().lower()
    if (
        stated.startswith(b"auto-replied")
        or mail.raw_field(b"precedence").strip().lower() in _PRECEDENCE
        or any(mail.has(name) for name in _FIELDS)
    ):
        return not evidence.failure_subject(mail) or _TICKET.match(subject) is not None
    if _SUBJECT_PREFIX.match(subject):
        return True
    unattended = (
        stated.startswith(b"auto-")
        or mail.has(b"x-auto-response-suppress")
        or mail.raw_field(b"return-path") == b"<>"
    )
    if not unattended:
        return False
    return _SUBJECT.search(subject) is not None or (
        _RECEIPT.search(subject) is not None and _RECEIPT.search(mail.text[:2000]) is not None
    )


def _from_machine(mail: Mail) -> bool:
    sender = mail.get("from") or ""
    found = address.find(sender)
    return found is None or address.is_machine(found) or "mail delivery" in sender.lower()


def is_challenge(mail: Mail, subject: str) -> bool:
    """Whether the mail asks its reader to prove himself before it lets his own mail through."""
    if _CHALLENGE.search(subject):
        return True
    marks = " ".join(mail.get(name) or "" for name in ("from", "x-mailer", "user-agent", "x-delivery-agent"))
    return bool(_CHALLENGERS.search(marks[:600])) or mail.has(b"x-tmda-fingerprint")
