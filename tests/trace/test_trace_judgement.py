"""Whom to believe, alignment, authentication in words, and what bulk senders owe."""

from __future__ import annotations

import pytest

from analyzer.trace import trace

TOP = (
    b"Received: from out.a.example (out.a.example [203.0.113.9]) by mx.b.example (Postfix) with ESMTPS id A1"
)
HEAD = TOP + b" (version=TLSv1.3); Mon, 1 Jan 2024 10:00:02 +0000\n"
CLAIMED = (
    b"Received: from x (x [198.51.100.1]) by y.example with ESMTP id Z; Mon, 1 Jan 2024 10:00:01 +0000\n"
)
TAIL = (
    b"From: News <news@shop.a.example>\nMessage-ID: <1@a.example>\n"
    b"Date: Mon, 1 Jan 2024 10:00:00 +0000\n\nx\n"
)
RESULTS = b"Authentication-Results: mx.b.example; "


def found(*parts: bytes, **options):
    return trace(b"".join(parts), **options)


def ids(result) -> dict[str, str]:
    return {finding.id: finding.severity for finding in result.findings}


@pytest.mark.parametrize(
    ("said", "spf", "dkim", "dmarc"),
    [
        (
            b"spf=pass smtp.mailfrom=b@shop.a.example; dkim=pass header.d=shop.a.example",
            "strict",
            "strict",
            "pass",
        ),
        (b"spf=pass smtp.mailfrom=bounce.a.example; dkim=none", "relaxed", "none", "pass"),
        (b"spf=pass smtp.mailfrom=b@esp.example; dkim=pass header.i=@a.example", "none", "relaxed", "pass"),
        (b"spf=pass smtp.mailfrom=b@esp.example; dkim=pass header.d=esp.example", "none", "none", "fail"),
        (b"spf=fail smtp.mailfrom=shop.a.example; dkim=fail header.d=shop.a.example", "none", "none", "fail"),
        (b"spf=fail smtp.mailfrom=shop.a.example", "none", None, None),
        (
            b"dkim=pass header.d=esp.example; dkim=pass header.d=shop.a.example; spf=none",
            "none",
            "strict",
            "pass",
        ),
    ],
)
def test_alignment_is_computed_from_the_text(said: bytes, spf, dkim, dmarc) -> None:
    aligned = found(RESULTS, said, b"\n", HEAD, TAIL).alignment
    assert (aligned.from_domain, aligned.spf, aligned.dkim, aligned.dmarc) == (
        "shop.a.example",
        spf,
        dkim,
        dmarc,
    )


def test_without_results_nothing_is_said_of_alignment() -> None:
    aligned = found(HEAD, TAIL).alignment
    assert (aligned.spf, aligned.dkim, aligned.dmarc) == (None, None, None)


def test_results_below_the_boundary_are_not_believed() -> None:
    forged = b"Authentication-Results: mx.b.example; dmarc=pass header.from=shop.a.example; spf=pass\n"
    result = found(HEAD, CLAIMED, forged, TAIL)
    assert [field.trusted for field in result.authentication] == [False]
    assert result.alignment.dmarc is None
    assert "claimed-authentication" in ids(result)


def test_result_just_below_the_boundary_needs_the_receivers_name() -> None:
    own = found(HEAD, RESULTS, b"spf=pass smtp.mailfrom=shop.a.example\n", TAIL)
    other = found(HEAD, b"Authentication-Results: mx.evil.example; spf=pass\n", TAIL)
    assert own.authentication[0].trusted is True
    assert other.authentication[0].trusted is False


def test_what_the_receiver_said_above_is_not_said_again_below() -> None:
    above, below = b"spf=fail smtp.mailfrom=shop.a.example\n", b"spf=pass; dmarc=pass\n"
    result = found(RESULTS, above, HEAD, RESULTS, below, RESULTS, b"dkim=pass\n", TAIL)
    assert [field.trusted for field in result.authentication] == [True, False, True]


def test_exchanges_own_field_is_read() -> None:
    own = (
        b"X-MS-Exchange-Authentication-Results: spf=fail (sender IP is 203.0.113.9) smtp.mailfrom=a.example\n"
    )
    result = found(own, HEAD, TAIL)
    assert result.authentication[0].trusted is True
    assert "203.0.113.9" in next(one.detail for one in result.findings if one.id == "spf-fail")


