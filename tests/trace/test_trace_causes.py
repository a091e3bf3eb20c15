"""Why a message waited, and weak signatures: only on evidence."""

import pytest

from analyzer.trace import trace

OLD = "Received: from pc.a.example (pc.a.example [192.0.2.1]) by h1.a.example (Postfix) with ESMTP id 1; "
NEW = "Received: from h1.a.example (h1.a.example [192.0.2.2]) by mx.b.example (Postfix) with ESMTPS id 2; "
TIMES = ("Mon, 1 Jan 2024 10:00:00 +0000", "Mon, 1 Jan 2024 10:15:30 +0000")


def header(*fields, old=OLD, new=NEW):
    lines = [*fields, new + TIMES[1], old + TIMES[0], "Date: " + TIMES[0], "From: x@a.example"]
    return ("\n".join(lines) + "\n\n").encode()


def slow(*fields, **hops):
    (found,) = [one for one in trace(header(*fields, **hops)).findings if one.id == "slow-hop"]
    return found.detail


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("X-Greylist: delayed 905 seconds by postgrey-1.37 at mx.b.example; x", "mx.b.example greylisted it"),
        (
            "X-Greylist: Delayed for 00:15:05 by milter-greylist-4.6 (mx.b.example [203.0.113.1])",
            "greylisted it",
        ),
        ("X-Mailman-Approved-At: Mon, 01 Jan 2024 10:14:00 +0000", "list moderator"),
        ("Deferred-Delivery: Mon, 01 Jan 2024 10:15:00 +0000", "delivery at a later time"),
    ],
)
def test_fields_that_name_a_cause(field, words):
    assert words in slow(field)
    assert "does not say why" not in slow(field)


@pytest.mark.parametrize(
    "field",
    [
        "X-Greylist: delayed 20 seconds by postgrey-1.37 at mx.b.example; x",
        "X-Greylist: Sender IP whitelisted, not delayed by milter-greylist-4.6",
        "X-Mailman-Approved-At: Mon, 01 Jan 2024 18:00:00 +0000",
        "X-Mailman-Approved-At: long ago",
        "X-Virus-Scanned: amavis at b.example",
    ],
)
def test_fields_that_do_not_fit_name_none(field):
    assert "does not say why" in slow(field)


def test_who_only_scans_scanned():
    old = (
        "Received: from h0 ([192.0.2.1]) by localhost (h1.a.example [127.0.0.1]) (amavisd-new, port 10024); "
    )
    detail = slow(old=old)
    assert "its content was scanned there (amavisd)" in detail
    assert detail.startswith("h1.a.example had the message")


def test_the_receivers_own_server_lost_the_time():
    new = NEW.replace("[192.0.2.2]", "[10.0.0.2]")
    assert "on the receiver's side" in slow(new=new)
    assert "on the sender's side" in slow()


SIGNED = "DKIM-Signature: v=1; a={}; d=a.example; s=k; h={}; bh=x; b=y{}"


@pytest.mark.parametrize(
    ("signature", "finding"),
    [
        (SIGNED.format("rsa-sha256", "From:Date", ""), None),
        (SIGNED.format("rsa-sha1", "From:Date", ""), "dkim-sha1"),
        (SIGNED.format("rsa-sha256", "Date:Subject", ""), "dkim-from-unsigned"),
        (SIGNED.format("rsa-sha256", "From", "; l=10"), "dkim-body-length"),
        (SIGNED.format("rsa-sha256", "From", "; t=1704103000; x=1704103100"), "dkim-expired"),
        (SIGNED.format("rsa-sha256", "From", "; t=1704103000; x=1804103100"), None),
    ],
)
def test_weak_signatures(signature, finding):
    found = [one.id for one in trace(header(signature)).findings if one.id.startswith("dkim-")]
    assert found == ([finding] if finding else [])


def test_short_keys_and_alignment_of_each_signature():
    results = "Authentication-Results: mx.b.example; dkim=pass (512-bit key) header.d=a.example"
    other = SIGNED.format("rsa-sha256", "From", "").replace("d=a.example", "d=esp.example")
    got = trace(header(results, SIGNED.format("rsa-sha256", "From", ""), other))
    (weak,) = [one for one in got.findings if one.id == "dkim-weak-key"]
    assert "512 bits" in weak.title
    assert [one.notes for one in got.dkim_signatures] == [["aligned: strict"], ["not aligned with From"]]


def test_a_whole_arc_chain_tells_what_the_first_forwarder_saw():
    results = (
        "Authentication-Results: mx.b.example; arc=pass (i=1); spf=pass smtp.mailfrom=f.example; dkim=fail"
    )
    arc = [
        "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=f.example; s=k; t=1704103000; b=x",
        "ARC-Message-Signature: i=1; a=rsa-sha256; d=f.example; s=k; h=from; bh=x; b=y",
        "ARC-Authentication-Results: i=1; f.example; spf=pass smtp.mailfrom=a.example; dmarc=pass",
    ]
    got = trace(header(results, *arc))
    (found,) = [one for one in got.findings if one.id == "arc-chain"]
    assert "f.example saw: spf=pass, dmarc=pass" in found.title
    assert [(one.instance, one.cv, one.complete) for one in got.arc] == [(1, "none", True)]
    assert [one.complete for one in trace(header(results, *arc[:2])).arc] == [False]
    assert not [one for one in trace(header(*arc)).findings if one.id == "arc-chain"]


@pytest.mark.parametrize(
    "message_id",
    [
        "<42.1.1704103199000.JavaMail.user@a.example>",
        "<20240101100000.GA1234@a.example>",
    ],
)
def test_a_message_id_can_be_a_clock(message_id):
    # The first server's clock is two hours behind; Date is missing, so only the Message-ID can tell.
    old = OLD + "Mon, 1 Jan 2024 07:59:59 +0000\n"
    new = NEW + "Mon, 1 Jan 2024 10:00:01 +0000\n"
    raw = (new + old + f"Message-ID: {message_id}\nDate: Mon, 1 Jan 2024 09:59:59 +0000\n\n").encode()
    (found,) = [one for one in trace(raw).findings if one.id == "clock-skew"]
    assert found.title == "The clock of h1.a.example is about 2 h behind"
    assert "Message-ID" in {evidence.field for evidence in found.evidence}
