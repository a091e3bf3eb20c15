"""Write a Postfix log as a busy outbound server would: seeded, so the same arguments give the same bytes.

Interleaved queue ids, several recipients, deferrals with growing intervals, expiry, greeting blocks, own bounces,
delay warnings, a content filter that hands mail back, aliases, reused ids, a missing head, mail still queued at
the end, verify probes, refusals at the door, several MX in one run, other programs' lines. Every address is an
example one (RFC 2606, RFC 5737). `--truth` writes what became of each recipient, one JSON object a line.

    python bench/generate_postfix_log.py --lines 1000000 --output big.log
"""

# ruff: noqa: E501

from __future__ import annotations

import argparse
import csv
import hashlib
import heapq
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

HOST = "mx1"
DOMAIN = "mx1.example.org"
CLIENT = "app01.example.org[192.0.2.30]"
LIFETIME = 86_400
BACKOFF = (300, 600, 1200, 2400, 4000)
BASE52 = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"
SENDERS = ("news@example.org", "billing@example.org", "alerts@shop.example", "anna.berg@example.org")
NAMES = ("anna", "ben", "carla", "dmitri", "eva", "farid", "greta", "hugo", "ines", "jonas", "kaya", "leo")


class Reply(NamedTuple):
    """What a server answers: weight, status, dsn, text; `{to}`, `{id}` and `{host}` are filled in."""

    weight: int
    status: str
    dsn: str
    text: str
    at: str | None = None  # the command that the reply is to; None where the text stands alone


PROVIDERS: dict[str, list[Reply]] = {}
for _row in csv.DictReader(
    Path(__file__).with_name("postfix_replies.tsv").read_text(encoding="utf-8").splitlines(),
    delimiter="\t",
    quoting=csv.QUOTE_NONE,
):
    PROVIDERS.setdefault(_row["domain"], []).append(
        Reply(int(_row["weight"]), _row["status"], _row["dsn"], _row["text"], _row["in reply to"] or None)
    )
WEIGHTS = (30, 15, 20, 25, 8, 2, 2, 1, 2, 1)
NO_RELAY = ("connect to", "Host or domain", "Domain ", "Server certificate")


