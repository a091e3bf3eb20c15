"""One Received field as a hop (RFC 5321 4.4), as the many servers write it."""

from __future__ import annotations

import re

from analyzer.model import Hop, Tls
from analyzer.trace.clauses import Clause, Clauses, split
from analyzer.trace.clients import Client, find_ip, host_name, is_remark, read_client
from analyzer.trace.security import read_authentication, read_tls

_ENVELOPE = re.compile(
    r"^\(?(?:envelope[- ](?:from|sender)|mailfrom(?=:))[ =:]*(?:<([^<>]*)>?|([^\s<>,)]*))", re.IGNORECASE
)
_LOCAL = re.compile(
    r"^from (?P<from>\S+)$|invoked (?:by|from|for) (?P<invoked>uid \d+|\w[\w ]*)$"
    r"|from userid (?P<userid>\d+)|^uid (?P<uid>\d+)$",
    re.IGNORECASE,
)
_LOCAL_WORDS = re.compile(r"uid|userid|invoked|^from ", re.IGNORECASE)
_EXIM = re.compile(r"\bExim\b|^MTA \d", re.IGNORECASE)
_EXIM_ID = re.compile(r"^\w{6}-\w{6,11}-\w{2,4}$")
_QMAIL_DATE = re.compile(r";\s*\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000\s*$")
_SERVER_IP = re.compile(r"\[[\d.]{7,15}\]$")
_CONVERTED = ["convert", "rfc822-to-8bit"]  # ZMailer
_SEARCHED = 4096
_MAX_UNREAD = 2000


def read_received(body: str, index: int = 1) -> Hop:
    """The hop that a Received field's unfolded body describes. Never raises."""
    clauses = split(body)
    hop = Hop(index=index, raw=body, notes=[])
    named = clauses.named
    comments = clauses.comments
    used: set[str] = set()

    hop.by = _by(named.get("by"))
    hop.via = _value(named.get("via"))
    hop.with_ = _protocol(named.get("with"))
    hop.id = _angle(named.get("id"))
    hop.for_ = _angle(named.get("for"))
    hop.tls, said = read_tls(comments, hop.with_, _value(named.get("tls")), over=_value(named.get("over")))
    used |= said
    hop.authenticated, said = read_authentication(comments, hop.with_)
    used |= said
    hop.envelope_from, said = _envelope_from(clauses, comments)
    used |= said

    origin = named.get("from") or _handed_over(clauses.head)
    left_words: list[str] = []
    if origin is not None:
        client = read_client(
            Clause("from", origin.words, [c for c in origin.comments if c not in used or "@" in c]),
            exim=_is_exim(clauses, hop.id),
            qmail=bool(_QMAIL_DATE.search(body)),
        )
        used.update(c for c in origin.comments if c not in client.left)
        if "from" not in named and client.ip:
            used.update(c for c in clauses.head.comments if c[:5].lower() == "from ")
        if client.ip is None and "by" in named:
            client.ip = next((ip for comment in clauses.strayed if (ip := find_ip(comment))), None)
        _take(hop, client)
        left_words = client.left_words
        if origin.words and (hop.with_ or "").lower().startswith("local") and not hop.from_ip:
            hop.notes.append(f"submitted on the host by {origin.words[0]}")
    if clauses.date:
        hop.timestamp = clauses.date.timestamp
        hop.utc_offset = clauses.date.utc_offset
        hop.notes.extend(clauses.date.notes)
    used |= _local(hop, comments)
    _repeated(hop, clauses)
    if left_words == ["pickup", "service"]:
        hop.notes.append("picked up from the host's mail folder")
        left_words = []
    hop.unread = _unread(clauses, used, left_words)
    return hop


def _handed_over(head: Clause) -> Clause | None:
    """Sendmail's `(from user@localhost)` before the by clause, read as a from clause."""
    for comment in head.comments:
        if comment[:5].lower() == "from ":
            words = comment[5:_SEARCHED].split()
            return Clause("from", words, [])
    return None


def _take(hop: Hop, client: Client) -> None:
    hop.from_name, hop.from_host, hop.from_ip = client.name, client.host, client.ip
    if client.user and hop.authenticated in (None, "yes"):
        hop.authenticated = client.user
    if not (client.name or client.host or client.ip) and hop.authenticated not in (None, "yes"):
        hop.from_name = hop.authenticated  # Courier names nothing else of mail submitted on the host
    hop.notes.extend(client.notes)


