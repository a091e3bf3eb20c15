"""A question taken apart: what the reply says, around what, with which codes."""

from __future__ import annotations

import msgspec

from analyzer.classification.mending import mended
from analyzer.classification.template import Names, names
from analyzer.model import Question, Stage
from analyzer.replies import Reply, parse, unwrap


class Asked(msgspec.Struct, frozen=True, gc=False):
    """A question taken apart.

    `texts` are tried for rules in order: the decisive part, the other parts from the last to the first,
    and where there are several, all of them as one. Codes and stage are what counts in the end: what the
    reply itself carries before what the reporter said.
    """

    question: Question
    reply: Reply
    hosts: tuple[str | None, str | None]
    known: Names
    texts: tuple[str, ...]
    reply_code: int | None
    enhanced_code: str | None
    stage: Stage | None


def ask(question: Question) -> Asked:
    """Take a question apart."""
    unwrapped = unwrap(mended(question.reply))
    reply = parse(unwrapped.text)
    decisive = reply.decisive
    texts: tuple[str, ...] = (decisive.one_line,)
    if len(reply.parts) > 1:
        others = [part.one_line for part in reversed(reply.parts) if part is not decisive and part.text]
        texts = (*texts, *others, " ".join(part.one_line for part in reply.parts))
    reply_code = decisive.reply_code
    enhanced = decisive.enhanced_code
    if reply_code is None and not (
        enhanced and question.reply_code and str(question.reply_code)[0] != enhanced[0]
    ):
        reply_code = question.reply_code
    if enhanced is None and (stated := question.enhanced_code):
        enhanced = stated if reply_code is None or stated[0] == str(reply_code)[0] else None
    if not any(texts):  # nothing was said but the codes that the reporter gives
        texts = (" ".join(str(code) for code in (reply_code, enhanced) if code),)
    return Asked(
        question,
        reply,
        (question.host, unwrapped.host),
        names(question.recipient, question.sender),
        texts,
        reply_code,
        enhanced,
        question.stage or unwrapped.stage,
    )
