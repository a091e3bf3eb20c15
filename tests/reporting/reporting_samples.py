"""Attempts and traces made for the reports' tests: example domains, seeded, one of everything."""

import random
from datetime import UTC, datetime, timedelta

from analyzer.model import (
    Alignment,
    ArcSet,
    Attempt,
    AuthenticationResults,
    DkimSignature,
    Evidence,
    Finding,
    Hop,
    MethodResult,
    Problem,
    SpamVerdict,
    Tls,
    Trace,
)
from analyzer.store import Store

START = datetime(2026, 11, 2, 6, tzinfo=UTC)
GENERATED = datetime(2026, 11, 21, 21, tzinfo=UTC)
KINDS = [
    # weight, classification, reason, permanence, suppress, advice, code, text
    (
        30,
        "Invalid Address",
        "user-unknown",
        "permanent",
        True,
        "suppress",
        550,
        "550 5.1.1 <{to}>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    (
        6,
        "Invalid Address",
        "domain-not-found",
        "permanent",
        True,
        "suppress",
        550,
        "550 5.4.4 Host or domain name not found. Name service error for name={domain} type=AAAA",
    ),
    (
        18,
        "Mailbox Unavailable",
        "mailbox-full",
        "transient",
        False,
        "retry",
        452,
        "452 4.2.2 <{to}> The recipient's inbox is out of storage space. Session {id}",
    ),
    (
        14,
        "Reputation",
        "blocklisted",
        "permanent",
        False,
        "repair-reputation",
        554,
        "554 5.7.1 Service unavailable; Client host [192.0.2.{n}] blocked using bl.example.org",
    ),
    (
        16,
        "Frequency/Volume",
        "rate-limited",
        "transient",
        False,
        "slow-down",
        421,
        "421 4.7.0 {host} Too many messages from 192.0.2.{n}, slow down, try again in {n}00 seconds",
    ),
    (
        9,
        "Content",
        "spam-content",
        "permanent",
        False,
        "fix-content",
        550,
        "550 5.7.1 Message {id} looks like spam, see https://support.example.com/help?p=Spam",
    ),
    (
        17,
        "Technical",
        "timeout",
        "transient",
        False,
        "retry",
        None,
        "conversation with {host}[198.51.100.{n}] timed out while receiving the initial server greeting",
    ),
    (
        7,
        "Technical",
        "greylisted",
        "transient",
        False,
        "retry",
        451,
        "451 4.7.1 Greylisted, please try again in {n} seconds",
    ),
    (
        8,
        "Unclassified",
        "no-reason",
        "permanent",
        False,
        "review",
        550,
        "550 Rejected by local policy ({id})",
    ),
    (3, "Unclassified", "no-reason", "permanent", False, "review", 554, "554 Transaction failed"),
]
DOMAINS = [
    ("example.net", "mx1.example.net"),
    ("example.com", "mx.mail.example.com"),
    ("shop.example.org", "mx2.example.org"),
    ("kunde.example", None),
    ("voegel.example", "mail.voegel.example"),
    ("a.example", "gate.relay.example"),
]


def attempts(count=2_000, *, days=14, seed=7):
    """Make attempts over some weeks: two thirds delivered, the rest failed for all kinds of reasons."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        domain, host = dice.choices(DOMAINS, weights=(9, 6, 4, 3, 2, 1))[0]
        to = f"reader{number}@{domain}"
        when = START + timedelta(days=days * number / count, seconds=dice.randrange(3_000))
        known = {
            "source": "mail.log",
            "position": number + 1,
            "format": "postfix",
            "tries": 1,
            "timestamp": when,
            "recipient": to,
            "sender": "news@shop.example",
            "reporting_mta": "mx.shop.example",
            "remote_mta": host,
        }
        if dice.random() < 0.66:
            made.append(Attempt(action="delivered", outcome="delivered", diagnostic="250 2.0.0 OK", **known))
            continue
        kind = dice.choices(KINDS, weights=[entry[0] for entry in KINDS])[0]
        _, classification, reason, permanence, suppress, advice, code, text = kind
        if reason == "domain-not-found":
            known["remote_mta"] = None
        permanent = permanence == "permanent"
        made.append(
            Attempt(
                action="failed" if permanent else "delayed",
                outcome="bounced" if permanent else dice.choice(["deferred", "expired"]),
                reply_code=code,
                diagnostic=text.format(
                    to=to,
                    domain=domain,
                    host=host or domain,
                    n=dice.randrange(1, 90),
                    id=f"{dice.getrandbits(64):016X}",
                ),
                classification=classification,
                reason=reason,
                permanence=permanence,
                suppress=suppress,
                rule=f"{classification.lower().replace(' ', '-').replace('/', '-')}/{reason}"
                if classification != "Unclassified"
                else None,
                evidence=text[:20],
                advice=advice,
                **known,
            )
        )
    return made


def at(seconds):
    """Say a time so many seconds after ten o'clock."""
    return datetime(2026, 11, 21, 10, tzinfo=UTC) + timedelta(seconds=seconds)