def test_results_kept_from_the_original_are_a_claim() -> None:
    kept = RESULTS.replace(b"Results:", b"Results-Original:") + b"dmarc=pass\n"
    assert [field.trusted for field in found(kept, HEAD, TAIL).authentication] == [False]


OPENDMARC = b"Authentication-Results: OpenDMARC; dmarc=fail (p=none dis=none) header.from=shop.a.example\n"


@pytest.mark.parametrize(
    ("sign", "believed"),
    [
        (b"DMARC-Filter: OpenDMARC Filter v1.4.2 mx.b.example A1\n", [True, False]),
        (b"DMARC-Filter: OpenDMARC Filter v1.4.2 mx.b.example B2\n", [False, False]),
        (b"DMARC-Filter: OpenDMARC Filter v1.4.2 mx.evil.example A1\n", [False, False]),
        (b"", [False, False]),
    ],
)
def test_opendmarcs_results_are_known_by_the_queue_id(sign: bytes, believed: list[bool]) -> None:
    result = found(HEAD, sign, OPENDMARC, OPENDMARC.replace(b"fail", b"pass"), TAIL)
    assert [field.trusted for field in result.authentication] == believed


def test_boundary_is_explained_and_moves_with_trust() -> None:
    result = found(HEAD, CLAIMED, TAIL)
    assert [hop.trusted for hop in result.hops] == [False, True]
    assert ids(result)["trust-boundary"] == "note"
    trusting = found(HEAD, CLAIMED, TAIL, trust=("203.0.113.0/24", "mx.b.example", "y.example"))
    assert [hop.trusted for hop in trusting.hops] == [True, True]


@pytest.mark.parametrize(
    ("said", "finding", "severity", "words"),
    [
        (b"spf=fail smtp.mailfrom=a@shop.a.example", "spf-fail", "problem", "shop.a.example"),
        (b"spf=permerror smtp.mailfrom=shop.a.example", "spf-permerror", "problem", "10 look-ups"),
        (b"dkim=fail header.d=shop.a.example", "dkim-fail", "problem", "changed in transit"),
        (b"dkim=none", "dkim-none", "warning", "no DKIM signature"),
        (b"dmarc=fail (p=reject) header.from=shop.a.example", "dmarc-fail", "problem", "shop.a.example"),
        (b"dmarc=none header.from=shop.a.example", "dmarc-none", "note", "publishes no DMARC record"),
        (b"spf=temperror smtp.mailfrom=shop.a.example", "spf-temperror", "warning", "failed for the moment"),
        (b"compauth=fail reason=001", "compauth-fail", "problem", "implicit fail"),
        (b"arc=fail", "arc-fail", "warning", "changed the message"),
        (b'arc=reject ("cv is fail on i=2")', "arc-fail", "warning", "changed the message"),
    ],
)
def test_failures_in_words(said: bytes, finding: str, severity: str, words: str) -> None:
    result = found(RESULTS, said, b"\n", HEAD, TAIL)
    (one,) = [each for each in result.findings if each.id == finding]
    assert one.severity == severity
    assert words in one.detail
    assert one.evidence[0].field == "Authentication-Results"


def test_a_forwarders_spf_failure_is_a_note_where_dmarc_passes() -> None:
    said = b"spf=fail smtp.mailfrom=shop.a.example; dkim=pass header.d=shop.a.example; dmarc=pass"
    assert ids(found(RESULTS, said, b"\n", HEAD, TAIL))["spf-fail"] == "note"


def test_no_failure_no_finding() -> None:
    said = b"spf=pass smtp.mailfrom=shop.a.example; dkim=pass header.d=shop.a.example; dmarc=pass"
    kinds = ids(found(RESULTS, said, b"\n", HEAD, TAIL))
    assert not {name for name in kinds if name.startswith(("spf", "dkim", "dmarc"))}


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (b"X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;dest:I;", "inbox"),
        (b"X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;dest:J;", "junk"),
        (b"X-Pm-Spam-Action: spam", "junk"),
        (b"X-Spam-Flag: YES", None),
        (b"X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;", None),
    ],
)
def test_placement_only_where_proven(field: bytes, place: str | None) -> None:
    result = found(field, b"\n", HEAD, TAIL)
    assert result.placement == place
    assert ("delivered-to-junk" in ids(result)) == (place == "junk")


def test_spam_verdict_is_a_finding() -> None:
    result = found(b"X-Spam-Status: Yes, score=7.1 required=5.0 tests=BAYES_99=3.5\n", HEAD, TAIL)
    (finding,) = [each for each in result.findings if each.id == "marked-as-spam"]
    assert "BAYES_99 (3.5)" in finding.detail


