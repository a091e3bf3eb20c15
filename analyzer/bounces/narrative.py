"""What the human-readable part of a report says of one recipient.

The machine-readable part often has the bare reply only; host, address and stage, and sometimes the
whole reason, stand in the words beside it: the paragraph that begins with the recipient.
"""

from __future__ import annotations

import re
from collections.abc import Set

from analyzer.bounces import address
from analyzer.bounces.dialects import quoted
from analyzer.bounces.dialects.reasons import before
from analyzer.bounces.dialects.session import printed

_LEAD = re.compile(r"[>\"'\])]*(?:\s*\([^()\n]{1,200}\))?[>:;,.]*[ \t]*\n?[ \t]*")
_ENCLOSED = re.compile(
    r"[>\"']{0,2}[ \t]{0,8}\(([^()\n]{1,200}(?:\([^()\n]{1,80}\)[^()\n]{0,120})?)\)[ \t]*(?=\n|\Z)"
)
_DERIVED = re.compile(r"[>\"']?[:,]?\s{0,40}\((?:expanded|generated) from:? <?([^\s<>()]{3,320})>?\)")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS_LINE = r"[ \t]*<?[^<>\s@]{1,128}@[^<>\s@]{1,255}>?[ \t]*(?=\n|\Z)"
_ONLY_ADDRESS = re.compile(_ADDRESS_LINE)
_NEXT = re.compile(rf"\n(?:[ \t]*\n|<[^<>\s]{{1,320}}>[:\s]|{_ADDRESS_LINE})")
_EXIM_HOST = re.compile(r"\A(host \S{1,255} \[[^\]\s]{3,45}\])\s*\n\s*(?:Delay reason: )?")
_FOLD = re.compile(r"\n[ \t]+")
_TRANSCRIPT = re.compile(r"\n{1,3}[ \t]*-{3,}[ \t]*Transcript", re.IGNORECASE)
_GENERATED = "\nThe following text was generated during the delivery attempt"
_OUTPUT = re.compile(r"^-{4,} ([^\n]{1,300}(?:\n[^\n]{1,300})?) -{4,}\n\n((?:[^\n]+\n?){1,20})", re.MULTILINE)
_ONLY_HOST = re.compile(r"host \S{1,255} \[[^\]\s]{3,45}\](?: Delay reason)?:?")
_BECAUSE = re.compile(
    r"due to|because|since|reason|wegen|aufgrund|weil|parce que|en raison|porque|debido|devido|perch|"
    r"a causa|потому|из-за|ため|由于|因为",
    re.IGNORECASE,
)
# Exchange writes behind the address, in the reader's language, when it tried.
_WHEN = re.compile(
    r"^(?:on|am|le|il|el|em|op|den)?[^<>\[\]\n]{0,60}\d{1,2}[:.]\d\d[^<>\[\]\n]{0,40}\Z", re.IGNORECASE
)
_SESSION = re.compile(r"\W{0,8}(?:rcpt to|mail from)\b|\s*(?:<<<|>>>)", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:reason|error|diagnostic(?:-code)?|grund|motif|raison|motivo|causa)\s*[:=]\s*", re.IGNORECASE
)
_BARE = re.compile(
    r"[\W\d_]*(?:(?:failed|failure|error|permanent|unknown|smtp|status|code|x-unix)[\W\d_]*){0,4}",
    re.IGNORECASE,
)
MAX_PARAGRAPH = 3000