def trace(**fields):
    """Make a trace with one of everything: a slow hop, a skewed one, an undated one."""
    known = {
        "source": "mail.eml",
        "position": 1,
        "message_id": "17.4@shop.example",
        "subject": "Your order of 21 November",
        "from_": "Shop <news@shop.example>",
        "to": "Eva <eva@example.net>",
        "date": at(-2),
        "return_path": "bounces@shop.example",
        "total_seconds": 1_930,
        "hops": [
            Hop(
                index=1,
                from_name="app01.shop.example",
                from_ip="192.0.2.10",
                by="mail.shop.example",
                with_="ESMTPSA",
                tls=Tls(version="TLSv1.3", cipher="TLS_AES_256_GCM_SHA384"),
                id="4X1",
                for_="eva@example.net",
                authenticated="news",
                timestamp=at(0),
                utc_offset="+01:00",
                trusted=False,
                raw="from app01.shop.example ([192.0.2.10]) by mail.shop.example with ESMTPSA id 4X1",
            ),
            Hop(
                index=2,
                from_name="mail.shop.example",
                from_host="mail.shop.example",
                from_ip="192.0.2.25",
                by="out-relay-07.transit.example.org",
                with_="ESMTPS",
                tls=Tls(version="TLSv1.2"),
                timestamp=at(4),
                utc_offset="+00:00",
                delay_seconds=4,
                trusted=False,
                raw="from mail.shop.example by out-relay-07",
            ),
            Hop(
                index=3,
                from_name="out-relay-07.transit.example.org",
                by="filter.example.net",
                with_="ESMTP",
                timestamp=at(1_844),
                delay_seconds=1_840,
                trusted=True,
                notes=["held for 30 minutes"],
                unread="(some leftover)",
                raw="from out-relay-07.transit.example.org by filter.example.net",
            ),
            Hop(
                index=4,
                from_name="filter.example.net",
                by="scan.example.net",
                with_="LMTP",
                trusted=True,
                raw="from filter.example.net by scan.example.net with LMTP",
            ),
            Hop(
                index=5,
                from_name="scan.example.net",
                by="mx.example.net",
                with_="ESMTPS",
                timestamp=at(1_729),
                delay_seconds=-115,
                trusted=True,
                tls=Tls(),
                raw="from scan.example.net by mx.example.net",
            ),
            Hop(
                index=6,
                from_name="mx.example.net",
                by="store.example.net",
                with_="LMTP",
                timestamp=at(1_930),
                delay_seconds=201,
                trusted=True,
                raw="from mx.example.net by store.example.net with LMTP",
            ),
        ],
        "authentication": [
            AuthenticationResults(
                authserv_id="mx.example.net",
                trusted=True,
                raw="mx.example.net; spf=pass …",
                results=[
                    MethodResult(
                        method="spf", result="pass", properties={"smtp.mailfrom": "bounces@shop.example"}
                    ),
                    MethodResult(
                        method="dkim",
                        result="fail",
                        reason="body hash did not verify",
                        properties={"header.d": "shop.example", "header.s": "s1"},
                    ),
                    MethodResult(method="dmarc", result="pass", properties={"header.from": "shop.example"}),
                ],
            ),
        ],
        "dkim_signatures": [
            DkimSignature(domain="shop.example", selector="s1", algorithm="rsa-sha256", timestamp=at(-1))
        ],
        "arc": [
            ArcSet(
                instance=1,
                cv="none",
                domain="transit.example.org",
                results=[MethodResult(method="spf", result="pass")],
            )
        ],
        "alignment": Alignment(from_domain="shop.example", spf="strict", dkim="none", dmarc="pass"),
        "spam_verdicts": [
            SpamVerdict(
                vendor="Rspamd",
                field="X-Spamd-Result",
                verdict="not spam",
                score=1.2,
                decoded={"MANY_RECIPIENTS": "1.0"},
                raw="default: False [1.20 / 15.00]",
            )
        ],
        "placement": "inbox",
        "findings": [
            Finding(
                id="slow-hop",
                severity="problem",
                title="filter.example.net held the message for 30 min 40 s",
                detail="Nearly all of the time was lost between the transit relay and the receiver's filter.",
                evidence=[
                    Evidence(field="Received", text="from out-relay-07 … Sat, 21 Nov 2026 10:30:44 +0000")
                ],
                advice="Ask the receiver whether the filter defers unknown senders.",
            ),
            Finding(
                id="clock-skew",
                severity="warning",
                title="The clock of scan.example.net or mx.example.net is off",
                detail="A later hop wrote a time 115 s before an earlier one.",
            ),
            Finding(id="tls-everywhere", severity="note", title="Public hops used TLS", detail="Two of two."),
        ],
        "problems": [
            Problem(
                id="cut-field",
                message="The field ends in the middle of a date.",
                source="mail.eml",
                position=1,
                place="field Received 2",
            )
        ],
    }
    return Trace(**(known | fields))


def filled(store: Store) -> Store:
    """Fill a store with one of everything."""
    store.add_attempts(attempts())
    store.add_attempts(
        [Attempt(source="fbl.eml", position=1, format="arf", action="complaint", recipient="a@example.net")]
    )
    store.add_trace(trace())
    store.add_trace(
        trace(
            subject=None,
            findings=[],
            hops=[],
            authentication=[],
            total_seconds=None,
            spam_verdicts=[],
            arc=[],
        )
    )
    store.add_problem(
        Problem(
            id="truncated",
            message="The mail ends inside its delivery report.",
            source="bounces.mbox",
            position=17,
            place="part 1.2",
        )
    )
    return store
