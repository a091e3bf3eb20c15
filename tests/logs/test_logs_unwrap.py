"""What the SQL takes off a reply in bulk is what `analyzer.replies.unwrap` takes off one by one."""

from __future__ import annotations

import pytest
from logs_helpers import read

from analyzer.replies import unwrap

HOST = "mx.example.net[192.0.2.7]"
POSTFIX = [
    f"host {HOST} said: 550 5.1.1 No such user (in reply to RCPT TO command)",
    f"host {HOST} said: 550-5.1.1 No such user (a(b) 550 5.1.1 see there) (in reply to end of DATA command)",
    f"host {HOST} refused to talk to me: 554 Blocked (see http://example.net/)",
    f"delivery temporarily suspended: host {HOST} said: 421 4.7.0 slow (in reply to MAIL FROM command)",
    f"connect to {HOST}:25: Connection timed out",
    f"lost connection with {HOST} while sending RCPT TO",
    f"conversation with {HOST} timed out while receiving the initial server greeting",
    "Host or domain name not found. Name service error for name=n.example type=MX: Host not found, try again",
    "Domain n.example does not accept mail (nullMX)",
]
EXIM = [
    "SMTP error from remote mail server after RCPT TO:<eva@example.net>: 550 5.1.1 No such user",
    "SMTP error from remote mail server after pipelined MAIL FROM:<a@example.org> SIZE=1: 421 4.7.0 slow",
    "SMTP error from remote mail server after end of data: 550 spam: no",
    "SMTP error from remote mail server after initial connection: 554 no",
    "SMTP timeout after end of data (605 bytes written): Connection timed out",
    "Remote host closed connection in response to pipelined RCPT TO:<eva@example.net>",
    "Connection refused",
]


@pytest.mark.parametrize("text", POSTFIX)
def test_postfix(text: str) -> None:
    line = (
        "Nov 21 10:00:07 mx1 postfix/smtp[1]: 9C4E12A0F1B: to=<eva@example.net>, relay=none, delay=1, "
        f"delays=0/0/1/0, dsn=4.0.0, status=deferred ({text})\n"
    )
    ((row,), _) = read(line.encode())
    expected = unwrap(text)
    assert row["diagnostic"] == expected.text
    assert row.get("stage") == expected.stage
    if expected.host:
        assert (row["remote_mta"], row["remote_ip"]) == (expected.host, expected.ip)


@pytest.mark.parametrize("text", EXIM)
def test_exim(text: str) -> None:
    line = (
        "2026-11-21 10:00:07 1xUgwy-000001-1J == eva@example.net R=dnslookup T=remote_smtp defer (-1) "
        f"H=mx.example.net [192.0.2.7]: {text}\n"
    )
    ((row,), _) = read(line.encode(), kind="exim")
    expected = unwrap(text)
    assert row["diagnostic"] == expected.text
    assert row.get("stage") == expected.stage
    assert (row["remote_mta"], row["remote_ip"]) == ("mx.example.net", "192.0.2.7")
