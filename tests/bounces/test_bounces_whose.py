"""Reports of several recipients with lines missing, moved and spaced out: nobody gets another's words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.bounces import read

CAUSES = {
    "dead": ("550", "5.1.1", "no such user here"),
    "full": ("552", "5.2.2", "mailbox is full"),
    "late": ("451", "4.7.1", "greylisted, try later"),
    "spam": ("554", "5.7.1", "message rejected as spam"),
}
DOMAINS = ("example.net", "example.com", "mail.example.org", "example.net")
ORDERS = (
    ("Final-Recipient", "Original-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code"),
    ("Original-Recipient", "Final-Recipient", "Action", "Status", "Diagnostic-Code"),
    ("Action", "Final-Recipient", "Status", "Remote-MTA", "Diagnostic-Code"),
    ("Final-Recipient", "Action", "Status", "Diagnostic-Code"),
)
LOST = ((), (), ("Diagnostic-Code",), ("Diagnostic-Code", "Remote-MTA"), ("Original-Recipient",), ("Action",))


@st.composite
def recipients(draw):
    """Recipients, each with a cause whose words carry a mark of their own."""
    names = draw(st.lists(st.sampled_from(["ada", "max", "leo", "kim", "theo"]), min_size=2, unique=True))
    made = []
    for number, name in enumerate(names[:4]):
        code, status, said = CAUSES[draw(st.sampled_from(sorted(CAUSES)))]
        address = f"{name}@{DOMAINS[number]}"
        named = draw(st.sampled_from(["", f"<{address}> "]))
        mark = f"mark{number}{name}"
        made.append(
            {
                "address": address,
                "status": status,
                "mark": mark,
                "said": f"{code} {status} {named}{said} {mark}",
            }
        )
    return made


def by_fields(draw, made):
    """A delivery-status in one of the ways in which blank lines come; says of whom it states the reply."""
    order = draw(st.sampled_from(ORDERS))
    groups = [["Reporting-MTA: dns; relay.example.org", "Arrival-Date: Mon, 16 Nov 2026 10:00:00 +0000"]]
    for one in made:
        values = {
            "Final-Recipient": f"rfc822; {one['address']}",
            "Original-Recipient": f"rfc822;{one['address']}",
            "Action": "failed",
            "Status": one["status"],
            "Remote-MTA": f"dns; mx.{one['address'].partition('@')[2]}",
            "Diagnostic-Code": f"smtp; {one['said']}",
        }
        lost = draw(st.sampled_from(LOST))
        one["stated"] = "Diagnostic-Code" not in lost
        if not one["stated"] and draw(st.booleans()):
            values["Status"] = "5.0.0"
        groups.append([f"{name}: {values[name]}" for name in order if name not in lost])
    inside, between = draw(st.sampled_from([(1, 2), (1, 2), (2, 4), (2, 2), (1, 1), (None, 2)]))
    blocks = []
    for group in groups:
        gaps = [inside or draw(st.sampled_from([1, 1, 2])) for _ in group]
        blocks.append("".join(line + "\n" * gap for line, gap in zip(group, gaps, strict=True)).rstrip())
    return ("\n" * between).join(blocks)


def in_words(draw, made):
    """The human-readable part, in the manner of one of several programs."""
    shape = draw(st.sampled_from(["none", "paragraphs", "list", "session", "reasons"]))
    shown = draw(st.permutations(made))
    silent = {id(one) for one in shown if draw(st.integers(0, 3)) == 0}
    if shape == "paragraphs":
        return "\n\n".join(
            f"<{one['address']}>"
            + (":" if id(one) in silent else f": host mx.example.net said: {one['said']}")
            for one in shown
        )
    if shape == "list":
        # Words that stand apart are said of him whom they name, or of whom alone the fields tell the same.
        statuses = [one["status"] for one in made]
        told = next(
            (
                one
                for one in made
                if one["address"] in one["said"] or (one.get("stated") and statuses.count(one["status"]) == 1)
            ),
            None,
        )
        people = "".join(f"  {one['address']}\n" for one in shown)
        return f"These did not get it:\n\n{people}" + (f"\nThe server said: {told['said']}\n" if told else "")
    if shape == "none":
        return "It could not be delivered."
    text = "   ----- The following addresses had permanent fatal errors -----\n"
    for one in shown:
        text += f"<{one['address']}>\n"
        if shape == "reasons" and id(one) not in silent:
            text += f"    (reason: {one['said']})\n"
    text += "\n   ----- Transcript of session follows -----\n"
    for one in shown:
        text += f"... while talking to mx.{one['address'].partition('@')[2]}.:\n"
        if id(one) not in silent:
            text += f">>> RCPT To:<{one['address']}>\n<<< {one['said']}\n"
            text += draw(st.sampled_from(["", f"550 5.1.1 <{one['address']}>... User unknown\n"]))
    return text


@st.composite
def reports(draw):
    """Recipients and a report of them: with a delivery-status, or in words only."""
    made = draw(recipients())
    head = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example.org\nTo: news@example.org\n"
        "Subject: Undelivered Mail Returned to Sender\n"
    )
    if draw(st.booleans()):
        return made, f"{head}\n{in_words(draw, made)}\n", False
    fields = by_fields(draw, made)
    words = in_words(draw, made)
    body = f"--b\n\n{words}\n--b\nContent-Type: message/delivery-status\n\n{fields}\n\n--b--\n"
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return made, f"{head}Content-Type: {kind}\n\n{body}", True


@settings(max_examples=200)
@given(reports())
def test_nobody_gets_the_words_of_another(report):
    made, text, has_fields = report
    attempts = read(text.encode()).attempts
    known = {one["address"]: one for one in made}
    found = [attempt.recipient for attempt in attempts]
    assert len(found) == len(set(found))
    assert set(found) <= set(known)
    assert not has_fields or set(found) == set(known)
    for attempt in attempts:
        one = known[attempt.recipient]
        said = attempt.diagnostic or ""
        assert not any(other["mark"] in said for other in made if other is not one), said
        assert attempt.original_recipient in (None, one["address"])
        assert attempt.enhanced_code in (None, "5.0.0", "5.1.1", one["status"])
        if attempt.enhanced_code == "5.1.1" != one["status"]:
            assert f"<{one['address']}>... User unknown" in text
        if has_fields and one["stated"]:
            assert one["mark"] in said
