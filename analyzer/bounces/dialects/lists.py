"""Refusals by mailing list managers: FML, Mailman, Sympa, ezmlm, Majordomo, LISTSERV.

Format: from the list's own administrative address (`list-admin@`, `-owner@`, `-request@`, `owner-list@`),
or from the manager's own (`listserv@`) with the list in the subject; a sentence that only members may
post. The recipient that failed is the list. Or to itself, with those below whom a message did not reach.

Not matched: what lists send their subscribers; the sentence must stand there, and the list's address
somewhere in the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.bounces.dialects import evidence, outcome, phrases, shapes
from analyzer.bounces.dialects.wording import Wording
from analyzer.bounces.mail import Mail
from analyzer.bounces.refusal import Refusal

NAME = "lists"

_MANAGER = re.compile(
    r"^(?:owner-(.{1,100})|(.{1,100})-(?:admin|owner|request|bounces?|ctl|errors|help))$", re.IGNORECASE
)
_SOFTWARE = re.compile(r"listserv|majordomo|sympa|mailman|listproc|lyris|ecartis|minimalist", re.IGNORECASE)
_REFUSES = Wording(
    r"not (?:a |an )?(?:subscribed |registered |list )?member",
    r"(?:only|restricted to) (?:\S+ ){0,3}(?:members|subscribers)",
    r"non-?member",
    r"not (?:\S+ ){0,2}(?:allowed|authorized|permitted) to (?:post|send)",
    r"(?:message|post|mail|article) (?:\S+ ){0,8}(?:was|is|has been) (?:automatically )?(?:rejected|refused)",
    r"(?:message|post|mail) (?:\S+ ){0,4}(?:was |has )not (?:been )?accepted",
    r"投稿(?:できません|する権限|が許可)",
    r"メンバーではありません",
)


def recognises(mail: Mail) -> bool:
    """By the administrative address of a list in From, in a mail that software sent."""
    automatic = evidence.null_path(mail) or mail.has(b"x-mlserver") or mail.has(b"x-ml-name")
    automatic = automatic or evidence.failure_subject(mail)
    return automatic and not evidence.is_answer(mail) and _list(mail) is not None


def read(mail: Mail) -> list[Refusal]:
    """One refusal, of the list, where the text refuses and names it."""
    text_lines = shapes.lines(mail.text)[:200]
    said = next((at for at, line in enumerate(text_lines) if _REFUSES.occurs(line)), None)
    name = _list(mail)
    if said is None or name is None:
        return _undelivered(mail, text_lines)
    spoken = " ".join([mail.full_text, mail.get("subject") or "", *(value for _, value in mail.returned)])
    if name.lower() not in spoken.lower():
        name = _named(mail, text_lines[max(0, said - 3) : said + 4], name)
    if name is None:
        return []
    return [Refusal(recipient=name, diagnostic=shapes.reason(phrases.run(text_lines, said, 6)))]


def _undelivered(mail: Mail, text_lines: list[str]) -> list[Refusal]:
    """What a manager tells the list's owner, itself, of those whom a message did not reach (Majordomo 2)."""
    sender = (shapes.address(mail.get("from") or "") or "").lower()
    addressees = (one.lower() for one in shapes.addresses((mail.get("to") or "")[:4000]))
    if not evidence.failure_subject(mail) or sender not in addressees:
        return []
    for number, line in enumerate(text_lines):
        if line.rstrip().endswith(":") and phrases.FAILURE.occurs(line):
            found = _entries(text_lines[number + 1 :])
            return outcome.refusals(block for block in found if any(map(str.strip, block.reason)))
    return []


def _entries(below: list[str]) -> Iterator[shapes.Block]:
    """The blocks whose heads are indented like the first: a reason, which may name anybody, is so deeper."""
    depth = next((_depth(line) for line in below if line.strip()), 0)

    def head(line: str) -> tuple[str, str] | None:
        return shapes.bare_colon_head(line) if _depth(line) <= depth else None

    return shapes.blocks(below, head, _is_end, labelled=True)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_end(line: str) -> bool:
    return line.startswith("--")


def is_manager(mail: Mail) -> bool:
    """Whether a list manager sent the mail, under its own name or the list's administrative address."""
    local = (shapes.address(mail.get("from") or "") or "").rpartition("@")[0]
    return bool(_SOFTWARE.fullmatch(local) or _MANAGER.match(local))


def _named(mail: Mail, around: list[str], manager: str) -> str | None:
    """The only other address of the manager's domain in the lines around the refusal."""
    own = evidence.own_addresses(mail)
    domain = manager.rpartition("@")[2].lower()
    found = {one.lower(): one for one in shapes.addresses(" ".join(around)) if one.lower() not in own}
    lists = [one for key, one in found.items() if key.endswith(f"@{domain}")]
    return lists[0] if len(lists) == 1 else None


def _list(mail: Mail) -> str | None:
    """The list whose administrative address stands in From; of the manager's own, what the subject names."""
    sender = shapes.address(mail.get("from") or "")
    local, _, domain = (sender or "").rpartition("@")
    if _SOFTWARE.fullmatch(local):
        return shapes.address(mail.get("subject") or "")
    match = _MANAGER.match(local)
    return f"{match[1] or match[2]}@{domain}" if match else None
