"""Delivery-status fields that stand in the human text: WorkMail's "Technical report", flattened DSNs.

Format: RFC 3464's fields in groups, `Final-Recipient` or `Original-Recipient` in each.

Not matched: a mail of a person that quotes such fields; a sign of a report must stand in the header.
"""

from __future__ import annotations

import re

from analyzer.bounces.dialects import evidence, outcome, shapes
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal
from analyzer.model import Action

NAME = "embedded"

_FIELD = re.compile(
    r"^[ \t>]{0,8}(Reporting-MTA|Final-Recipient|Original-Recipient|Action|Status|Remote-MTA|"
    r"Diagnostic-Code|Last-Attempt-Date)[ \t]*:[ \t]*(.*)$",
    re.IGNORECASE,
)
_TYPED = re.compile(r"^[A-Za-z][A-Za-z0-9-]{0,30}\s*;\s*")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ACTIONS: dict[str, Action] = {
    "failed": "failed",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "relayed",
    "expanded": "expanded",
}


def recognises(mail: Mail) -> bool:
    """By the field that names the recipient, in the text of a mail with a sign of a report."""
    if not evidence.could_be_report(mail) or "-recipient:" not in mail.text[:32_768].lower():
        return False
    # A tracker or a person writes about reports; so do lists.
    by_a_system = evidence.from_daemon(mail) or mail.raw_field(b"return-path") in (b"<>", b"<MAILER-DAEMON>")
    return by_a_system or mail.content_type == "multipart/report" or mail.has(b"x-failed-recipients")


def read(mail: Mail) -> list[Refusal]:
    """One refusal for each group of fields that names a recipient."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in shapes.lines(mail.text):
        match = _FIELD.match(line)
        group = groups[-1]
        if match:
            last = match[1].lower()
            if last in group and last in ("final-recipient", "original-recipient", "action"):
                groups.append({})
            groups[-1].setdefault(last, match[2].strip())
        elif not line.strip():
            last = ""
            if "final-recipient" in group and (
                "status" in group or "action" in group or "diagnostic-code" in group
            ):
                groups.append({})
        elif last and line[:1] in (" ", "\t"):
            group[last] = f"{group[last]}\n{line.strip()}"
    if not evidence.is_report(mail):
        # One field alone may be quoted by whoever writes about reports.
        groups = [group for group in groups if group.keys() & {"action", "status", "diagnostic-code"}]
    reporting = next((group["reporting-mta"] for group in groups if group.get("reporting-mta")), "")
    return [refusal for refusal in (_refusal(group, reporting) for group in groups) if refusal is not None]


def _refusal(group: dict[str, str], reporting: str) -> Refusal | None:
    final = shapes.address(group.get("final-recipient", ""))
    original = shapes.address(group.get("original-recipient", ""))
    if final is None and original is None:
        return None
    said = _TYPED.sub("", group.get("diagnostic-code", ""))
    status = _STATUS.match(group.get("status", ""))
    remote = _TYPED.sub("", group.get("remote-mta", "")).split(" ")[0]
    return Refusal(
        recipient=final or original,
        original_recipient=original if final else None,
        diagnostic=said or None,
        status=status[0] if status else None,
        action=_ACTIONS.get(group.get("action", "failed").split(" ")[0].lower(), "failed"),
        remote_mta=remote or None,
        reporting_mta=_TYPED.sub("", reporting).split(" ")[0] or None,
        expired=outcome.gave_up(said),
    )