SIGNED = (
    b"DKIM-Signature: v=1; a=rsa-sha256; d=shop.a.example; s=k;"
    b" h=From:Date:Message-ID:List-Unsubscribe:List-Unsubscribe-Post; bh=x; b=y\n"
)
UNSUBSCRIBE = (
    b"List-Unsubscribe: <https://shop.a.example/u/1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
)
ALL_PASS = RESULTS + b"spf=pass smtp.mailfrom=shop.a.example; dkim=pass header.d=shop.a.example; dmarc=pass\n"


def bulk(*parts: bytes):
    (finding,) = [each for each in found(*parts).findings if each.id == "bulk-sender"]
    return finding


def test_bulk_mail_that_meets_every_demand() -> None:
    finding = bulk(ALL_PASS, HEAD, SIGNED, UNSUBSCRIBE, TAIL)
    assert finding.severity == "note"
    assert "12 of 12" in finding.title


@pytest.mark.parametrize(
    ("parts", "missing"),
    [
        (
            (ALL_PASS, HEAD, SIGNED, UNSUBSCRIBE.replace(b"https:", b"mailto:")),
            "List-Unsubscribe with an https",
        ),
        ((ALL_PASS, HEAD, SIGNED, UNSUBSCRIBE.replace(b"One-Click", b"Yes")), "One-click unsubscribe"),
        ((ALL_PASS, HEAD, SIGNED.replace(b":List-Unsubscribe-Post", b""), UNSUBSCRIBE), "Both covered"),
        ((ALL_PASS, HEAD.replace(b"(out.a.example [", b"(unknown ["), SIGNED, UNSUBSCRIBE), "Reverse DNS"),
    ],
)
def test_bulk_mail_that_lacks_one(parts: tuple[bytes, ...], missing: str) -> None:
    finding = bulk(*parts, TAIL)
    assert finding.severity == "warning"
    assert f"Not met: {missing}" in finding.detail


PLAIN = HEAD.replace(b"ESMTPS", b"ESMTP").replace(b" (version=TLSv1.3)", b"")


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((PLAIN,), "Not met: TLS on every"),
        ((PLAIN.replace(b" (Postfix)", b""),), "Can't be told from this header: TLS"),
        ((HEAD.replace(b"(out.a.example [203.0.113.9])", b"(203.0.113.9)"),), "Can't be told"),
        ((HEAD, b"From: x@evil.example\n"), "Not met: One From address"),
        ((HEAD.replace(b"Mon, 1 Jan 2024", b"Mon, 1 Jul 2024"),), "Not met: A right Date"),
        ((HEAD, CLAIMED.replace(b"ESMTP", b"SMTP")), "Nothing is missing"),
    ],
)  # fmt: skip
def test_demands_are_judged_by_what_is_certain(parts: tuple[bytes, ...], said: str) -> None:
    assert said in bulk(ALL_PASS, *parts, SIGNED, UNSUBSCRIBE, TAIL).detail


def test_a_discussion_list_is_not_held_to_the_demands_on_bulk() -> None:
    listed = b"List-Id: <garden.a.example>\nList-Unsubscribe: <mailto:x@a.example>\nPrecedence: list\n"
    assert "bulk-sender" not in ids(found(ALL_PASS, HEAD, listed, TAIL))


@pytest.mark.parametrize(
    ("sets", "words"),
    [
        (((1, "none"), (2, "pass")), None),
        (((1, "none"), (2, "fail")), "set 2 says cv=fail"),
        (((1, "pass"),), "set 1 says cv=pass"),
        (((1, "none"), (3, "pass")), "a set is missing"),
    ],
)
def test_arc_chains(sets, words) -> None:
    fields = b"".join(
        b"ARC-Seal: i=%d; a=rsa-sha256; cv=%s; d=f.example; s=k; b=x\n"
        b"ARC-Message-Signature: i=%d; d=f.example; b=x\n"
        b"ARC-Authentication-Results: i=%d; f.example; spf=pass\n" % (number, cv.encode(), number, number)
        for number, cv in reversed(sets)
    )
    details = [one.detail for one in found(HEAD, fields, TAIL).findings if one.id == "arc-incomplete"]
    assert [words in detail for detail in details] == ([True] if words else [])


def test_personal_mail_is_not_held_to_the_demands_on_bulk() -> None:
    assert "bulk-sender" not in ids(found(ALL_PASS, HEAD, TAIL))
