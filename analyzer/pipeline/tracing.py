"""Traces with what only the other siblings know: the returned original, and why an SMTP session failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.model import Conversation, Evidence, Finding, Question, Trace, Verdict
from analyzer.sources import Message
from analyzer.trace import trace
from analyzer.trace.conversation import read_conversation

if TYPE_CHECKING:
    from analyzer.classification import RuleBase

_REPORT = re.compile(
    rb"(?im)^(?:content-type:[^\n]{0,200}(?:report|delivery-status)"
    rb"|(?:return-path|from):.{0,80}(?:<>|mailer-daemon|postmaster))"
)


class Tracer:
    """Traces messages, pasted headers and SMTP sessions.

    Of a report, `original` is the trace of the message it returns. The refusals of a session are
    classified by the rules, which are loaded when the first session comes. `defects` also checks the
    MIME structure of whole messages, which takes longer than all the rest.
    """

    def __init__(
        self, *, trust: tuple[str, ...] = (), rule_dirs: tuple[str, ...] = (), defects: bool = False
    ) -> None:
        self._trust = trust
        self._defects = defects
        self._rule_dirs = rule_dirs

    def __call__(self, message: Message) -> Trace:
        """The trace of one message; `source` and `position` are its place."""
        found = trace(
            message.raw,
            source=message.source,
            position=message.position,
            trust=self._trust,
            defects=self._defects,
        )
        if not found.hops and (conversation := read_conversation(message.raw)) is not None:
            from analyzer.classification import load_rules

            return Trace(
                source=message.source,
                position=message.position,
                conversation=conversation,
                findings=refusals(conversation, load_rules(self._rule_dirs)),
            )
        if _REPORT.search(message.raw[:32_768]):
            found.original = _original(message, self._trust)
        return found


def _original(message: Message, trust: tuple[str, ...]) -> Trace | None:
    from analyzer.bounces.mail import Mail

    fields = Mail(message.raw).returned
    if not any(name == "received" for name, _ in fields):
        return None
    header = "".join(f"{name}: {value}\n" for name, value in fields).encode("utf-8", "surrogateescape")
    return trace(header, source=message.source, position=message.position, trust=trust)


def refusals(conversation: Conversation, rules: RuleBase) -> list[Finding]:
    """One finding for each command that was refused; one that says so where none was."""
    findings = []
    for exchange in conversation.exchanges:
        if not exchange.refused:
            continue
        step = exchange.command or "the connection"
        reply = " ".join(exchange.reply.split("\n"))
        last = conversation.recipients[-1] if conversation.recipients else None
        named = re.search(r"<([^<>\s]+)>", exchange.command or "")
        question = Question(
            reply=exchange.reply,
            host=conversation.host,
            stage=exchange.stage,
            sender=conversation.sender,
            recipient=named[1] if named and exchange.stage == "rcpt" else last,
        )
        (verdict,) = rules.classify([question])
        kind = f"{verdict.reason}, {verdict.permanence or 'permanence not stated'}"
        findings.append(
            Finding(
                id="smtp-refused",
                severity="problem",
                title=f"{step} was refused with {exchange.reply_code}",
                detail=f"The server said: {reply}. This is {verdict.classification} ({kind}), "
                f"by rule {verdict.rule or 'none'}.",
                evidence=[Evidence(field=step, text=reply)],
                advice=_advice(verdict, question.recipient),
            )
        )
    if not findings:
        title = "No command was refused"
        findings.append(Finding(id="smtp-accepted", severity="note", title=title, detail=_end(conversation)))
    return findings


def _advice(verdict: Verdict, recipient: str | None) -> str:
    from analyzer.classification.addresses import meant

    better = meant(recipient, verdict.classification)
    return f"{verdict.advice}; did you mean {better}?" if better else verdict.advice


def _end(conversation: Conversation) -> str:
    last = conversation.exchanges[-1] if conversation.exchanges else None
    if last is not None and not last.reply:
        return f"The record ends while {last.command} waits for its reply."
    if any(exchange.stage == "message" and exchange.reply_code == 250 for exchange in conversation.exchanges):
        return "The server took the message."
    return "The record ends before a message was handed over."
