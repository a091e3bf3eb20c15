"""What Sendmail's transcript of a session says of one recipient: which reply refused it, at which stage.

Used for free-form reports and for those with a delivery-status, whose fields name no stage.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set

from analyzer.bounces.dialects import shapes, transcript
from analyzer.model import Stage

LOCAL = re.compile(r"^([245]\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3} )?<?([^\s<>]{1,400}?)>?\.\.\. ?(.*)$")
"""Sendmail's own line on a recipient: code, recipient, words."""
CODE = re.compile(r"^[45]\d\d[ -]")
MAX_ANONYMOUS = 200
"""In longer sessions a reply that names nobody is not looked for."""
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
        self._fails = [talk for talk in self.talks if talk.fails]
        self._named = [
            _addresses(talk.command if talk.stage == "rcpt" else talk.text) for talk in self._fails
        ]
        self._by_name: dict[str, list[int]] = {}
        for index, names in enumerate(self._named):
            for name in names:
                self._by_name.setdefault(name, []).append(index)
        self._own: dict[str, tuple[str, int]] = {}
        for number, line in enumerate(self.lines):
            match = LOCAL.match(line.strip())
            if match and match[1][0] in "45":
                name = match[2].lower()
                text, at = self._own.get(name, (None, number))
                self._own[name] = (line.strip() if text is None or says_nothing(text) else text, at)

    def refusal(self, wanted: Set[str], others: Set[str]) -> transcript.Exchange | None:
        """The exchange that refused one of `wanted`, the lower-case names of one recipient.

        A reply that names nobody counts where it stands by this recipient's own line or is the only one;
        never what is said of `others`, the other recipients of the report.
        """
        named = sorted(index for name in wanted for index in self._by_name.get(name, ()))
        asked = [index for index in named if self._fails[index].stage == "rcpt"]
        if asked:
            return self._fails[asked[-1]]
        at = self.own_line(wanted)[1]
        own = [index for index in named if at is None or self._fails[index].line < at]
        own = [index for index in own if self._named[index] & others <= wanted]
        if own:
            return self._fails[own[-1]]
        if at is not None:
            return self._just_before(at, wanted, others)
        if len(self._fails) > MAX_ANONYMOUS:
            return None
        near = [
            talk for talk, names in zip(self._fails, self._named, strict=True) if names & others <= wanted
        ]
        return near[0] if near and (others <= wanted or len(near) == 1) else None

    def _just_before(self, at: int, wanted: Set[str], others: Set[str]) -> transcript.Exchange | None:
        """The last refusal above line `at`, which belongs to it if nothing but two lines stand between."""
        index = bisect_left(self._fails, at, key=lambda talk: talk.line) - 1
        while index >= 0 and at - self._fails[index].line <= 2:
            if self._named[index] & others <= wanted:
                return self._fails[index]
            index -= 1
        return None

    def stage(self, talk: transcript.Exchange) -> Stage | None:
        """The stage of the command that was refused.

        Pipelined replies to RCPT stand under DATA; then Sendmail's own line names the recipient, or the
        server adds that no recipient was left. Otherwise DATA or, as 354 is not printed, the message failed.
        """
        if talk.stage != "data":
            return talk.stage
        following = bisect_right(self.talks, talk.line, key=lambda other: other.line)
        after = [other.text for other in self.talks[following : following + 1] if other.host == talk.host]
        below = self.lines[talk.line + 1].strip() if talk.line + 1 < len(self.lines) else ""
        own = LOCAL.match(below)
        if (own and own[1][0] in "45") or (after and _NO_RECIPIENT.search(after[0])):
            return "rcpt"
        return "message" if CODE.match(below) else None

    def own_line(self, wanted: Set[str]) -> tuple[str | None, int | None]:
        """Sendmail's own line on one of these recipients, and where the first of them stands."""
        found = [self._own[name] for name in wanted if name in self._own]
        if not found:
            return None, None
        text = next((one for one, _ in found if not says_nothing(one)), found[0][0])
        return text, min(at for _, at in found)


def _addresses(text: str) -> set[str]:
    return {one.lower() for one in shapes.addresses(text)}
