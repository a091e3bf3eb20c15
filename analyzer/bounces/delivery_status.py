"""message/delivery-status (RFC 3464, RFC 6533), with the damage that it comes with.

Groups of fields should be apart by a blank line, the first group about the message, one more for each
recipient. What comes instead: no blank line, blank lines inside a group, per-recipient fields in the
first group, groups without a recipient, folded lines without the fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

import msgspec

from analyzer.bounces import address, decode, groups
from analyzer.bounces.dates import date
from analyzer.bounces.groups import Group
from analyzer.bounces.header import Names
from analyzer.bounces.refusal import Refusal
from analyzer.model import Action

_names = Names(re.compile(r"([A-Za-z][A-Za-z0-9_-]{1,60})[ \t]*"))
_MESSAGE_FIELDS = {
    "reporting-mta", "original-envelope-id", "dsn-gateway", "received-from-mta", "arrival-date",
    "x-postfix-queue-id", "x-postfix-sender", "reporting-ua", "x-queue-id",
    "x-original-message-id", "disposition",
}  # fmt: skip
_RECIPIENT_FIELDS = {
    "final-recipient", "original-recipient", "action", "status", "remote-mta", "diagnostic-code",
    "last-attempt-date", "final-log-id", "will-retry-until", "x-actual-recipient", "localized-message",
    "x-display-name", "x-supplementary-info",
}  # fmt: skip
_MISSPELT = {
    name.replace("-", between): name
    for name in ("final-recipient", "original-recipient", "remote-mta", "diagnostic-code", "reporting-mta")
    for between in ("", "_")
} | {"recipient": "final-recipient", "failed-recipient": "final-recipient"}
_LOST_BREAK = re.compile(
    r"[ \t]+(?=(?:(?:final|original)-recipient|action|status|remote-mta|diagnostic-code|"
    r"last-attempt-date)[ \t]*:)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^[ \t]{0,8}(?:>[ \t]?){1,8}", re.MULTILINE)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_HOST = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]*\s*;\s*)?<?([A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?)")
_IP = re.compile(r"(?<![\w.:])(\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w:])")
_OCTETS = re.compile(r"\d\.\d")
_TCP = re.compile(r"\(TCP\|[^|()]*\|\d+\|([^|()]+)\|\d+\)")  # Messaging Server: here, there
_ACTIONS: tuple[tuple[str, Action], ...] = (
    ("fail", "failed"),
    ("error", "failed"),
    ("expire", "failed"),
    ("bounce", "failed"),
    ("delay", "delayed"),
    ("defer", "delayed"),
    ("deliver", "delivered"),
    ("relay", "relayed"),
    ("expand", "expanded"),
)
_CUT_VALUE = re.compile(
    r"(?:^|\n)(?:final-recipient|original-recipient|action|status)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*\Z",
    re.IGNORECASE,
)
_REPLY_LINE = re.compile(r"[245]\d\d(?:[- ]|\Z)")
_OCTAL = re.compile(r"(?:\\[23][0-7]{2}){2,64}")
_EXIT_STATUS = re.compile(r"\s*x-unix\s*;\s*\d+\s*", re.IGNORECASE)  # of a program, no reply code
_MAX_FIELD = 16_384
_FEW = 5  # lines, of which it cannot be said how they are spaced
_EXPIRED = re.compile(r"\b[245]\.4\.7\b")


class Report(msgspec.Struct):
    """What one delivery-status says: of the message, and of each recipient."""

    message: Group
    recipients: list[Group]


def parse(text: str, *, cut: bool = False) -> Report:
    """The groups of a delivery-status, values unfolded; the lines of a reply stay apart.

    `cut` says that the text ends where the mail was cut: a value in its last line is not whole.
    """
    if cut:
        text = _CUT_VALUE.sub("", text)
    start = text.lstrip("\r\n")[:1]
    if start in (" ", "\t"):
        text = dedent(text)
    if start == ">":
        text = _QUOTED.sub("", text)
    report = _parse(text)
    first = report.recipients[0].get("final-recipient", "") if report.recipients else text
    if _LOST_BREAK.search(first):
        report = _parse(_LOST_BREAK.sub("\n", text))
    return report


def _parse(text: str) -> Report:
    message: Group = {}
    fields: list[list[str]] = []  # of recipients: name, value, a blank line before it or nothing
    blank = "\n"
    open_field: list[str] | None = None
    indent = ""  # of the last field, which has none in sound reports
    for line in _lines(text):
        bare = line.strip()
        if not bare:
            blank = "\n"
            if open_field is not None and not open_field[1].endswith(";"):
                open_field = None
            continue
        label, colon, value = bare.partition(":")
        before = line[: len(line) - len(line.lstrip())] if line[0] in " \t" else ""
        folded = bool(before) and open_field is not None and before != indent
        name = _names[label] if colon and not folded else ""
        name = _MISSPELT.get(name, name)
        of_recipient = name in _RECIPIENT_FIELDS
        known = of_recipient or name in _MESSAGE_FIELDS
        if not name or not (known or name.startswith("x-") or open_field is None):
            if open_field is not None and len(open_field[1]) < _MAX_FIELD:
                open_field[1] += ("\n" if _REPLY_LINE.match(bare) else " ") + bare
                if open_field[0] in message:
                    message[open_field[0]] = open_field[1]
            continue
        value, indent = value.lstrip(" \t"), before
        open_field = [name, value, blank]
        if of_recipient:
            fields.append(open_field)
            blank = ""
        elif name in message:
            open_field = None
        else:
            message[name] = value
    recipients = groups.grouped([groups.Field(name, value, bool(before)) for name, value, before in fields])
    for group in recipients if "=?" in text else ():
        for key in [key for key, value in group.items() if "=?" in value]:
            group[key] = decode.words(group[key])
    return Report(message, recipients)


def _lines(text: str) -> list[str]:
    """The lines of `text`, without the blank ones that some gateway put behind every line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    if (text.count("\n\n") + text.count("\n \n")) * 5 < len(lines):
        return lines
    runs: list[int] = []  # of blank lines, one between each two lines that say something
    kept: list[str] = []
    for line in lines:
        if line.strip():
            kept.append(line)
            runs.append(0)
        elif runs:
            runs[-1] += 1
    runs[-1:] = []
    spaced = [run for run in runs if run]
    if len(kept) < _FEW or len(spaced) * 4 < len(runs) * 3:
        return lines
    usual = min(spaced)
    return [one for line, run in zip(kept, [*runs, 0], strict=True) for one in (line, *[""] * (run - usual))]


