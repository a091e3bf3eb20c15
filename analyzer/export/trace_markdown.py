"""A trace as Markdown, for tickets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.export.visible import visible
from analyzer.model import Trace
from analyzer.model.durations import duration

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~@])")


def markdown_lines(trace: Trace) -> Iterator[str]:
    """The lines of the Markdown view; text from the mail is escaped."""
    yield f"## {plain(trace.subject or 'Message without subject')}"
    yield ""
    for name, value in (("From", trace.from_), ("To", trace.to), ("Message-ID", trace.message_id)):
        if value:
            yield f"- **{name}:** {plain(value)}"
    if trace.date:
        yield f"- **Date:** {trace.date:%Y-%m-%d %H:%M:%SZ}"
    yield ""
    if trace.findings:
        yield "### Findings"
        yield ""
    for finding in trace.findings:
        yield f"- **{finding.severity}: {plain(finding.title)}** {plain(finding.detail)}"
        if finding.advice:
            yield f"  *Advice:* {plain(finding.advice)}"
    yield ""
    yield f"### Way: {len(trace.hops)} hops, {duration(trace.total_seconds)} in all"
    yield ""
    yield "| # | time (UTC) | delay | from | by | with | TLS |"
    yield "|--:|---|--:|---|---|---|---|"
    for hop in trace.hops:
        time = f"{hop.timestamp:%Y-%m-%d %H:%M:%S}" if hop.timestamp else ""
        delay = duration(hop.delay_seconds) if hop.delay_seconds is not None else ""
        client = " ".join(part for part in (hop.from_host or hop.from_name, hop.from_ip) if part)
        tls = (hop.tls.version or "yes") if hop.tls else ""
        cells = (time, delay, client, hop.by or "", hop.with_ or "", tls)
        yield f"| {hop.index} | {' | '.join(plain(cell) for cell in cells)} |"
    yield ""
    for field in trace.authentication:
        said = ", ".join(f"{result.method}={result.result}" for result in field.results)
        yield f"- **{field.field}** ({plain(field.authserv_id or 'unnamed server')}): {plain(said)}"
    for problem in trace.problems:
        yield f"- **not read:** {plain(str(problem))}"


def plain(text: str) -> str:
    """The text with nothing left that Markdown or HTML would act on."""
    return _SPECIAL.sub(r"\\\1", visible(text).replace("&", "&amp;"))