class Log:
    """The lines of all messages, put in time order by a heap."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.random = random.Random(options.seed)
        self.options = options
        self.start = datetime.fromisoformat(options.start).replace(tzinfo=UTC).timestamp()
        self.heap: list[tuple[float, int, str, str]] = []
        self.order = 0
        self.free: list[tuple[float, str]] = []
        self.truth: list[dict[str, Any]] = []
        self.pid = 4000

    def say(self, at: float, tag: str, text: str) -> None:
        self.order += 1
        heapq.heappush(self.heap, (at, self.order, tag, text))

    def until(self, now: float) -> Iterator[str]:
        while self.heap and self.heap[0][0] <= now:
            at, order, tag, text = heapq.heappop(self.heap)
            moment = datetime.fromtimestamp(at, UTC) + timedelta(hours=self.options.ahead)
            if self.options.stamps == "bsd":
                stamp = f"{moment:%b} {moment.day:2d} {moment:%H:%M:%S}"
            else:
                stamp = f"{moment:%Y-%m-%dT%H:%M:%S.%f}{self.options.ahead:+03d}:00"
            yield f"{stamp} {HOST} {tag}[{self.pid + order % 97}]: {text}\n"

    def new_id(self, at: float) -> str:
        inode = self.random.randrange(0x28000, 0x2FFFF)
        micro = int(at * 1_000_000) % 1_000_000
        if self.options.long_ids:
            return f"{_base52(int(at), 6)}{_base52(micro, 4)}z{_base52(inode, 4)}"
        if self.free and self.free[0][0] < at - 60 and self.random.random() < 0.02:
            return heapq.heappop(self.free)[1]
        return f"{micro:05X}{inode:X}"

    def message(self, at: float) -> None:
        pick = self.random.random()
        if pick < 0.06:
            self.noise(at)
        elif pick < 0.07:
            self.probe(at)
        else:
            self.mail(at)

    def noise(self, at: float) -> None:
        ip = f"203.0.113.{self.random.randrange(1, 255)}"
        kind = self.random.randrange(4)
        if kind == 0:
            self.say(
                at,
                "postfix/smtpd",
                f"NOQUEUE: reject: RCPT from unknown[{ip}]: 554 5.7.1 <spam@example.com>: Relay access denied; from=<a@example.net> to=<spam@example.com> proto=ESMTP helo=<[{ip}]>",
            )
        elif kind == 1:
            self.say(
                at,
                "dovecot",
                f"imap-login: Login: user=<{self.random.choice(NAMES)}>, method=PLAIN, rip={ip}, TLS",
            )
        elif kind == 2:
            self.say(
                at, "postfix/anvil", f"statistics: max connection rate 3/60s for (smtp:{ip}) at {int(at)}"
            )
        else:
            self.say(
                at, "postfix/smtpd", f"warning: hostname host.example.net does not resolve to address {ip}"
            )

    def probe(self, at: float) -> None:
        queue_id = self.new_id(at)
        to = self.address("firma.example")
        self.say(at, "postfix/cleanup", f"{queue_id}: message-id=<{_stamp(at)}.{queue_id}@{DOMAIN}>")
        self.say(
            at + 0.01,
            "postfix/qmgr",
            f"{queue_id}: from=<double-bounce@{DOMAIN}>, size=250, nrcpt=1 (queue active)",
        )
        self.say(
            at + 0.3,
            "postfix/smtp",
            f"{queue_id}: to=<{to}>, relay=mx.firma.example[198.51.100.4]:25, delay=0.3, delays=0/0/0.2/0.1, dsn=2.1.5, status=deliverable (250 2.1.5 Ok)",
        )
        self.say(at + 0.31, "postfix/qmgr", f"{queue_id}: removed")

    def address(self, domain: str) -> str:
        return f"{self.random.choice(NAMES)}.{self.random.randrange(10_000)}@{domain}"

    def mail(self, at: float) -> None:
        """A message that comes by SMTP, perhaps through the content filter, and its recipients' fates."""
        queue_id = first = self.new_id(at)
        sender = self.random.choice(SENDERS)
        message_id = hashlib.blake2b(f"{at}{queue_id}".encode(), digest_size=10).hexdigest() + "@example.org"
        count = 1 if self.random.random() < 0.85 else self.random.randrange(2, 7)
        domains = self.random.choices(list(PROVIDERS), WEIGHTS, k=count)
        recipients = [self.address(domain) for domain in domains]
        submission = "postfix/submission/smtpd" if self.random.random() < 0.2 else "postfix/smtpd"
        self.say(at, submission, f"connect from {CLIENT}")
        self.say(at + 0.01, submission, f"{queue_id}: client={CLIENT}")
        self.say(at + 0.02, "postfix/cleanup", f"{queue_id}: message-id=<{message_id}>")
        self.say(
            at + 0.04,
            submission,
            f"disconnect from {CLIENT} ehlo=1 mail=1 rcpt={count} data=1 quit=1 commands={4 + count}",
        )
        self.active(at + 0.05, queue_id, sender, count)
        if self.random.random() < 0.1:
            at, queue_id = self.filtered(at + 0.1, queue_id, sender, recipients, message_id)
        self.fates(at + 0.1, queue_id, first, sender, recipients)

    def filtered(
        self, at: float, queue_id: str, sender: str, recipients: list[str], message_id: str
    ) -> tuple[float, str]:
        back = self.new_id(at + 0.5)
        self.say(at + 0.5, "postfix/amavis-back/smtpd", f"{back}: client=localhost[127.0.0.1]")
        self.say(at + 0.51, "postfix/cleanup", f"{back}: message-id=<{message_id}>")
        self.active(at + 0.52, back, sender, len(recipients))
        for to in recipients:
            self.say(
                at + 0.55,
                "postfix/amavis/smtp",
                f"{queue_id}: to=<{to}>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.6, delays=0.1/0/0/0.5, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as {back})",
            )
        self.removed(at + 0.56, queue_id)
        return at + 0.6, back

    def active(self, at: float, queue_id: str, sender: str, count: int) -> None:
        self.say(
            at,
            "postfix/qmgr",
            f"{queue_id}: from=<{sender}>, size={800 + count * 173}, nrcpt={count} (queue active)",
        )

    def removed(self, at: float, queue_id: str) -> None:
        self.say(at, "postfix/qmgr", f"{queue_id}: removed")
        if not self.options.long_ids and len(self.free) < 1000:
            heapq.heappush(self.free, (at, queue_id))

    def fates(self, at: float, queue_id: str, first: str, sender: str, recipients: list[str]) -> None:
        """Runs until nobody waits: deliver, defer with growing pauses, bounce what failed, expire."""
        arrived, waiting, tries = at, list(recipients), dict.fromkeys(recipients, 0)
        truth = {
            to: {"queue_id": first, "recipient": to, "sender": sender, "outcome": "deferred"}
            for to in recipients
        }
        now, runs = at, 0
        while waiting and now <= self.options.end:
            failed, left = [], []
            for to in waiting:
                tries[to] += 1
                now += self.random.uniform(0.05, 0.4)
                reply = self.reply(to, retry=runs > 0)
                self.delivery(now, queue_id, to, reply, now - arrived)
                if now <= self.options.end:
                    truth[to] |= {
                        "outcome": {"sent": "delivered"}.get(reply.status, reply.status),
                        "tries": tries[to],
                    }
                if reply.status == "deferred":
                    left.append(to)
                elif reply.status == "bounced":
                    failed.append(to)
            waiting, runs = left, runs + 1
            expired = bool(waiting) and now - arrived > LIFETIME
            if expired:
                self.say(
                    now + 0.01,
                    "postfix/qmgr",
                    f"{queue_id}: from=<{sender}>, status=expired, returned to sender",
                )
                if now + 0.01 <= self.options.end:
                    for to in waiting:
                        truth[to]["outcome"] = "expired"
                failed, waiting = failed + waiting, []
            if failed:
                self.bounce(now + 0.02, queue_id, sender, "sender non-delivery notification")
            if not waiting:
                break
            pause = BACKOFF[min(runs - 1, len(BACKOFF) - 1)]
            if runs == 4:
                self.bounce(now + 0.02, queue_id, sender, "sender delay notification")
            now += pause + self.random.uniform(0, 60)
            self.active(now, queue_id, sender, len(recipients))
        self.removed(now + 0.1, queue_id)
        self.truth += [row for row in truth.values() if "tries" in row]

    def reply(self, to: str, *, retry: bool) -> Reply:
        replies = PROVIDERS[to.rpartition("@")[2]]
        if retry and self.random.random() < 0.5:
            return replies[0]
        return self.random.choices(replies, [reply.weight for reply in replies])[0]

    def delivery(self, at: float, queue_id: str, to: str, reply: Reply, age: float) -> None:
        domain = to.rpartition("@")[2]
        number = list(PROVIDERS).index(domain)
        host = f"mx.{domain}[198.51.100.{number + 1}]"
        word = f"{self.random.getrandbits(48):012x}"
        text = reply.text.format(to=to, id=word, host=host)
        if reply.at:
            text = f"host {host} said: {text} (in reply to {reply.at})"
        elif reply.text.startswith("421 "):
            text = f"host {host} refused to talk to me: {text}"
        relay = "none" if text.startswith(NO_RELAY) else f"{host}:25"
        if relay != "none" and self.random.random() < 0.6:
            self.say(
                at - 0.03,
                "postfix/smtp",
                f"Trusted TLS connection established to {host}:25: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
            )
        if reply.status == "deferred" and reply.at == "RCPT TO command" and self.random.random() < 0.3:
            other = f"mx2.{domain}[198.51.100.{number + 101}]"
            self.say(
                at - 0.02,
                "postfix/smtp",
                f"{queue_id}: host {other} said: 450 4.3.2 try the other one (in reply to RCPT TO command)",
            )
        self.say(
            at,
            "postfix/smtp",
            f"{queue_id}: to=<{to}>, relay={relay}, delay={age:.2g}, delays={age:.2g}/0.01/0.2/0.1, dsn={reply.dsn}, status={reply.status} ({text})",
        )

    def bounce(self, at: float, queue_id: str, sender: str, kind: str) -> None:
        """The notice to the sender: a message of its own with the null reverse-path."""
        notice = self.new_id(at)
        self.say(at, "postfix/cleanup", f"{notice}: message-id=<{_stamp(at)}.{notice}@{DOMAIN}>")
        self.say(at + self.random.choice((-0.001, 0.003)), "postfix/bounce", f"{queue_id}: {kind}: {notice}")
        self.say(at + 0.001, "postfix/qmgr", f"{notice}: from=<>, size=3120, nrcpt=1 (queue active)")
        self.say(
            at + 0.05,
            "postfix/local",
            f"{notice}: to=<{sender}>, relay=local, delay=0.05, delays=0.01/0/0/0.04, dsn=2.0.0, status=sent (delivered to maildir)",
        )
        self.say(at + 0.06, "postfix/qmgr", f"{notice}: removed")
        if at + 0.05 <= self.options.end:
            self.truth.append(
                {"queue_id": notice, "recipient": sender, "sender": "", "outcome": "delivered", "tries": 1}
            )