def of(text: str, recipient: str, others: Set[str] = frozenset()) -> str | None:
    """What follows the first mention of `recipient` in `text` in its paragraph; None where nothing does.

    It ends where a line names one of `others`, the lower-case addresses that the report is about too.
    """
    position = text.find(recipient)
    if position < 0:
        return None
    lead = _LEAD.match(text, position + len(recipient))
    start = lead.end() if lead else position + len(recipient)
    line = text[text.rfind("\n", 0, position) + 1 :].partition("\n")[0]
    if others and _SESSION.match(line):
        return None  # What a session says of each is not told by place.
    if others and (said := before(line)):
        return said
    enclosed = _ENCLOSED.match(text, position + len(recipient))
    if enclosed is not None and _has_words(enclosed[1]) and not _DERIVED.match(enclosed[0]):
        return enclosed[1]
    paragraph = text[start : start + MAX_PARAGRAPH]
    if paragraph.startswith("\n"):
        # A blank line ends what belongs to the recipient, except before a transcript of the session.
        # What a session of several recipients says of each is not told by place.
        if not _TRANSCRIPT.match(paragraph) or (others and "<<<" in paragraph):
            return None
        paragraph = paragraph.lstrip("\n")
        if "<<<" not in paragraph:
            paragraph = paragraph.partition("\n")[2]
            paragraph = printed(paragraph.partition("\n\n")[0].split("\n")) or paragraph
    following = _ONLY_ADDRESS.match(paragraph) or _NEXT.search(paragraph)
    paragraph = _without(paragraph[: following.start()] if following else paragraph, others)
    paragraph = "\n".join(quoted.without_header(paragraph.split("\n"))).strip()
    first, _, rest = paragraph.partition("\n")
    if rest and len(first) < 100 and _WHEN.search(first):
        paragraph = rest.strip()
    label = _LABEL.match(paragraph)
    paragraph = _EXIM_HOST.sub(r"\1: ", paragraph[label.end() :] if label else paragraph)
    paragraph = _FOLD.sub(" ", paragraph)
    generated = text.find(_GENERATED, start)
    if generated >= 0:
        paragraph = f"{paragraph}: {_output(text[generated:], recipient)}".removesuffix(": ")
    return paragraph if _has_words(paragraph[:400]) else None


def _has_words(text: str) -> bool:
    """Whether there are two words at least."""
    first = _WORD.search(text)
    return first is not None and _WORD.search(text, first.end()) is not None


def _without(paragraph: str, others: Set[str]) -> str:
    """`paragraph` up to the first line that names one of `others`."""
    if not others or "@" not in paragraph:
        return paragraph
    lines = paragraph.split("\n")
    end = next((number for number, line in enumerate(lines) if names(line, others)), len(lines))
    return "\n".join(lines[:end])


def names(said: str, others: Set[str]) -> bool:
    """Whether `said` names one of `others` (lower-case addresses)."""
    return "@" in said and any(one.lower() in others for one in address.find_all(said))


def derived_from(text: str, recipient: str) -> str | None:
    """The address from which an alias or a forward led to `recipient` (Postfix, Exim)."""
    position = text.find(recipient)
    found = _DERIVED.match(text, position + len(recipient)) if position >= 0 else None
    return found[1] if found else None


def reason(text: str, recipient: str, others: Set[str] = frozenset()) -> str | None:
    """The same where it is a reason, not only the name of a host."""
    told = of(text, recipient, others)
    return None if told and only_host(told) else told


def only_host(told: str) -> bool:
    """Whether the words name the host that was tried and say nothing of it."""
    return _ONLY_HOST.fullmatch(told) is not None


def _output(text: str, recipient: str) -> str:
    """What a local program printed when it refused mail for `recipient` (Exim)."""
    for match in _OUTPUT.finditer(text[:MAX_PARAGRAPH]):
        if recipient in match[1]:
            return match[2].strip()
    return ""


def announced(text: str, recipient: str, others: Set[str] = frozenset()) -> str | None:
    """The paragraph that announces `recipient`, where it gives a reason; None where it does not."""
    position = text.find(recipient)
    if position < 0:
        return None
    lines = text[max(0, position - MAX_PARAGRAPH) : position].rstrip("<* \t\n").split("\n")
    while lines and (not lines[-1].strip() or "@" in lines[-1]):
        lines.pop()
    kept: list[str] = []
    while lines and lines[-1].strip():
        kept.append(lines.pop().strip())
    told = " ".join(reversed(kept))
    return told if _BECAUSE.search(told) and not names(told, others) else None


def says_nothing(diagnostic: str) -> bool:
    """Whether a Diagnostic-Code is codes and empty words only."""
    return len(diagnostic) < 60 and _BARE.fullmatch(diagnostic) is not None
