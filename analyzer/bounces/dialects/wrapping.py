"""What single programs wrap around a reply, beyond what `analyzer.replies.unwrap` takes off.

Each pattern names the reply `text` and, where the wrapping states them, `host`, `ip` and `stage`.
"""

from __future__ import annotations

import re

from analyzer.bounces.refusal import Refusal
from analyzer.model import Stage


def _pattern(*pieces: str) -> re.Pattern[str]:
    return re.compile("".join(pieces), re.DOTALL | re.IGNORECASE)


_IP = r"[0-9a-f.:]{3,45}"
_WRAPPINGS = (
    # GMX, 1&1
    _pattern(
        r"SMTP error from remote server (?:after|for) (?P<stage>[A-Z]{4,8})(?: TO| FROM)? command[:,]\s{1,4}",
        rf"host: (?P<host>[^\s()]{{1,255}})(?: \((?P<ip>{_IP})\))?\s{{1,4}}",
        r"(?:reason: |explanation: )?(?P<text>.*)",
    ),
    _pattern(
        r"SMTP-Fehler (?:vom entfernten|des entfernten|vom) Servers? (?:nach|bei|für|auf)(?: dem)? ",
        r"(?P<stage>[A-Z]{4,8})(?:[- ](?:TO|FROM))?[- ](?:Befehl|Kommando)[:,]\s{1,4}",
        rf"Host: (?P<host>[^\s(),]{{1,255}})(?: \((?P<ip>{_IP})\))?,?\s{{1,4}}",
        r"(?:Grund: |Erklärung: )?(?P<text>.*)",
    ),
    # MailFoundry
    _pattern(rf"Server (?P<host>[^\s\[\]]{{1,255}})\[(?P<ip>{_IP})\] failed with: (?P<text>.*)"),
    # the gateway that writes "SMTP:RCPT host"
    _pattern(r"SMTP:(?P<stage>\w{4,8}) host (?P<host>\S{1,255}): (?P<text>[45]\d\d.*)"),
    # a patch of qmail-remote that tries all MX
    _pattern(
        r"Sorry, no SMTP connection got far enough; most progress was (?P<stage>\w{4,8})[\w ]{0,20} response",
        rf"; remote host (?P<ip>{_IP}) said: (?P<text>[^\n]{{1,2000}}).*",
    ),
    # Microsoft 365
    _pattern(rf"(?:Remote )?Server at (?P<host>\S{{1,255}}) \((?P<ip>{_IP})\) returned '(?P<text>.*)'"),
    # SendGrid
    _pattern(
        r"(?P<text>[45]\d\d.{1,2000}?)\s{1,4}in (?P<stage>RCPT|MAIL|DATA|EHLO|HELO)(?: TO| FROM)?",
    ),
    # Post.Office and others
    _pattern(
        r"(?:remote |mail )?(?:host |server |system )?",
        r"(?P<host>[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){1,8})",
        rf"(?: ?[\[(](?P<ip>{_IP})[\])])? (?:reported|reports|replied|responded|answered|says|said)",
        r"(?: with| error| the following)?:\s{1,4}(?P<text>.*)",
    ),
    # lines of a session, and labels
    _pattern(r"(?:<<<|Received >>>) ?(?P<text>[45]\d\d.*)"),
    _pattern(
        r"(?:Reason|Error|Status|Grund|Fehler(?:meldung)?|Raison|Motif|Motivo|Errore|Foutmelding|Reden|",
        r"Orsak|Důvod|Powód|Причина|理由|原因|エラー|退信原因|이유|실패 원인)\s{0,4}[:：]\s{0,4}(?P<text>.*)",
    ),
)
_STAGES: dict[str, Stage] = {
    "rcpt": "rcpt",
    "mail": "mail",
    "data": "data",
    "text": "message",
    "body": "message",
    "ehlo": "ehlo",
    "helo": "ehlo",
    "auth": "auth",
    "starttls": "starttls",
}


def unwrap(refusal: Refusal) -> Refusal:
    """`refusal` with its diagnostic freed from one wrapping, and what that stated."""
    said = refusal.diagnostic or ""
    for pattern in _WRAPPINGS:
        match = pattern.fullmatch(said)
        if match is None or not match["text"].strip():
            continue
        stated = match.groupdict()
        refusal.diagnostic = match["text"].strip()
        refusal.remote_mta = refusal.remote_mta or stated.get("host")
        refusal.remote_ip = refusal.remote_ip or stated.get("ip")
        refusal.stage = refusal.stage or _STAGES.get((stated.get("stage") or "").lower())
        break
    return refusal