def _base52(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, rest = divmod(number, 52)
        digits = BASE52[rest] + digits
    return digits


def _stamp(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y%m%d%H%M%S}"


def generate(options: argparse.Namespace) -> tuple[Iterator[str], list[dict[str, Any]]]:
    """The lines, some more or fewer than asked, and the list that the truth is appended to on the way."""
    # A message takes about 12 lines all in all; the mail comes over three days.
    messages = max(1, options.lines // 14)
    log = Log(options)
    options.end = log.start + 3 * 86_400

    def lines() -> Iterator[str]:
        yield from _headless(log)
        for number in range(messages):
            at = log.start + 10 + number * (3 * 86_400 - 20) / messages
            yield from log.until(at)
            log.message(at + log.random.uniform(0, 0.5))
        yield from log.until(options.end)

    return lines(), log.truth


def _headless(log: Log) -> Iterator[str]:
    """A message that came before the log begins: only its last run is seen."""
    queue_id = log.new_id(log.start)
    log.delivery(log.start + 1, queue_id, "early.bird@firma.example", PROVIDERS["firma.example"][0], 5000.0)
    log.say(log.start + 1.1, "postfix/qmgr", f"{queue_id}: removed")
    log.truth.append(
        {
            "queue_id": queue_id,
            "recipient": "early.bird@firma.example",
            "sender": None,
            "outcome": "delivered",
            "tries": 1,
        }
    )
    yield from ()


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=3000, help="about how many (default: 3000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", default="2026-11-18T00:00:00", help="first second, UTC")
    parser.add_argument("--ahead", type=int, default=0, help="hours that the log's clock is ahead of UTC")
    parser.add_argument("--stamps", choices=("bsd", "rfc3339"), default="bsd")
    parser.add_argument("--long-ids", action="store_true")
    parser.add_argument("--output", type=Path, help="default: stdout")
    parser.add_argument("--truth", type=Path)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    options = arguments(argv)
    lines, truth = generate(options)
    if options.output:
        with options.output.open("w", encoding="utf-8", newline="\n") as stream:
            stream.writelines(lines)
    else:
        sys.stdout.writelines(lines)
    if options.truth:
        with options.truth.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in truth)


if __name__ == "__main__":
    main()
