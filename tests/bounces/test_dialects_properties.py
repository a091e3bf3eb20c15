"""What holds for every mail: nobody is invented, nothing raises, time is linear."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.bounces import dialects
from analyzer.bounces.dialects import evidence, phrases, shapes, transcript, wrapping
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

REPORT = (
    "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mail.example.org>\nTo: news@example.org\n"
    "Subject: Undelivered mail\nContent-Type: text/plain; charset=utf-8\n\n"
)
PIECES = st.sampled_from(
    [
        "eva@example.net",
        "<otto@example.net>:",
        "  ida@example.com",
        "550 5.1.1 no such user",
        "Your message could not be delivered.",
        "Recipient: zoe@example.com",
        "   ----- Transcript of session follows -----",
        "   ----- The following addresses had permanent fatal errors -----",
        "<<< 550 <eva@example.net>... User unknown",
        ">>> RCPT To:<eva@example.net>",
        "Hi. This is the qmail-send program at mail.example.org.",
        "This message was created automatically by mail delivery software.",
        "Diagnostic information for administrators:",
        "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
        "was not delivered to:",
        "because:",
        "did not reach the following recipient(s):",
        "Final-Recipient: rfc822; eva@example.net",
        "Message-ID: <20261116.4711@mail.example.org>",
        "From: Otto <otto@example.org>",
        "contact postmaster@example.org",
        "次のあて先へのメッセージはエラーのため送信できませんでした。",
        "-------server message",
        "",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=60)), max_size=12))
def test_recipients_stand_in_the_mail(lines):
    mail = Mail((REPORT + "\n".join(lines)).encode("utf-8", "replace"))
    found = dialects.read(mail)
    whole = mail.full_text.lower()
    names = [one.recipient.lower() for one in found if one.recipient]
    assert all(name in whole for name in names)
    assert not {"news@example.org", "mailer-daemon@mail.example.org"} & set(names) or "news@" in "".join(
        lines
    )


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", REPORT.encode(), REPORT.encode()[:-2]]))
def test_no_bytes_raise(noise, head):
    assert isinstance(dialects.read(Mail(head + noise)), list)


HOSTILE = {
    "words": "deliver " * 30_000,
    "one-word": "deliver " + "x" * 250_000,
    "at-signs": "a@" * 120_000,
    "addresses": "a@example.net " * 18_000,
    "heads": "<a@example.net>:\n" * 15_000,
    "rules": "--" * 120_000,
    "titles": "   ----- The following addresses had errors -----\n" * 5_000,
    "brackets": "<" * 250_000,
    "parentheses": "(" * 250_000,
    "labels": "Recipient: " * 24_000,
    "sessions": "<<< 550 no\n>>> RCPT TO:<a@example.net>\n" * 6_000,
    "fields": "Final-Recipient: rfc822; a@example.net\n" * 6_000,
    "quotes": '"a ' * 80_000,
}
INTRODUCTIONS = [
    "",
    "Hi. This is the\n",
    "Diagnostic information for administrators\n",
    "This message was created automatically by mail delivery software\n",
    "   ----- Transcript of session follows -----\n",
    "Recipient address: x@example.com\n",
    "was not delivered to:\nbecause:\n",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_linear(name):
    for introduction in INTRODUCTIONS:
        mail = Mail((REPORT + introduction + HOSTILE[name]).encode())
        start = time.process_time()
        dialects.read(mail)
        assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mail to <eva@example.net> failed", ["eva@example.net"]),
        ("宛先：eva@example.netに送信できません", ["eva@example.net"]),
        ("收件人（eva@example.net）", ["eva@example.net"]),
        ("'eva@example.net', otto@example.net.", ["eva@example.net", "otto@example.net"]),
        ("jörg@example.net", ["jörg@example.net"]),
        ("почта@example.net", ["почта@example.net"]),
        ('"eva example"@example.net', ['"eva example"@example.net']),
        ("eva@[192.0.2.1]", ["eva@[192.0.2.1]"]),
        ("mailto:eva@example.net", ["eva@example.net"]),
        ("bounce+eva=example.com@example.net", ["bounce+eva=example.com@example.net"]),
        ("no address @ all, nor a@ or @b", []),
    ],
)
def test_addresses(text, wanted):
    assert shapes.addresses(text) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("   * eva@example.net", "eva@example.net"),
        ("<eva@example.net>", "eva@example.net"),
        (">>> eva@example.net <eva@example.net>", "eva@example.net"),
        ("Eva Example<mailto:eva@example.net>", None),
        ("eva@example.net<mailto:eva@example.net>", "eva@example.net"),
        ("Eva Example <eva@example.net>", "eva@example.net"),
        ("From: Eva <eva@example.net>", None),
        ("Message-ID: <17@example.net>", None),
        ("eva@example.net was refused", None),
        ("<山田@example.net>", "山田@example.net"),
    ],
)
def test_only_address(line, wanted):
    assert shapes.only_address(line) == wanted


def test_a_session_is_taken_apart():
    talks = transcript.exchanges(
        [
            "... while talking to mx.example.net.:",
            ">>> MAIL From:<a@example.org>",
            "<<< 250 ok",
            ">>> RCPT To:<eva@example.net>",
            "<<< 550-no",
            "<<< 550 such user",
        ]
    )
    assert [(talk.host, talk.stage, talk.reply, talk.fails) for talk in talks] == [
        ("mx.example.net", "mail", ["250 ok"], False),
        ("mx.example.net", "rcpt", ["550-no", "550 such user"], True),
    ]


def mail(**fields):
    return Mail(
        "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items()).encode() + b"\nx"
    )


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"From": "MAILER-DAEMON@example.org", "Subject": "Undelivered Mail Returned to Sender"}, True),
        ({"From": "Postmaster <postmaster@example.org>", "Return-Path": "<>", "Subject": "hi"}, True),
        ({"From": "Eva <eva@example.net>", "Subject": "Undelivered mail"}, False),
        ({"From": "Eva <eva@example.net>", "Return-Path": "<>", "Subject": "Automatic reply"}, False),
        ({"From": "MAILER-DAEMON@example.org", "Subject": "Your invoice"}, True),
        ({"From": "postmaster@example.org", "Subject": "Your invoice"}, False),
        ({"From": "Eva <eva@example.net>", "X-Failed-Recipients": "otto@example.net", "Subject": "x"}, True),
        ({"From": "Eva <eva@example.net>", "Return-Path": "<>", "Subject": "Re: Undelivered mail"}, False),
        ({"From": "Servizio <postmaster@example.it>", "Subject": "Mancato recapito"}, True),
    ],
)
def test_the_header_of_a_report(fields, wanted):
    assert evidence.is_report(mail(**fields)) is wanted


@pytest.mark.parametrize(
    "text",
    [
        "could not be delivered",
        "couldn't be delivered",
        "mailbox is full",
        "User eva@example.net is unknown at this host",
        "konnte nicht zugestellt werden",
        "n'a pas pu être remis",
        "no ha podido ser entregado",
        "não foi entregue",
        "non è stato consegnato",
        "не может быть доставлено",
        "送信できませんでした",
        "无法投递",
        "전송되지 못했습니다",
        "kon niet worden afgeleverd",
        "nebyla doručena",
    ],
)
def test_words_of_failure(text):
    assert phrases.FAILURE.occurs(f"Text before, {text}.")


@pytest.mark.parametrize(
    "text", ["I am away until Monday", "Ich bin im Urlaub", "Please find attached", "本日は休業です"]
)
def test_other_words(text):
    assert not phrases.FAILURE.occurs(text)


@pytest.mark.parametrize(
    ("said", "text", "host", "ip", "stage"),
    [
        (
            "SMTP error from remote server after RCPT command:\nhost: mx.example.net\n5.1.1 unknown",
            "5.1.1 unknown",
            "mx.example.net",
            None,
            "rcpt",
        ),
        (
            "SMTP error from remote server for TEXT command, host: mx.example.net (192.0.2.25) 554 no",
            "554 no",
            "mx.example.net",
            "192.0.2.25",
            "message",
        ),
        (
            "Server mx.example.net[192.0.2.25] failed with: 550 no",
            "550 no",
            "mx.example.net",
            "192.0.2.25",
            None,
        ),
        ("SMTP:RCPT host mx.example.net: 550 no", "550 no", "mx.example.net", None, "rcpt"),
        (
            "Server at mx.example.net (192.0.2.25) returned '451 4.7.0 busy'",
            "451 4.7.0 busy",
            "mx.example.net",
            "192.0.2.25",
            None,
        ),
        ("550 5.1.1 unknown  in RCPT TO", "550 5.1.1 unknown", None, None, "rcpt"),
        ("Grund: Postfach voll", "Postfach voll", None, None, None),
        ("<<< 550 no", "550 no", None, None, None),
        ("550 plain", "550 plain", None, None, None),
        ("Reason:", "Reason:", None, None, None),
    ],
)
def test_wrappings(said, text, host, ip, stage):
    found = wrapping.unwrap(Refusal(recipient="eva@example.net", diagnostic=said))
    assert (found.diagnostic, found.remote_mta, found.remote_ip, found.stage) == (text, host, ip, stage)
