"""Ordinary mail of all kinds: what talks of bounces, quotes one or imitates one is none."""

import itertools

import pytest

from analyzer.bounces import read

QUOTES = [
    "<eva@example.net>: host mx.example.net[192.0.2.7] said: 550 No such user (in reply to RCPT TO)",
    "Final-Recipient: rfc822; eva@example.net\nAction: failed\nStatus: 5.1.1",
    "  eva@example.net\n    SMTP error from remote mail server after RCPT TO:<eva@example.net>:\n    550 no",
    "Your message to eva@example.net couldn't be delivered.\n550 5.1.10 RESOLVER.ADR.RecipientNotFound",
    "Hi. This is the qmail-send program at example.org.\n\n<eva@example.net>:\n192.0.2.7 does not like.",
]
ANSWERS = [
    ("Re: Undelivered Mail Returned to Sender", "Can you look into this?"),
    ("AW: Unzustellbar: Rechnung", "Was heißt das?"),
    ("RE: Mail delivery failed: returning message to sender", "Please advise."),
    ("Réf. : failure notice", "Voyez ci-dessous."),
    ("Question about a bounced mail", "I got this today:"),
]
NEWSLETTERS = [
    ("Five reasons why mail bounces", "550 5.1.1 User unknown means that eva@example.net does not exist."),
    (
        "Delivery problems? Read our guide",
        "Write to support@example.com, not to ben@example.net: mailbox full!",
    ),
    ("Undeliverable: how to clean your list", "Remove carla@example.org when you see Action: failed."),
    (
        "Your parcel could not be delivered",
        "Track it: https://example.com/track. Questions: help@example.com",
    ),
    ("Failure is an option", "User unknown, the podcast. Reply to hello@example.com."),
]
SPAM = [
    (
        "Mail delivery failed",
        "3 pending messages for you@example.org. Release them at https://example.net/login",
    ),
    (
        "Delivery Status Notification (Failure)",
        "Your mailbox quota is exceeded: verify at https://example.net/v",
    ),
    ("Undelivered mail", "Dear you@example.org, your password expires today."),
]
VACATION = [
    ("Out of office: lunch", "I am away until Monday. Ask ben@example.net."),
    ("Abwesenheitsnotiz: Treffen", "Ich bin bis Montag nicht da. Bitte schreiben Sie an ben@example.net."),
    ("Réponse automatique : Réunion", "Je suis absent. Écrivez à ben@example.net."),
    ("Respuesta automática: Reunión", "Estoy fuera de la oficina. Escriba a ben@example.net."),
    ("Risposta automatica: Riunione", "Sono fuori ufficio. Scrivete a ben@example.net."),
    ("自動返信: 会議", "不在にしております。ben@example.net までご連絡ください。"),
]
HEADERS = {
    "person": "From: Anna Berg <anna@example.com>\nReturn-Path: <anna@example.com>\n",
    "list": "From: Anna Berg <anna@example.com>\nList-Id: <news.example.com>\n"
    "List-Unsubscribe: <https://example.com/u>\nPrecedence: bulk\n",
    "automatic": "From: Example <noreply@example.com>\nAuto-Submitted: auto-generated\n",
}
ATTACHMENTS = ["", "--b\nContent-Type: text/html; charset=utf-8\n\n<p>the same in colour</p>\n"]


def mail(header, subject, text, attachment):
    body = f"--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n{attachment}--b--\n"
    return (
        f"{HEADERS[header]}To: you@example.org\nDate: Mon, 16 Nov 2026 10:00:00 +0000\nSubject: {subject}\n"
        f"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{body}"
    ).encode()


def marked(quote):
    return "".join(f"> {line}\n" for line in quote.split("\n"))


CASES = [
    *(
        mail("person", subject, f"{words}\n\nOn Monday, Mail System wrote:\n{marked(quote)}", attachment)
        for (subject, words), quote, attachment in itertools.product(ANSWERS, QUOTES, ATTACHMENTS)
    ),
    *(
        mail(header, subject, text, attachment)
        for header, (subject, text), attachment in itertools.product(HEADERS, NEWSLETTERS, ATTACHMENTS)
    ),
    *(
        mail(header, subject, text, "")
        for header, (subject, text) in itertools.product(("person", "list"), SPAM)
    ),
    *(
        mail("person", subject, text, attachment)
        for (subject, text), attachment in itertools.product(VACATION, ATTACHMENTS)
    ),
]


@pytest.mark.parametrize("raw", CASES, ids=range(len(CASES)))
def test_no_failure_in_ordinary_mail(raw):
    reading = read(raw)
    assert {attempt.action for attempt in reading.attempts} <= {"auto-reply"}
    assert not reading.problems


@pytest.mark.parametrize(("subject", "text"), VACATION)
def test_a_vacation_note_is_an_auto_reply_of_whom_it_is_from(subject, text):
    attempts = read(mail("person", subject, text, "")).attempts
    assert [(one.recipient, one.action, one.outcome) for one in attempts] == [
        ("anna@example.com", "auto-reply", None)
    ]
    assert "ben@example.net" in attempts[0].diagnostic
