"""Authentication-Results and Received-SPF as their writers spell them, and as RFC 8601's grammar allows."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.trace.identities import client_ip, key_bits, policy, signer, spf_domain
from analyzer.trace.results import read_received_spf, read_results

CORPUS = Path(__file__).parents[1] / "corpus" / "authentication"
CASES = [
    pytest.param(json.loads(line), id=f"{path.stem}-{number}")
    for path in sorted(CORPUS.glob("*.jsonl"))
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
]


@pytest.mark.parametrize("case", CASES)
def test_every_method_is_read(case):
    read = read_received_spf if case.get("field") == "Received-SPF" else read_results
    got = read(case["value"])
    assert got.authserv_id == case["authserv_id"]
    assert [[one.method, one.result, one.reason, one.properties] for one in got.results] == case["results"]


blank = st.sampled_from(["", " ", " (why) ", " (a (nested) one; with = signs) ", "\t"])
gap = st.sampled_from([" ", "  ", " (why) ", " (x=1; y=2) "])
word = st.from_regex(r"[a-z][a-z0-9]{0,7}", fullmatch=True)
host = st.builds("{}.{}.example".format, word, word)
method = st.sampled_from(["spf", "dkim", "dmarc", "arc", "iprev", "auth", "x-own"])
outcome = st.sampled_from(["pass", "fail", "none", "neutral", "softfail", "temperror", "permerror", "policy"])
ptype = st.sampled_from(["smtp", "header", "body", "policy"])
plain = st.from_regex(r"[A-Za-z0-9@][A-Za-z0-9.@+_-]{0,12}[A-Za-z0-9]", fullmatch=True)
quoted = st.from_regex(r"[A-Za-z0-9;= ()+/@][A-Za-z0-9;= ()+/@.-]{0,14}", fullmatch=True)


@st.composite
def fields(draw):
    """A field of RFC 8601 2.2 and what it says."""
    authserv = draw(host)
    text = authserv + draw(st.sampled_from(["", " 1", " (checked) 1"]))
    said = []
    for _ in range(draw(st.integers(0, 4))):
        name, result = draw(method), draw(outcome)
        version = draw(st.sampled_from(["", "/1", f"{draw(blank)}/{draw(blank)}1"]))
        text += f"{draw(blank)};{draw(blank)}{name}{version}{draw(blank)}={draw(blank)}{result}"
        reason = draw(st.none() | quoted)
        if reason is not None:
            text += f'{draw(gap)}reason{draw(blank)}={draw(blank)}"{reason}"'
        properties = {}
        for kind, prop in draw(st.lists(st.tuples(ptype, word), max_size=3, unique=True)):
            value = draw(plain)
            text += f"{draw(gap)}{kind}{draw(blank)}.{draw(blank)}{prop}{draw(blank)}={draw(blank)}"
            text += draw(st.sampled_from([value, f'"{value}"']))
            properties[f"{kind}.{prop}"] = value
        said.append((name, result, reason, properties))
    return text if said else f"{text}; none", authserv, said


@settings(max_examples=200, deadline=None)
@given(fields())
def test_a_field_made_from_the_grammar_is_read_back(made):
    text, authserv, said = made
    got = read_results(text)
    assert got.authserv_id == authserv
    assert [(one.method, one.result, one.properties) for one in got.results] == [
        (name, result, properties) for name, result, _, properties in said
    ]
    for one, (_, _, reason, _) in zip(got.results, said, strict=True):
        assert reason is None or (one.reason or "").startswith(reason)


@pytest.mark.parametrize(
    ("value", "domain", "ip"),
    [
        ("spf=pass (sender IP is 192.0.2.4) smtp.mailfrom=a.example", "a.example", "192.0.2.4"),
        ("spf=pass smtp.mfrom=x@a.example", "a.example", None),
        ("spf=pass smtp.mailfrom= smtp.helo=out.a.example", "out.a.example", None),
        ("spf=pass (b.example: domain of x@a.example designates 192.0.2.4 as …)", "a.example", "192.0.2.4"),
        ("spf=softfail (domain of transitioning a.example …: 2001:db8::4)", "a.example", "2001:db8::4"),
        ("spf=pass client-ip=192.0.2.9; envelope-from=x@a.example", "a.example", "192.0.2.9"),
    ],
)  # fmt: skip
def test_what_spf_looked_at(value, domain, ip):
    (result,) = read_results(value).results
    assert (spf_domain(result), client_ip(result)) == (domain, ip)


@pytest.mark.parametrize(
    ("value", "domain", "bits"),
    [
        ("dkim=pass (1024-bit key; unprotected) header.i=@news.a.example", "news.a.example", 1024),
        ("dkim=pass (Good 2048 bit rsa-sha256 signature) header.d=a.example", "a.example", 2048),
        ("dkim=pass (256-bit key) header.d=a.example header.a=ed25519-sha256", "a.example", None),
        ("dkim=pass x-bits=4096", "only.example", 4096),
        ("dkim=none (message not signed) header.d=none", None, None),
        ("dkim=fail (0-bit key)", "only.example", None),
    ],
)
def test_who_signed_and_with_what_key(value, domain, bits):
    (result,) = read_results(value).results
    assert (signer(result, "only.example"), key_bits(result)) == (domain, bits)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("dmarc=fail (p=REJECT sp=NONE dis=NONE)", "reject"),
        ("dmarc=fail (policy=quarantine)", "quarantine"),
        ("dmarc=fail policy.dmarc=none", "none"),
        ("dmarc=fail policy.published-domain-policy=reject (p=reject,d=none)", "reject"),
        ("dmarc=fail (sp=reject)", None),
        ("dmarc=fail", None),
    ],
)
def test_dmarc_policy(value, wanted):
    (result,) = read_results(value).results
    assert policy(result) == wanted


def test_dkim_failures_name_their_cause():
    from analyzer.trace import trace

    def detail(said):
        top = b"Received: from a (a.example [192.0.2.1]) by mx.b.example (Postfix) with ESMTPS id 4; Mon, 1 Jan 2024 10:00:00 +0000\n"  # noqa: E501
        raw = f"Authentication-Results: mx.b.example; {said}\n".encode() + top + b"From: x@a.example\n\n"
        return next(found.detail for found in trace(raw).findings if found.id.startswith("dkim-"))

    assert "The body was changed" in detail("dkim=fail (body hash did not verify) header.d=a.example")
    assert "The body was changed" in detail("dkim=neutral (body hash did not verify) header.d=a.example")
    assert "no key" in detail("dkim=permerror (no key for signature) header.d=a.example")
    assert "field changed" in detail('dkim=fail reason="signature verification failed" header.d=a.example')
    assert "too short" in detail(
        'dkim=policy reason="signing key too small" (512-bit key) header.d=a.example'
    )
