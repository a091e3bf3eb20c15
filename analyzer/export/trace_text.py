"""A trace for a terminal: findings first, then the timeline, then what the filters and checks said."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.export.colours import Paint
from analyzer.export.visible import cells, fit, visible
from analyzer.model import Conversation, Hop, Trace
from analyzer.model.durations import duration
from analyzer.trace.skew import clock_differences, skewed

_BAR = 12
_LEAST_SPAN = 10.0  # seconds: a chain of one second is no drama
_GOOD = {"pass", "bestguesspass"}
_BAD = {"fail", "permerror", "hardfail"}
_MARKS = {"problem": "✗", "warning": "!", "note": "·"}


def trace_lines(trace: Trace, *, colour: bool = False, width: int = 120) -> Iterator[str]:
    """The lines of the text view, fitted to `width` columns where that is possible."""
    paint = Paint(on=colour)
    if trace.conversation is not None:
        yield from _findings(trace, paint, width)
        yield from _conversation(trace.conversation, paint)
        return
    yield from _heading(trace, paint, width)
    yield from _findings(trace, paint, width)
    yield from _timeline(trace, paint, width)
    yield from _authentication(trace, paint)
    yield from _filters(trace, paint, width)
    for problem in trace.problems:
        yield f"{paint('warning', 'not read')}  {visible(str(problem))}"
    if trace.original is not None:
        yield paint("bold", "The message that this report returns:")
        yield ""
        yield from trace_lines(trace.original, colour=colour, width=width)


def _conversation(conversation: Conversation, paint: Paint) -> Iterator[str]:
    """Both sides of an SMTP session, refusals marked."""
    for exchange in conversation.exchanges:
        if exchange.command is not None:
            yield f"{paint('dim', '→')} {visible(exchange.command)}"
        for line in exchange.reply.split("\n"):
            mark = paint("problem", "✗") if exchange.refused else paint("good", "←")
            yield f"{mark} {visible(line) or '(no reply)'}"


def _heading(trace: Trace, paint: Paint, width: int) -> Iterator[str]:
    date = trace.date.strftime("%Y-%m-%d %H:%M:%SZ") if trace.date else None
    pairs = [
        ("Subject", trace.subject),
        ("From", trace.from_),
        ("To", trace.to),
        ("Date", date),
        ("Message-ID", trace.message_id),
        ("Return-Path", "<> (a notification)" if trace.return_path == "" else trace.return_path),
    ]
    for name, value in pairs:
        if value is not None:
            yield f"{paint('dim', f'{name:<12}')}{fit(value, max(20, width - 12)).rstrip()}"
    yield ""


def _findings(trace: Trace, paint: Paint, width: int) -> Iterator[str]:
    for finding in trace.findings:
        mark = paint(finding.severity, f"{_MARKS[finding.severity]} {visible(finding.title)}")
        yield mark
        for text in (finding.detail, finding.advice and f"→ {finding.advice}"):
            if text:
                yield from _wrapped(visible(text), "  ", width)
    if trace.findings:
        yield ""


def _timeline(trace: Trace, paint: Paint, width: int) -> Iterator[str]:
    if not trace.hops:
        yield "No Received field: the way of this message can't be told."
        yield ""
        return
    total = f", {duration(trace.total_seconds)} in all" if trace.total_seconds is not None else ""
    yield paint("bold", f"{len(trace.hops)} hop{'s' if len(trace.hops) > 1 else ''}{total}")
    skew = clock_differences(trace.hops)
    waited = [hop.delay_seconds or 0 for place, hop in enumerate(trace.hops) if place not in skew]
    longest = max([*waited, _LEAST_SPAN])
    for place, hop in enumerate(trace.hops):
        time = hop.timestamp.strftime("%m-%d %H:%M:%S") if hop.timestamp else "no time given"
        head = f"{hop.index:>3}  {time:<14}  {_delay(hop, longest, paint, skew=place in skew)}  "
        sender, server = _client(hop), visible(hop.by or "?")
        room = width - 48
        way = f"{sender} → {server}"
        if cells(way) > room > 30:
            yield head + sender
            way, head = f"→ {server}", " " * 46
        yield f"{head}{way}  {paint('dim', _how(hop))}"
    yield ""


def _delay(hop: Hop, longest: float, paint: Paint, *, skew: bool) -> str:
    """The delay and a bar against the longest that is no skew; skew, and what makes up for it, is named."""
    seconds = hop.delay_seconds
    if seconds is None:
        return fit("", 11 + 1 + _BAR)
    text = f"{duration(seconds):>11}"
    if skew:
        arrow = "◀" if skewed(seconds) else "▶"
        return f"{paint('warning', text)} {paint('warning', fit(f'{arrow} clock skew', _BAR))}"
    size = round(_BAR * max(seconds, 0) / longest)
    return f"{text} {paint('bold', fit('█' * size, _BAR))}"


def _client(hop: Hop) -> str:
    name = hop.from_host or hop.from_name
    if name is None:
        return f"[{hop.from_ip}]" if hop.from_ip else "(local)"
    return visible(f"{name} [{hop.from_ip}]" if hop.from_ip and hop.from_ip not in name else name)


def _how(hop: Hop) -> str:
    parts = [hop.with_, hop.via and f"via {hop.via}"]
    if hop.tls:
        parts.append(hop.tls.version or "TLS")
    if hop.authenticated:
        parts.append(f"as {hop.authenticated}" if hop.authenticated != "yes" else "authenticated")
    if hop.trusted is False:
        parts.append("claimed")
    return visible(" ".join(part for part in parts if part))


def _authentication(trace: Trace, paint: Paint) -> Iterator[str]:
    for field in trace.authentication:
        said = []
        for result in field.results:
            meaning = "good" if result.result in _GOOD else "bad" if result.result in _BAD else "dim"
            detail = next(iter(result.properties.items()), None)
            what = visible(f" ({detail[0]}={detail[1]})") if detail else ""
            said.append(f"{visible(result.method)}={paint(meaning, visible(result.result))}{what}")
        who = visible(field.authserv_id) if field.authserv_id else "unnamed server"
        yield f"{paint('dim', f'{field.field} by {who}:')} {', '.join(said) or 'none'}"
    aligned = trace.alignment
    if aligned.dmarc or aligned.spf or aligned.dkim:
        meaning = {"pass": "good", "fail": "bad"}.get(aligned.dmarc or "", "dim")
        verdict = paint(meaning, aligned.dmarc or "can't be told")
        domain = visible(aligned.from_domain or "?")
        spf, dkim = aligned.spf or "not told", aligned.dkim or "not told"
        yield f"{paint('dim', 'DMARC alignment')} with {domain}: {verdict} (SPF {spf}, DKIM {dkim})"
    if trace.authentication or aligned.dmarc:
        yield ""


def _filters(trace: Trace, paint: Paint, width: int) -> Iterator[str]:
    if trace.placement:
        yield f"{paint('dim', 'Delivered to')} {paint('bold', trace.placement)}"
    for verdict in trace.spam_verdicts:
        score = f" score {verdict.score:g}" if verdict.score is not None else ""
        decoded = "; ".join(f"{key}: {value}" for key, value in verdict.decoded.items())
        said = f" {verdict.verdict}" if verdict.verdict else ""
        text = f"{verdict.vendor}:{said}{score}{f' ({decoded})' if decoded else ''}"
        yield from _wrapped(visible(text), "", width)
    if trace.spam_verdicts or trace.placement:
        yield ""


def _wrapped(text: str, indent: str, width: int) -> Iterator[str]:
    line = indent
    for word in text.split():
        if cells(line) + cells(word) + 1 > width and line.strip():
            yield line
            line = indent
        line += word if line == indent else f" {word}"
    if line.strip():
        yield line