def _by(clause: Clause | None) -> str | None:
    if clause is None or not clause.words:
        return None
    if len(clause.words) > 1 and _SERVER_IP.match(clause.words[1]):
        del clause.words[1]
    if clause.words[1:2] == ["pod-id"]:  # Yahoo
        del clause.words[1:3]
    return host_name(clause.words[0])


def _value(clause: Clause | None) -> str | None:
    return (clause.text.rstrip(",") or None) if clause else None


def _protocol(clause: Clause | None) -> str | None:
    text = _value(clause)
    return text.strip("[] ") or None if text else None


def _angle(clause: Clause | None) -> str | None:
    """The first word without angle brackets: `<u@example.org>`, `u@example.org`."""
    if clause is None or not clause.words:
        return None
    text = clause.words[0].rstrip(",;")
    if text.startswith("<"):
        text = text.strip("<> ")
    return text or None


def _envelope_from(clauses: Clauses, comments: list[str]) -> tuple[str | None, set[str]]:
    for comment in comments:
        match = _ENVELOPE.match(comment)
        if match:
            return match[1] if match[1] is not None else match[2] or None, {comment}
    for keyword in ("envelope-from", "envelope-sender"):
        clause = clauses.named.get(keyword)
        if clause and clause.words:
            return clause.words[0].strip("<>,"), set()
    for clause in clauses.more:
        if clause.keyword == "from" and clause.words and clause.words[0].startswith("<"):
            return clause.words[0].strip("<>"), set()
    return None, set()


def _is_exim(clauses: Clauses, identifier: str | None) -> bool:
    if identifier and _EXIM_ID.match(identifier):
        return True
    return any(
        _EXIM.search(comment)
        for name in ("by", "with", "tls")
        if (c := clauses.named.get(name))
        for comment in c.comments
    )


def _local(hop: Hop, comments: list[str]) -> set[str]:
    """Notes of messages handed over on the host itself."""
    used: set[str] = set()
    for comment in comments:
        match = _LOCAL.search(comment[:1024]) if _LOCAL_WORDS.search(comment) else None
        if not match:
            continue
        used.add(comment)
        if match["from"]:
            hop.notes.append(f"submitted on the host by {match['from']}")
        elif match["userid"] or match["uid"]:
            hop.notes.append(f"submitted on the host by uid {match['userid'] or match['uid']}")
        elif match["invoked"] == "bounce":
            hop.notes.append("made on the host, as a bounce")
        elif match["invoked"] == "network":
            hop.notes.append("taken over from the network")
        else:
            hop.notes.append(f"handed over on the host by {match['invoked']}")
    return used


def _repeated(hop: Hop, clauses: Clauses) -> None:
    """Takes known second clauses out of `more`: `with ESMTP with STARTTLS`, `by scan by uid 1005`."""
    left: list[Clause] = []
    for clause in clauses.more:
        first = clause.words[0].lower() if clause.words else ""
        if clause.keyword == "with" and first == "starttls":
            hop.tls = hop.tls or Tls()
        elif clause.keyword == "by" and first == "uid" and len(clause.words) == 2:
            hop.notes.append(f"submitted on the host by uid {clause.words[1]}")
        elif not (clause.keyword == "from" and len(clause.words) == 1 and first.startswith("<")):
            left.append(clause)
    clauses.more = left


def _unread(clauses: Clauses, used: set[str], left_words: list[str]) -> str | None:
    """What no rule read. Comments of the by, with, id and for clauses name software and are no loss."""
    left = list(clauses.head.words)
    left.extend(f"({comment})" for comment in clauses.head.comments if comment not in used)
    left.extend(left_words)
    for name, clause in clauses.named.items():
        if name in ("by", "id", "for"):
            left.extend(clause.words[1:] if clause.words[1:] != _CONVERTED else [])
        elif name == "from":
            left.extend(f"({comment})" for comment in clause.comments if comment not in used)
    for clause in clauses.more:
        used |= {comment for comment in clause.comments if is_remark(comment)}
        left.extend(([clause.keyword] if clause.keyword else []) + clause.words)
        left.extend(f"({comment})" for comment in clause.comments if comment not in used)
    return " ".join(left)[:_MAX_UNREAD] or None
