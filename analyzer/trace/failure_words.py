"""Failures of SPF, DKIM, DMARC and ARC in words; placeholders are `{domain}`, `{ip}` and `{policy}`."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.model.trace import Severity


class Words(NamedTuple):
    """One failure: how bad, what it means, what to do."""

    severity: Severity
    title: str
    detail: str
    advice: str


_SPF = "Publish every server that sends for the domain in its SPF record (RFC 7208)."
FAILURES: dict[tuple[str, str], Words] = {
    ("spf", "fail"): Words(
        "problem",
        "SPF failed: the sending server is not allowed",
        "The SPF record of {domain} does not list {ip}, and asks to refuse such mail.",
        _SPF + " If the message was forwarded, this is expected: DKIM has to carry it.",
    ),
    ("spf", "softfail"): Words(
        "warning",
        "SPF softfail: the sending server is probably not allowed",
        "The SPF record of {domain} does not list {ip}; it ends with ~all, which asks for suspicion only.",
        _SPF,
    ),
    ("spf", "neutral"): Words(
        "note",
        "SPF neutral: the record says nothing of this server",
        "The SPF record of {domain} neither allows nor forbids {ip}.",
        _SPF,
    ),
    ("spf", "none"): Words(
        "warning",
        "No SPF record",
        "{domain} publishes no SPF record, so nobody can tell which servers may send for it.",
        _SPF,
    ),
    ("spf", "temperror"): Words(
        "warning",
        "SPF could not be checked",
        "The DNS look-up of the SPF record of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("spf", "permerror"): Words(
        "problem",
        "The SPF record is faulty",
        "The SPF record of {domain} can't be evaluated: a syntax error, two records, or over 10 look-ups.",
        "Repair the record: one TXT record, at most 10 DNS look-ups (RFC 7208 4.6.4).",
    ),
    ("dkim", "fail"): Words(
        "problem",
        "A DKIM signature is broken",
        "The signature of {domain} does not verify: header or body changed in transit, or the key is wrong.",
        "Look for what changes messages after signing (footers, subject tags, re-encoding), then at the key.",
    ),
    ("dkim", "permerror"): Words(
        "problem",
        "A DKIM signature can't be verified",
        "The signature of {domain} or its key record is faulty, or the key is missing.",
        "Check the key record at SELECTOR._domainkey of the signing domain (RFC 6376 3.6).",
    ),
    ("dkim", "temperror"): Words(
        "warning",
        "DKIM could not be checked",
        "The DNS look-up of the key of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("dkim", "none"): Words(
        "warning",
        "The message is not signed",
        "There is no DKIM signature, so the message can't be told from a forgery once it is forwarded.",
        "Sign outgoing mail with DKIM, with the domain of From (RFC 6376).",
    ),
    ("dmarc", "fail"): Words(
        "problem",
        "DMARC failed",
        "Neither SPF nor DKIM passed for the domain of From, {domain}.{policy}",
        "Make SPF or DKIM pass with the domain that stands in From (RFC 7489 3.1).",
    ),
    ("dmarc", "permerror"): Words(
        "warning",
        "The DMARC record is faulty",
        "The DMARC record of {domain} can't be read.",
        "Repair the TXT record at _dmarc of the domain (RFC 7489 6.3).",
    ),
    ("dmarc", "temperror"): Words(
        "warning",
        "DMARC could not be checked",
        "The DNS look-up of the DMARC record of {domain} failed for the moment.",
        "Look at the domain's name servers; the next message may pass.",
    ),
    ("dmarc", "none"): Words(
        "note",
        "No DMARC policy",
        "{domain} publishes no DMARC record: receivers decide on their own what a failure means.",
        "Publish a DMARC record, at first with p=none and a report address.",
    ),
    ("arc", "fail"): Words(
        "warning",
        "The ARC chain is broken",
        "A server on the way changed the message without sealing it, or a seal does not verify.",
        "Earlier authentication results in this chain can't be believed (RFC 8617).",
    ),
}

# What verifiers write beside dkim=fail and its like, and what it means.
DKIM_CAUSES: tuple[tuple[str, str], ...] = (
    (
        "body hash",
        "The body was changed after {domain} had signed it: a footer, a re-encoding, a removed part.",
    ),
    ("no key", "The DNS has no key for the signature of {domain}: the selector is wrong or was removed."),
    ("key not", "The key for the signature of {domain} can't be had from the DNS."),
    ("weak key", "The key of {domain} is too short to be accepted."),
    ("too small", "The key of {domain} is too short to be accepted."),
    ("revoked", "{domain} has revoked the key of this signature."),
    ("expired", "The signature of {domain} had expired."),
    (
        "verif",
        "The signature of {domain} does not verify: a signed header field changed, or the key is wrong.",
    ),
)
