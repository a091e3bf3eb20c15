"""What Sendmail's transcript of a session says of one recipient: which reply refused it, at which stage.

Used for free-form reports and for those with a delivery-status, whose fields name no stage.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence, Set
from functools import cached_property

from analyzer.bounces.dialects import shapes, transcript
from analyzer.model import Stage

LOCAL = re.compile(r"^([245]\d\d)[ -](?:[245]\.\d{1,3}\.\d{1,3} )?<?([^\s<>]{1,400}?)>?\.\.\. ?(.*)$")
"""Sendmail's own line on a recipient: code, recipient, words."""
CODE = re.compile(r"^[45]\d\d[ -]")
_DEFERRED = re.compile(r"^<?([^\s<>]{1,400}?)>?\.\.\. ?(Deferred\b.*)$")
"""The same where it will be tried again: without a code."""
EXIT_CODE = re.compile(
    r"can't create (?:\(?user\)? )?output|unknown mailer error|(?:service|mailer) unavailable|"
    r"local (?:mailer|configuration) error|internal (?:software )?error|input/output error|bad exit status|"
    r"operating system error|^\d{1,3}$",
    re.IGNORECASE,
)
"""What Sendmail makes of a local program's exit code (sysexits.h); the program's own words say why."""
_PROGRAM = re.compile(r"[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3} )?\"?\|[^\"\n]{1,400}\"?\.\.\. ?(.*)")
"""Sendmail's own line on a program to which the mail went."""
_PROTOCOL = re.compile(r"[2-5]\d\d[ -]|>>>|<<<|\.\.\.|<[^<>\s]*>\.\.\.|Warning:|Will keep trying|---")
MAX_ANONYMOUS = 200
"""In longer sessions a reply that names nobody is not looked for."""
_NO_RECIPIENT = re.compile(
    r"need rcpt|no valid recipients|no recipients|all rcpt commands were rejected|valid rcpt", re.IGNORECASE
)
_UNSAID = re.compile(
    r"remote protocol error|service unavailable|data format error|^user unknown$", re.IGNORECASE
)

_LOCAL_REASON = re.compile(r"\.\.\. ?(?:Host unknown|No route to host)|\(Name server: ", re.IGNORECASE)
"""What Sendmail found out without any server's reply."""

_OF_ONE = re.compile(r"\b[245]\.[12]\.\d|\b(?:user|mailbox|recipient|account|address)", re.IGNORECASE)
"""What is said of one recipient, not of the message."""


def says_nothing(line: str) -> bool:
    """Whether these are the words that Sendmail has for every reply."""
    return _UNSAID.search(line) is not None


class _Crowd:
    """Recipients by their domains, for what is asked of the others of each of them."""

    def __init__(self, recipients: Set[str]) -> None:
        self.recipients = recipients
        self._domains = Counter(map(_domain, recipients))

    def serves(self, host: str | None, without: Set[str]) -> bool:
        """Whether `host` is one of the domain of one of them, those of `without` aside, by its name."""
        less = Counter(_domain(one) for one in without if one in self.recipients)
        name = f".{(host or '').lower().rstrip('.')}"
        ends = (name[at + 1 :] for at, letter in enumerate(name) if letter == ".")
        return any(self._domains[end] > less[end] for end in ends if end in self._domains)


