import pytest

from analyzer.trace.header import MAX_FIELD_CHARS, MAX_FIELDS, MAX_HEADER_BYTES, read_header

PLAIN = (
    b"Received: from a.example (a.example [192.0.2.1])\n"
    b"\tby b.example (Postfix) with ESMTP id 4ABC\n"
    b"\tfor <u@b.example>; Mon, 1 Jan 2024 10:00:00 +0000\n"
    b"Subject: hello\n"
    b"To: u@b.example\n"
)
EXPECTED = [
    (
        "Received",
        (
            "from a.example (a.example [192.0.2.1]) by b.example (Postfix) with ESMTP id 4ABC "
            "for <u@b.example>; Mon, 1 Jan 2024 10:00:00 +0000"
        ),
    ),
    ("Subject", "hello"),
    ("To", "u@b.example"),
]
FORMS = {
    "as it is": PLAIN,
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "CR": PLAIN.replace(b"\n", b"\r"),
    "CR CR LF": PLAIN.replace(b"\n", b"\r\r\n"),
    "lost folding": PLAIN.replace(b"\n\t", b"\n"),
    "leading blanks": b"".join(b"    " + line for line in PLAIN.splitlines(keepends=True)),
    "leading blanks, lost folding": b"".join(
        b"    " + line for line in PLAIN.replace(b"\n\t", b"\n").splitlines(keepends=True)
    ),
    "quote marks": b"".join(b"> " + line for line in PLAIN.splitlines(keepends=True)),
    "quoted twice": b"".join(b"> > " + line for line in PLAIN.splitlines(keepends=True)),
    "byte order mark": b"\xef\xbb\xbf" + PLAIN,
    "UTF-16": PLAIN.decode().encode("utf-16"),
    "mbox From_": b"From u@b.example Mon Jan  1 10:00:00 2024\n" + PLAIN,
    "blank lines before": b"\n\r\n\n" + PLAIN,
    "body": PLAIN + b"\nReceived: by nobody; this is text\n",
    "double spaced": PLAIN.replace(b"\n", b"\n\n"),
    "HTML entities": PLAIN.replace(b"<", b"&lt;").replace(b">", b"&gt;"),
    "no blank after the colon": PLAIN.replace(b": from", b":from").replace(b": hello", b":hello"),
    "blank before the colon": PLAIN.replace(b"Subject:", b"Subject :"),
}


@pytest.mark.parametrize("form", FORMS)
def test_pasted_forms_read_alike(form):
    header = read_header(FORMS[form])
    assert [(field.name, field.value) for field in header.fields] == EXPECTED
    assert header.problems == []


def test_body_is_told():
    assert read_header(PLAIN + b"\ntext\n").has_body
    assert not read_header(PLAIN + b"\n\n").has_body
    assert not read_header(PLAIN).has_body


def test_lost_folding_of_addresses_and_tag_lists_starts_no_field():
    raw = (
        b"Received: from a.example\n(2001:db8:800:1e::42) by b.example\nfe80::1 x\n"
        b"DKIM-Signature: v=1; h=from:to:\nsubject:date:message-id; b=abc\nSubject: s\n"
    )
    assert [field.key for field in read_header(raw).fields] == ["received", "dkim-signature", "subject"]


def test_text_before_the_header_is_skipped_and_said():
    header = read_header(b"please look at this, thanks\nSubject: x\n")
    assert [field.key for field in header.fields] == ["subject"]
    assert [problem.id for problem in header.problems] == ["not-a-field"]


@pytest.mark.parametrize(
    "raw",
    [
        b"Hello,\n\nthis mail came late, can you see why?\n\n" + PLAIN,
        b"Hello, see below:\n\n" + b"".join(b"> " + line for line in PLAIN.splitlines(keepends=True)),
        b"see below\n" + b"".join(b"   " + line for line in PLAIN.splitlines(keepends=True)),
    ],
)
def test_a_letter_above_the_header_is_skipped_and_said(raw):
    header = read_header(raw)
    assert [(field.name, field.value) for field in header.fields] == EXPECTED
    assert [problem.id for problem in header.problems] == ["not-a-field"]


def test_bytes_that_are_no_utf8_are_read_line_by_line():
    header = read_header("Subject: grün\n".encode("latin-1") + "To: Zoë\n".encode())
    assert [field.value for field in header.fields] == ["grün", "Zoë"]


def test_entities_never_make_fields():
    header = read_header(b"Subject: &lt;a&gt; &#10;Received: from x by y\n")
    assert [field.key for field in header.fields] == ["subject"]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"X: a\n" * (MAX_FIELDS + 1), "too-many-fields"),
        (b"Subject: " + b"x" * (MAX_FIELD_CHARS + 1), "field-too-long"),
        (b"Subject: x\n" + (b"\t" + b"y" * 70 + b"\n") * (MAX_HEADER_BYTES // 70), "header-too-long"),
    ],
)
def test_caps_are_stated(raw, problem):
    assert problem in [found.id for found in read_header(raw).problems]


@pytest.mark.parametrize("raw", [b"", b"\n", b"\0\0\0", b"\xff\xfe", b"::::", b"no header here"])
def test_no_header_is_no_field(raw):
    assert read_header(raw).fields == []
