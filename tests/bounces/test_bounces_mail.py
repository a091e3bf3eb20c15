"""A mail read bytes first: header, parts, words, the message that it returns, and what is hostile."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.bounces import decode, markup, mime, read
from analyzer.bounces.mail import Mail

NESTED = b"""From: a@example.org
Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: TEXT/Plain; charset=us-ascii

Hello
--inner
Content-Type: text/html

<p>Hello</p>
--inner--
--outer
Content-Type: message/rfc822
Content-Description: =?utf-8?Q?zur=C3=BCck?=

Subject: inside
Content-Type: multipart/mixed; boundary=inside

--inside
Content-Type: text/plain

text of the returned message
--inside--

--outer--
"""


def test_parts_come_flat_in_order_with_their_place():
    parts = Mail(NESTED).parts
    assert [(part.path, part.content_type, part.depth, part.level) for part in parts] == [
        ("1", "multipart/mixed", 0, 0),
        ("1.1", "multipart/alternative", 1, 0),
        ("1.1.1", "text/plain", 2, 0),
        ("1.1.2", "text/html", 2, 0),
        ("1.2", "message/rfc822", 1, 0),
        ("1.2.1", "multipart/mixed", 2, 1),
    ]
    assert parts[2].text == "Hello"
    assert parts[4].description == "zurück"
    assert Mail(NESTED).returned == [
        ("subject", "inside"),
        ("content-type", "multipart/mixed; boundary=inside"),
    ]


def test_a_missing_close_of_an_inner_part_costs_nothing_behind_it():
    mail = Mail(NESTED.replace(b"--inner--\n", b""))
    assert [part.content_type for part in mail.parts][4:] == ["message/rfc822", "multipart/mixed"]
    assert mail.parts[3].text.strip() == "<p>Hello</p>"
    assert not mail.problems


def test_a_boundary_that_the_header_lost_is_found():
    mail = Mail(b"Content-Type: multipart/report\n\n--xyz\nContent-Type: text/plain\n\nwords\n--xyz--\n")
    assert mail.text == "words"


@pytest.mark.parametrize("label", ["", "; boundary=another"])
def test_a_boundary_that_is_lost_or_wrong_is_the_one_of_the_first_delimiter(label):
    body = "For people.\n--xyz\n\nfirst\n--xyz\nContent-Type: message/delivery-status\n\nx: y\n--xyz--\n"
    mail = Mail(f"Content-Type: multipart/report{label}\n\n{body}".encode())
    assert [part.content_type for part in mail.parts[1:]] == ["text/plain", "message/delivery-status"]
    assert mail.text == "first"


def test_an_inner_multipart_that_lost_its_boundary_is_mended_or_text():
    start = "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: multipart/alternative\n\n"
    mended = Mail(f"{start}--in\nContent-Type: text/plain\n\nwords\n--in--\n--out--\n".encode())
    assert mended.text == "words"
    flat = Mail(f"{start}words\n-- \nrules\n-----\nand\n-----\nmore\n--out--\n".encode())
    assert flat.text == "words\n-- \nrules\n-----\nand\n-----\nmore"


def test_a_header_goes_on_behind_a_line_that_is_none():
    mail = Mail(
        b">From someone Mon Nov 16\nFrom: a@example.org\nlost folding here\nSubject: hi\n there\n\nbody"
    )
    assert mail.fields == [("from", "a@example.org"), ("subject", "hi there")]
    assert mail.text == "body"


def test_a_body_without_a_blank_line_before_it_is_no_header():
    assert Mail(b"From: a@example.org\nHello you\nhow are things\n").text == "Hello you\nhow are things\n"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=?utf-8?Q?Zo=C3=A9?= M.", "Zoé M."),
        ("=?utf-8?B?UsOpcG9uc2U=?= =?utf-8?Q?_automatique?=", "Réponse automatique"),
        ("=?iso-2022-jp?B?GyRCSlY/LhsoQg==?=", "返信"),
        ("=?no-such-charset?Q?caf=E9?=", "café"),
        ("=?utf-8?B?broken", "=?utf-8?B?broken"),
    ],
)
def test_encoded_words(value, words):
    assert decode.words(value) == words


@pytest.mark.parametrize(
    ("label", "data", "text"),
    [
        ("utf-8", "ä".encode(), "ä"),
        ("utf8", "ä".encode(), "ä"),
        ("'ISO8859_1'", b"\xe4", "ä"),
        ("windows1252", b"\x80", "€"),
        ("cp-850", b"\x84", "ä"),
        ("x-sjis", "配信".encode("cp932"), "配信"),
        ("gb2312", "退信".encode("gb18030"), "退信"),
        ("us-ascii", "ä".encode(), "ä"),
        ("us-ascii", "配信".encode("iso2022_jp"), "配信"),
        ("us-ascii", b"caf\xe9 au lait", "café au lait"),
        (
            "utf-8",
            "Zustellung unmöglich für Jörg"[:-2].encode() + b"\xc3",
            "Zustellung unmöglich für Jö\ufffd",
        ),
        ("zlib", b"plain", "plain"),
        ("punycode", b"plain-", "plain-"),
        (None, b"a\0b", "ab"),
        ("iso-8859-1", "Zustellung unmöglich".encode(), "Zustellung unmöglich"),
        ("iso-8859-1", "无法投递：收件人邮箱不存在".encode("gb18030"), "无法投递：收件人邮箱不存在"),
        (
            None,
            "宛先のメールアドレスが見つかりませんでした".encode("euc_jp"),
            "宛先のメールアドレスが見つかりませんでした",
        ),
        ("us-ascii", "メールをお届けできませんでした".encode("cp932"), "メールをお届けできませんでした"),
        (None, "받는 사람의 메일함이 가득 찼습니다".encode("cp949"), "받는 사람의 메일함이 가득 찼습니다"),
        (None, "無法投遞：收件人的信箱不在這個系統".encode("big5"), "無法投遞：收件人的信箱不在這個系統"),
        ("us-ascii", "Почтовый ящик не существует".encode("koi8-r"), "Почтовый ящик не существует"),
        ("iso-8859-1", "Почтовый ящик не существует".encode("cp1251"), "Почтовый ящик не существует"),
        ("iso-8859-15", b"\xa4 5 \xfcber Nacht", "€ 5 über Nacht"),
    ],
)
def test_charsets_as_they_are_labelled_and_mislabelled(label, data, text):
    assert decode.text(data, label) == text


def test_base64_with_damage_gives_what_is_whole():
    assert decode.base64(b"SGVs\nbG8g d29ybGQ!\n") == b"Hello world"
    assert decode.base64(b"SGVsb") == b"Hel"


def test_markup_becomes_lines():
    source = "<html><head><style>p{}</style></head><!-- x --><p>No &lt;eva@example.net&gt; here<br>at all</p>"
    assert markup.plain(source).strip().split("\n") == ["No <eva@example.net> here", "at all"]


def test_cells_of_a_table_are_words_apart_and_rows_are_lines():
    source = (
        "<table><tr><th>Recipient</th><th>Why</th></tr><tr><td>eva@example.net</td><td>full</td></tr></table>"
    )
    assert markup.plain(source).split() == ["Recipient", "Why", "eva@example.net", "full"]
    assert "eva@example.net\tfull" in markup.plain(source).split("\n")


def test_the_words_end_where_the_returned_header_begins():
    text = (
        "Could not deliver.\n\n<eva@example.net>: no such user\n\n------ copy ------\n\n"
        "Received: from x by y\nFrom: a@example.org\nTo: eva@example.net\n"
        "Message-ID: <1@example.org>\n\nbody\n"
    )
    mail = Mail(b"From: mailer-daemon@example.org\n\n" + text.encode())
    assert mail.text == "Could not deliver.\n\n<eva@example.net>: no such user\n\n"
    assert mail.returned_get("message-id") == "<1@example.org>"


def test_a_summary_of_the_message_ends_no_words():
    summary = "  Date: today\n  From: a@example.org\n  To: b@example.net\n"
    text = f"About your message:\n\n{summary}\nIt could not be sent.\n"
    mail = Mail(b"From: mailer-daemon@example.org\n\n" + text.encode())
    assert mail.text == text
    assert mail.returned_get("to") == "b@example.net"


def nested(depth, leaf=b"Content-Type: text/plain\n\nx\n"):
    out = b"From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n"
    for level in range(depth):
        out += b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
    return out + leaf + b"".join(b"\n--b%d--\n" % level for level in reversed(range(depth)))


STATUS = b"""Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; eva@example.com
Action: failed
Status: 5.1.1
"""


def test_what_is_nested_too_deep_is_told():
    assert [problem.id for problem in read(nested(500)).problems] == ["too-deep"]
    assert read(nested(mime.MAX_DEPTH - 1, STATUS)).attempts[0].recipient == "eva@example.com"
    assert not read(nested(mime.MAX_DEPTH - 1, STATUS)).problems


def test_messages_enclosed_five_hundred_deep_are_told():
    raw = b"From: a@example.org\n" + b"Content-Type: message/rfc822\n\n" * 500 + STATUS
    assert "too-deep" in [problem.id for problem in read(raw).problems]


def test_of_too_many_parts_the_first_are_read():
    many = b"\n--x\nContent-Type: text/plain\n\nhi\n" * (mime.MAX_PARTS + 5)
    raw = (
        b"From: a@example.org\nContent-Type: multipart/report; boundary=x\n\n--x\n"
        + STATUS
        + many
        + b"--x--\n"
    )
    reading = read(raw)
    assert [attempt.recipient for attempt in reading.attempts] == ["eva@example.com"]
    assert [problem.id for problem in reading.problems] == ["too-many-parts"]


DAEMON = (
    b"From: MAILER-DAEMON@mx.example.net\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n"
)
LONG_SESSION = b"".join(
    b">>> RCPT To:<u%d@example.net>\n<<< 550 no\n550 5.1.1 <u%d@example.net>... User unknown\n"
    % (number, number)
    for number in range(5000)
)
HOSTILE = {
    "long session": DAEMON
    + b"\n   ----- The following addresses had permanent fatal errors -----\n"
    + b"".join(b"<u%d@example.net>\n" % number for number in range(5000))
    + b"\n   ----- Transcript of session follows -----\n"
    + LONG_SESSION,
    "dashes": DAEMON + b"Content-Type: multipart/mixed; boundary=z\n\n" + b"\n--" * 300_000,
    "open tags": DAEMON + b"Content-Type: text/html\n\n" + b"<style " * 40_000,
    "open comments": DAEMON + b"Content-Type: text/html\n\n" + b"<!--" * 60_000,
    "half breaks": DAEMON + b"Content-Type: text/html\n\n" + b"<br " * 60_000,
    "ats": DAEMON + b"\n" + b"a@" * 130_000,
    "quotes": DAEMON + b"\n" + b'"\\' * 130_000,
    "encoded words": b"Subject:" + b" =?utf-8?q?a?=" * 50_000 + b"\n" + DAEMON + b"\nx",
    "parameters": b"Content-Type: multipart/mixed" + b'; a="' * 50_000 + b"\n\n",
    "junk in the header": b"abc\na: b\n" * 200_000,
    "one long line": DAEMON + b"\n" + b"x" * 3_000_000,
    "blank lines": DAEMON + b"\n" + b"\n" * 3_000_000,
    "spaces": DAEMON + b"\n" + b" " * 3_000_000 + b"x",
    "connect to": DAEMON + b"\n<eva@example.net>: connect to " + b"a" * 200_000,
    "recipients": DAEMON
    + b"Content-Type: message/delivery-status\n\n"
    + b"Final-Recipient: rfc822; a@example.com\nAction: failed\n\n" * 5_000,
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_takes_no_time(raw):
    start = time.process_time()
    read(raw)
    assert time.process_time() - start < 3


def test_text_that_is_too_long_is_told():
    raw = DAEMON + b"\n<eva@example.net>:\n550 no such user\n\n" + b"and more\n" * 500_000
    reading = read(raw)
    assert [one.recipient for one in reading.attempts] == ["eva@example.net"]
    assert [problem.id for problem in reading.problems] == ["too-long"]


@given(st.binary(max_size=2000))
def test_no_bytes_raise(raw):
    reading = read(raw)
    assert isinstance(reading.attempts, list)


PIECES = st.sampled_from(
    [
        b"\n", b"\n\n", b"\r\n", b"--b\n", b"--b--\n", b"--", b":", b";", b"<", b">", b"@", b"=?utf-8?q?x?=",
        b"Content-Type: multipart/report; boundary=b\n", b"Content-Type: message/delivery-status\n",
        b"Content-Type: message/rfc822\n", b"Content-Transfer-Encoding: base64\n", b"Subject: Undelivered\n",
        b"From: MAILER-DAEMON@example.org\n", b"Final-Recipient: rfc822; eva@example.net\n",
        b"Action: failed\n", b"Status: 5.1.1\n", b"Diagnostic-Code: smtp; 550 no\n",
        b"Reporting-MTA: dns; x\n", b"SGVsbG8=",
        b"\xff\xfe", b"\0", b"Content-Type: message/feedback-report\n", b"Feedback-Type: abuse\n",
        b"Auto-Submitted: auto-replied\n", b"<eva@example.net>: 550 5.1.1 no such user\n",
        b"Received: by x id 1 for <a@example.org>\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_no_mixture_of_the_pieces_of_a_report_raises_or_invents(pieces):
    raw = b"".join(pieces)
    for attempt in read(raw).attempts:
        assert attempt.recipient is None or attempt.recipient.encode() in raw
