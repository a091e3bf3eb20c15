"""What Sendmail's transcript of a session says of one recipient: which reply refused it, at which stage.

Used for free-form reports and for those with a delivery-status, whose fields name no stage.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from analyzer.bounces.dialects import transcript
from analyzer.model import Stage

LOCAL = re.compile(r"^([245]\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3} )?<?([^\s<>]{1,400}?)>?\.\.\. ?(.*)$")
"""Sendmail's own line on a recipient: code, recipient, words."""
CODE = re.compile(r"^[45]\d\d[ -]")
_NO_RECIPIENT = re.compile(
    r"need rcpt|no valid recipients|no recipients|all rcpt commands were rejected|valid rcpt", re.IGNORECASE
)
_UNSAID = re.compile(
    r"remote protocol error|service unavailable|data format error|^user unknown$", re.IGNORECASE
)


def says_nothing(line: str) -> bool:
    """Whether these are the words that Sendmail has for every reply."""
    return _UNSAID.search(line) is not None


class Session:
    """The lines of a transcript and the commands in it that were answered."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.talks = transcript.exchanges(self.lines)

    def refusal(self, wanted: Set[str], others: Set[str]) -> transcript.Exchange | None:
        """The exchange that refused one of `wanted`, the lower-case names of one recipient.

        A reply that names nobody counts where it stands by this recipient's own line or is the only one;
        never what is said of `others`, the other recipients of the report.
        """
        fails = [talk for talk in self.talks if talk.fails]
        for talk in reversed(fails):
            if talk.stage == "rcpt" and _names(talk.command, wanted):
                return talk
        at = self.own_line(wanted)[1]
        near = [
            talk
            for talk in fails
            if (at is None or talk.line < at)
            and not _names(talk.text if talk.stage != "rcpt" else talk.command, others - wanted)
        ]
        named = [talk for talk in near if _names(talk.text, wanted)]
        if named:
            return named[-1]
        if near and at is not None:
            return near[-1] if at - near[-1].line <= 2 else None
        return near[0] if near and (not others or len(near) == 1) else None

    def stage(self, talk: transcript.Exchange) -> Stage | None:
        """The stage of the command that was refused.

        Pipelined replies to RCPT stand under DATA; then Sendmail's own line names the recipient, or the
        server adds that no recipient was left. Otherwise DATA or, as 354 is not printed, the message failed.
        """
        if talk.stage != "data":
            return talk.stage
        after = [other.text for other in self.talks if other.line > talk.line and other.host == talk.host]
        below = self.lines[talk.line + 1].strip() if talk.line + 1 < len(self.lines) else ""
        own = LOCAL.match(below)
        if (own and own[1][0] in "45") or (after and _NO_RECIPIENT.search(after[0])):
            return "rcpt"
        return "message" if CODE.match(below) else None

    def own_line(self, wanted: Set[str]) -> tuple[str | None, int | None]:
        """Sendmail's own line on one of these recipients, and where the first of them stands."""
        text, at = None, None
        for number, line in enumerate(self.lines):
            match = LOCAL.match(line.strip())
            if match and match[1][0] in "45" and match[2].lower() in wanted:
                if text is None or says_nothing(text):
                    text = line.strip()
                at = number if at is None else at
        return text, at


def _names(text: str, wanted: Set[str]) -> bool:
    text = text.lower()
    return any(one in text for one in wanted)