def refusals(report: Report, *, unfinished: bool = False) -> list[Refusal]:
    """One refusal for each recipient of the report.

    Where it is `unfinished`, because the mail was cut, a last recipient of whom it does not yet say what
    was done is left out.
    """
    if unfinished and report.recipients and not report.recipients[-1].keys() & groups.DONE:
        report = Report(report.message, report.recipients[:-1])
    message = report.message
    if "disposition" in message and not any(group.keys() & groups.DONE for group in report.recipients):
        return []  # A read receipt (RFC 8098) under the wrong label.
    reporting = host(message.get("reporting-mta"))
    queue_id = message.get("x-postfix-queue-id") or message.get("x-queue-id")
    sender = message.get("x-postfix-sender")
    message_id = message.get("x-original-message-id", "").strip("<> \t") or None
    found = []
    for group in _one_each(report.recipients):
        final = address.typed(group.get("final-recipient", ""))
        actual = address.typed(group.get("x-actual-recipient", ""))
        original = address.original(group.get("original-recipient", ""))
        recipient = _best(final, actual, original)
        if actual and final and recipient == final and "@" in actual and final.lower() != actual.lower():
            # Sendmail's: Final-Recipient is the alias that was written, this what it led to.
            recipient, original = actual, original or final
        status = _STATUS.search(group.get("status", ""))
        code = status[0] if status else None
        remote = group.get("remote-mta")
        found.append(
            Refusal(
                recipient=recipient,
                original_recipient=original,
                diagnostic=_diagnostic(group.get("diagnostic-code")) or _remark(group.get("status", "")),
                status=code,
                action=_action(_action_word(group), code),
                remote_mta=host(remote),
                remote_ip=ip(remote),
                reporting_mta=reporting,
                timestamp=date(group.get("last-attempt-date")),
                expired=_expired(message, group, code),
                sender=(address.typed(sender) or "") if sender is not None else None,
                message_id=message_id,
                queue_id=queue_id,
                format="dsn",
            )
        )
    return found


