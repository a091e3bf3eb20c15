"""Where trust ends, with its reason, and what is certain of encryption."""

import pytest

from analyzer.trace import trace
from analyzer.trace.encryption import encrypted
from analyzer.trace.received import read_received

DATE = "; Mon, 1 Jan 2024 10:00:0{} +0000"


def chain(*bodies, extra=()):
    """A header with these Received bodies, newest first; `extra` are (place, field) pairs."""
    fields = [f"Received: {body}{DATE.format(9 - number)}\n" for number, body in enumerate(bodies)]
    for place, field in sorted(extra, reverse=True):
        fields.insert(place, field + "\n")
    return ("".join(fields) + "From: x@a.example\n\n").encode()


def trusted(raw, **options):
    return [hop.trusted for hop in reversed(trace(raw, **options).hops)]


def reason(raw, **options):
    notes = [note for hop in trace(raw, **options).hops for note in hop.notes]
    return next((note for note in notes if note.startswith("trust boundary")), None)


STORE = "from mx.b.example (mx.b.example [203.0.113.1]) by store.b.example (Postfix) with ESMTPS id 1"
INSIDE = "from relay (unknown [10.0.0.1]) by mx.b.example (Postfix) with ESMTP id 2"
LOCAL = "from localhost (localhost [127.0.0.1]) by mx.b.example (Postfix) with ESMTP id 3"
OUTSIDE = "from out.a.example (out.a.example [192.0.2.9]) by mx.b.example (Postfix) with ESMTPS id 4"
SUBMITTED = (
    "from [192.0.2.50] (dsl.isp.example [192.0.2.50]) (Authenticated sender: eva)"
    " by mx.b.example (Postfix) with ESMTPSA id 5"
)
OLDER = "from x (x [198.51.100.1]) by y.example with ESMTP id 6"


@pytest.mark.parametrize(
    ("bodies", "wanted", "words"),
    [
        ((STORE, INSIDE, LOCAL, OUTSIDE, OLDER), [True] * 4 + [False], "took the message from outside"),
        ((STORE, SUBMITTED, OLDER), [True, True, False], "logged in"),
        ((OLDER, OUTSIDE), [True, False], "from outside (x, 198.51.100.1)"),
        ((STORE,), [True], None),
    ],
)
def test_boundary_without_help(bodies, wanted, words):
    raw = chain(*bodies)
    assert trusted(raw) == wanted
    said = reason(raw)
    assert said is None if words is None else words in said


def test_a_reverse_name_that_does_not_lead_back_is_no_friend():
    forged = "from mx.b.example (mx.b.example [192.0.2.66] (may be forged)) by mail.b.example (8.17.1/8.17.1)"
    assert trusted(chain(forged + " with ESMTP id 7", OLDER)) == [True, False]
    assert trusted(chain(forged.replace(" (may be forged)", "") + " with ESMTP id 7", OLDER)) == [True, True]


@pytest.mark.parametrize("name", ["192.0.2.0/24", "192.0.2.9", "a.example", "OUT.A.EXAMPLE."])
def test_trust_moves_the_boundary_down(name):
    raw = chain(STORE, OUTSIDE, "from z.example (z.example [198.51.100.3]) by out.a.example with SMTP", OLDER)
    assert trusted(raw) == [True, True, False, False]
    assert trusted(raw, trust=(name,)) == [True, True, True, False]


def test_a_helo_name_is_not_believed():
    raw = chain("from a.example (unknown [192.0.2.66]) by mx.b.example (Postfix) with ESMTP id 8", OLDER)
    assert trusted(raw, trust=("a.example",)) == [True, False]


OUTLOOK = "from A.prod.outlook.com (2603:10a6::1) by B.prod.outlook.com (2603:10a6::2) with HTTPS"
FRONT = (
    "from mail.a.example (192.0.2.44) by C.mail.protection.outlook.com (10.1.2.3) with Microsoft SMTP Server"
)
MARKER = "X-IncomingTopHeaderMarker: OriginalChecksum:00;Count:9"


def test_outlook_com_marks_what_arrived():
    raw = chain(OUTLOOK, FRONT, OLDER, extra=[(2, MARKER)])
    assert trusted(raw) == [True, True, False]
    assert "X-IncomingTopHeaderMarker" in (reason(raw) or "")


def test_anybody_elses_marker_says_nothing():
    raw = chain(STORE, OUTSIDE, OLDER, extra=[(3, MARKER)])
    assert trusted(raw) == [True, True, False]
    assert "from outside" in (reason(raw) or "")


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (OUTSIDE, True),
        (OUTSIDE.replace("ESMTPS", "ESMTP"), False),
        (OUTSIDE.replace("(Postfix) with ESMTPS", "with SMTP"), None),
        (INSIDE, None),
        (STORE.replace("ESMTPS", "ESMTP"), None),
        ("from a.example ([192.0.2.1] helo=x) by b.example with esmtp (Exim 4.97) id 1rABCD-00-x", False),
        ("from [192.0.2.1] by api.b.example with HTTP id 3", None),
        ("from a.example (a.example. [192.0.2.1]) by mx.google.com with ESMTP id x1si23.45", False),
        ("from unknown (HELO a.example) (192.0.2.1) by b.example with SMTP", None),
        (FRONT, False),
        (FRONT + " (version=TLS1_2, cipher=TLS_ECDHE)", True),
    ],
)
def test_unencrypted_only_where_it_is_certain(body, wanted):
    assert encrypted(read_received(body + DATE.format(1))) is wanted