def _domain(one: str) -> str | None:
    return one.rpartition("@")[2] if "@" in one else None


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
        self._counted: tuple[Set[str], tuple[_Crowd, _Crowd]] | None = None
        for number, line in enumerate(self.lines):
            match = LOCAL.match(line.strip())
            if match and match[1][0] in "45":
                name = match[2].lower()
                text, at = self._own.get(name, (None, number))
                self._own[name] = (line.strip() if text is None or says_nothing(text) else text, at)

    def refusal(
        self, wanted: Set[str], others: Set[str], taken: Set[str] = frozenset(), said: str | None = None
    ) -> transcript.Exchange | None:
        """The exchange that refused one of `wanted`, the lower-case names of one recipient.

        `said` is what the report states as his reason: the reply in these words is his.

        A reply that names nobody counts where it stands by this recipient's own line, comes from his own
        domain's host, or is the only one; never what is said of `others`, the other recipients of the
        report, nor a reply in `taken`, which the report states as the reason of one of them.
        """
        named = sorted(index for name in wanted for index in self._by_name.get(name, ()))
        asked = [index for index in named if self._fails[index].stage == "rcpt"]
        if asked:
            return self._fails[asked[-1]]
        own_line, at = self.own_line(wanted)
        own = [index for index in named if at is None or self._fails[index].line < at]
        own = [index for index in own if self._named[index] & others <= wanted]
        if own:
            return self._fails[own[-1]]
        if at is not None and own_line is not None:
            if _LOCAL_REASON.search(own_line):
                return None
            return self._just_before(at, wanted, others, said=not says_nothing(own_line))
        if len(self._fails) > MAX_ANONYMOUS:
            return None
        near = [
            talk
            for talk, names in zip(self._fails, self._named, strict=True)
            if names & others <= wanted and not self._is_taken(talk, wanted, others, taken)
        ]
        if near and others <= wanted:
            return near[0]
        if said:
            near = [talk for talk in near if said.split("\n")[0] in talk.text]
            return near[0] if len(near) == 1 else None
        everyone, silent = self._crowds(others)
        near = [talk for talk in near if not _NO_RECIPIENT.search(talk.text)]
        there = [talk for talk in near if _serves(talk.host, wanted)]
        chosen = there or [talk for talk in near if not everyone.serves(talk.host, wanted)]
        if len(chosen) != 1:
            return None
        # Of several of whom the session says nothing only the whole message can have been refused.
        shared = silent.serves(chosen[0].host, wanted) if there else not silent.recipients <= wanted
        return None if shared and self._is_of_one(chosen[0]) else chosen[0]

    def _crowds(self, others: Set[str]) -> tuple[_Crowd, _Crowd]:
        """All of a report's recipients, and those of whom the session says nothing; counted once a report."""
        if self._counted is None or self._counted[0] is not others:
            silent = {one for one in others if one not in self._own and one not in self._by_name}
            self._counted = others, (_Crowd(others), _Crowd(silent))
        return self._counted[1]

    def _is_of_one(self, talk: transcript.Exchange) -> bool:
        return self.stage(talk) != "message" or _OF_ONE.search(talk.text) is not None

    def _is_taken(
        self, talk: transcript.Exchange, wanted: Set[str], others: Set[str], taken: Set[str]
    ) -> bool:
        """Whether this reply is about another recipient: by the line below it, or stated as his reason."""
        if others <= wanted:
            return False
        below = LOCAL.match(self._below(talk))
        about = below[2].lower() if below else ""
        return (about in others and about not in wanted) or " ".join(talk.reply) in taken

    def _below(self, talk: transcript.Exchange) -> str:
        return self.lines[talk.line + 1].strip() if talk.line + 1 < len(self.lines) else ""

    @cached_property
    def failures(self) -> list[tuple[str, set[str]]]:
        """Sendmail's own lines with a code of a refusal, and whom each names."""
        stripped = (line.strip() for line in self.lines)
        return [(line, _addresses(line)) for line in stripped if CODE.match(line)]

    def _just_before(
        self, at: int, wanted: Set[str], others: Set[str], *, said: bool
    ) -> transcript.Exchange | None:
        """The last refusal above line `at`, which belongs to it if nothing but two lines stand between.

        Where the line itself says why (`said`), one with another answer of Sendmail between them is not his.
        """
        index = bisect_left(self._fails, at, key=lambda talk: talk.line) - 1
        while index >= 0 and at - self._fails[index].line <= 2:
            between = self.lines[self._fails[index].line + 1 : at]
            answered = said and any(CODE.match(line.strip()) for line in between)
            if self._named[index] & others <= wanted and not answered:
                return self._fails[index]
            index -= 1
        return None

    def stage(self, talk: transcript.Exchange) -> Stage | None:
        """The stage of the command that was refused.

        Pipelined replies to RCPT stand under DATA; then the server adds that no recipient was left, or
        Sendmail's own lines name several recipients. One such line alone may be either: None. Otherwise
        DATA or, as 354 is not printed, the message failed.
        """
        if talk.stage != "data":
            return talk.stage
        following = bisect_right(self.talks, talk.line, key=lambda other: other.line)
        after = [other.text for other in self.talks[following : following + 1] if other.host == talk.host]
        below = self._below(talk)
        if after and _NO_RECIPIENT.search(after[0]):
            return "rcpt"
        own = LOCAL.match(below)
        if own and own[1][0] in "45" and "unavailable" not in own[3]:
            return "rcpt" if len(self._own) > 1 else None
        return "message" if CODE.match(below) else None

    def printed_before(self, wanted: Set[str]) -> str | None:
        """What a local program printed above Sendmail's own line on one of these recipients."""
        at = self.own_line(wanted)[1]
        printed: list[str] = []
        while at and len(printed) < shapes.MAX_REASON:
            at -= 1
            line = self.lines[at].strip()
            if not line or _PROTOCOL.match(line):
                break
            printed.append(line)
        return "\n".join(reversed(printed)) or None

    def deferral(self, wanted: Set[str]) -> str | None:
        """Sendmail's own line without a code that one of these recipients is deferred."""
        deferred = (line.strip() for line in self.lines if "Deferred" in line)
        return next(
            (match[0] for match in map(_DEFERRED.match, deferred) if match and match[1].lower() in wanted),
            None,
        )

    def own_line(self, wanted: Set[str]) -> tuple[str | None, int | None]:
        """Sendmail's own line on one of these recipients, and where the first of them stands."""
        found = [self._own[name] for name in wanted if name in self._own]
        if not found:
            return None, None
        text = next((one for one, _ in found if not says_nothing(one)), found[0][0])
        return text, min(at for _, at in found)


def printed(session: Sequence[str]) -> str | None:
    """What a program printed whose exit code is all that Sendmail's only line of a session says."""
    said = [line.strip() for line in session if line.strip()]
    last = _PROGRAM.fullmatch(said[-1]) if said else None
    if last is None or len(said) < 2 or not EXIT_CODE.search(last[1]) or any(map(_PROTOCOL.match, said[:-1])):
        return None
    return "\n".join(said[:-1])


def _serves(host: str | None, recipients: Set[str]) -> bool:
    """Whether `host` is one of the domain of one of `recipients` by its name."""
    name = f".{(host or '').lower().rstrip('.')}"
    return any(name.endswith("." + one.rpartition("@")[2]) for one in recipients if "@" in one)


def _addresses(text: str) -> set[str]:
    return {one.lower() for one in shapes.addresses(text)}