def _one_each(recipients: list[Group]) -> Iterator[Group]:
    """Each group, and once more for each further address in its Final-Recipient."""
    for group in recipients:
        yield group
        final = group.get("final-recipient", "")
        for further in address.find_all(final)[1:] if final.count("@") > 1 else ():
            yield group | {"final-recipient": further, "original-recipient": ""}


def _best(final: str | None, actual: str | None, original: str | None) -> str | None:
    """The failing address: as Final-Recipient says unless only another field has a whole address."""
    for candidate in (final, actual, original):
        if candidate and "@" in candidate:
            return candidate
    return final or actual or original


def _diagnostic(value: str | None) -> str | None:
    if value is None or _EXIT_STATUS.fullmatch(value):
        return None
    text = groups.TYPE.sub("", value)
    if "\\" in text:
        text = _OCTAL.sub(_unescaped, text)
    return text.strip() or None


def _unescaped(match: re.Match[str]) -> str:
    """Bytes that Exim writes as octal numbers, where they are UTF-8."""
    try:
        return bytes(int(code, 8) for code in match[0][1:].split("\\")).decode()
    except UnicodeDecodeError:
        return match[0]


def _remark(status: str) -> str | None:
    """The reason that some write behind the status: `5.4.4 (Illegal host/domain name found)`."""
    code = _STATUS.search(status)
    text = status[code.end() :].strip(" \t-:;") if code else ""
    if text.startswith("("):
        text = text[1:].removesuffix(")").strip()
    return text if " " in text else None


def _expired(message: Group, group: Group, status: str | None) -> bool:
    """Whether time ran out: X.4.7 (RFC 3463), or Postfix, which writes 4.x.x for nothing else that failed."""
    if status is None:
        return _action_word(group) == "expired"
    return bool(_EXPIRED.fullmatch(status)) or (status[0] == "4" and "x-postfix-queue-id" in message)


def _action_word(group: Group) -> str:
    return group.get("action", "").strip().lower()


def _action(word: str, status: str | None) -> Action:
    for prefix, action in _ACTIONS:
        if word.startswith(prefix):
            return action
    # RFC 3464 2.3.3 wants one of five words; where there is none of them the status decides.
    if status and status[0] == "2":
        return "delivered"
    if status and status[0] == "4" and word in ("", "warning", "transient"):
        return "delayed"
    return "failed"


def host(value: str | None) -> str | None:
    """The host name of `dns; mx.example.net (192.0.2.1)`, lower-case; None where there is only an address."""
    if not value:
        return None
    match = _HOST.match(value.strip())
    if not match:
        return None
    name = match[1].rstrip(".").lower()
    if _IP.fullmatch(name) or name in ("unknown", "dns", "smtp"):
        return None
    return name


def ip(value: str | None) -> str | None:
    """The IP address in a field such as Remote-MTA."""
    if not value:
        return None
    ends = _TCP.search(value) if "(TCP|" in value else None
    match = _IP.search(ends[1] if ends else value) if ":" in value or _OCTETS.search(value) else None
    if not match:
        return None
    found = match[1].lower()
    if "." in found and ":" not in found:
        return found if all(int(octet) < 256 for octet in found.split(".")) else None
    return found if found.count(":") >= 2 and any(c != ":" for c in found) else None
