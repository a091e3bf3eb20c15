"""Findings of time: wrong clocks, and who held the message."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.model import Evidence, Finding, Hop
from analyzer.model.durations import duration as in_words
from analyzer.trace.causes import cause_of
from analyzer.trace.clocks import Independent, Step, Wrong, host_of, judge, near, steps, time_of
from analyzer.trace.domains import organizational
from analyzer.trace.header import Field

SLOW_SECONDS = 30
"""A delay from which on a hop is worth a finding."""
_MAX_SLOW = 5
_ZONE_SLACK_SECONDS = 15
_LATENCY = re.compile(r"^(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)(?:\.\d+)?$")


def time_findings(
    hops: Sequence[Hop], independent: Sequence[Independent], fields: Sequence[Field]
) -> list[Finding]:
    """`clock-skew`, `slow-hop` and what else the times tell; hops with a wrong clock get a note.

    `hops` have their trust, `fields` are those of the header.
    """
    clocks = judge(hops, independent)
    for wrong in clocks.wrong:
        for hop in wrong.hops:
            hop.notes.append(
                f"clock about {duration(wrong.ahead)} {'ahead' if wrong.ahead > 0 else 'behind'}"
            )
    for step in clocks.pairs:
        step.newer.notes.append(f"clock differs from that of {host_of(step.older)}")
    findings = [_skew(wrong, independent) for wrong in clocks.wrong]
    findings.extend(_pair(step) for step in clocks.pairs)
    off = {hop.index for wrong in clocks.wrong for hop in wrong.hops}
    # A delay next to a wrong clock is none; what passed across that host is.
    slow = [
        step for step in steps([hop for hop in hops if hop.index not in off]) if step.seconds >= SLOW_SECONDS
    ]
    slow.sort(key=lambda step: -step.seconds)
    findings.extend(_slow(step, hops, fields) for step in slow[:_MAX_SLOW])
    findings.extend(_submission(hops, independent, off))
    findings.extend(_latency(fields))
    return findings


def duration(seconds: float) -> str:
    """A span in words, in whole seconds and without its sign."""
    return in_words(abs(round(seconds)))


def _stamps(*hops: Hop) -> list[Evidence]:
    return [
        Evidence(field=f"Received ({host_of(hop)})", text=hop.raw[-160:].rpartition(";")[2].strip())
        for hop in hops
    ]


def _names(hops: Sequence[Hop]) -> str:
    names = list(dict.fromkeys(host_of(hop) for hop in hops))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _skew(wrong: Wrong, independent: Sequence[Independent]) -> Finding:
    where, others = _names(wrong.hops), _names(wrong.neighbours)
    agreeing = [
        clock
        for clock in independent
        if any(near(clock, time_of(hop), wrong.ahead) for hop in wrong.neighbours)
    ]
    way = "ahead" if wrong.ahead > 0 else "behind"
    also = f", and {agreeing[0].field} agrees with the latter" if agreeing else ""
    return Finding(
        id="clock-skew",
        severity="warning",
        title=f"The clock of {where} is about {duration(wrong.ahead)} {way}",
        detail=(
            f"The time that {where} wrote does not fit the times of {others}{also}. "
            "The delays beside it are differences of clocks, not time that the message waited."
            f"{_zone_hint(wrong.ahead)}"
        ),
        evidence=[
            *_stamps(wrong.hops[0], *wrong.neighbours),
            *(Evidence(field=clock.field, text=clock.text) for clock in agreeing[:2]),
        ],
        advice=f"Whoever runs {where} should check its time synchronisation (NTP). It delayed no mail.",
    )


def _zone_hint(difference: float) -> str:
    """What a difference of whole half hours suggests."""
    beyond = abs(difference) % 1800
    if abs(difference) > 900 and min(beyond, 1800 - beyond) <= _ZONE_SLACK_SECONDS:
        return " A difference of whole hours or half hours points to a wrong time zone setting."
    return ""


def _pair(step: Step) -> Finding:
    older, newer = host_of(step.older), host_of(step.newer)
    whose = f"{older} and {newer}"
    return Finding(
        id="clock-skew",
        severity="warning",
        title=f"The clocks of {whose} differ by at least {duration(step.seconds)}",
        detail=(
            f"{newer} took the message over after {older}, but its time is {duration(step.seconds)} earlier. "
            "Which of the two clocks is off can't be attributed from this header."
            f"{f' The time of {older} is only claimed.' if _claimed(step) else ''}"
            f"{_zone_hint(step.seconds)}"
        ),
        evidence=_stamps(step.older, step.newer),
        advice=f"Check the time synchronisation (NTP) of {whose}.",
    )


def _claimed(step: Step) -> bool:
    return step.older.trusted is False and step.newer.trusted is True


def _slow(step: Step, hops: Sequence[Hop], fields: Sequence[Field]) -> Finding:
    older, newer = step.older, step.newer
    holder = host_of(older)
    between = [host_of(hop) for hop in hops[older.index : newer.index - 1]]
    through = f" (or {', '.join(between[:3])}, which gave no usable time)" if between else ""
    cause = cause_of(step, fields)
    return Finding(
        id="slow-hop",
        severity="problem" if step.seconds >= 3600 else "warning" if step.seconds >= 300 else "note",
        title=f"{holder} held the message for {duration(step.seconds)}",
        detail=(
            f"{holder}{through} had the message for {duration(step.seconds)} "
            f"until {'its own next step' if host_of(newer) == holder else f'{host_of(newer)} took it over'}. "
            f"{_side(older, hops)}"
            + (f" Likely cause: {cause[0]}." if cause else " The header does not say why.")
        ),
        evidence=[*_stamps(older, newer), *([cause[1]] if cause else [])],
        advice=(
            f"Look up queue id {older.id} in the mail log of {holder}: it says why the message waited."
            if older.id
            else f"The mail log of {holder} says why the message waited."
        ),
    )


def _side(holder: Hop, hops: Sequence[Hop]) -> str:
    """Who lost the time: sender, transit or receiver, as far as host names tell."""
    if holder.trusted:
        return "The time was lost on the receiver's side."
    place = organizational(host_of(holder))
    servers = [hop for hop in hops if hop.by]
    if servers and place == organizational(host_of(servers[-1])):
        return "The time was lost on the receiver's side."
    if servers and place == organizational(host_of(servers[0])):
        return "The time was lost on the sender's side."
    return "The time was lost in transit."


def _submission(hops: Sequence[Hop], independent: Sequence[Independent], off: set[int]) -> list[Finding]:
    """How the sender's Date stands to the first server's time."""
    date = next((clock for clock in independent if clock.field == "Date"), None)
    opening = next((hop for hop in hops if hop.timestamp is not None and hop.utc_offset is not None), None)
    if date is None or opening is None or opening.index in off:
        return []
    late = (time_of(opening) - date.time).total_seconds()
    evidence = [Evidence(field="Date", text=date.text), *_stamps(opening)]
    if late >= 300:
        return [
            Finding(
                id="late-submission",
                severity="note",
                title=f"The first server got the message {duration(late)} after it was written",
                detail=(
                    "The Date field is that much older than the first Received field: the message waited on "
                    "the sender's device or in a program that sends later, or the clock there is wrong."
                ),
                evidence=evidence,
                advice="Ask the sender when the message left; no mail server held it for that time.",
            )
        ]
    if late <= -300:
        return [
            Finding(
                id="date-ahead",
                severity="note",
                title=f"The Date field is {duration(late)} ahead of the first server",
                detail="The clock of the program that wrote the message is ahead, or the date is made up.",
                evidence=evidence,
                advice="The sender should check the clock of the device; filters dislike such dates.",
            )
        ]
    return []


def _latency(fields: Sequence[Field]) -> list[Finding]:
    """Microsoft 365's own measure of the time from its first server to the mailbox."""
    key = "x-ms-exchange-transport-endtoendlatency"
    text = next((field.value for field in fields if field.key == key), "")
    match = _LATENCY.match(text)
    if not match:
        return []
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    spent = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    if spent < SLOW_SECONDS:
        return []
    return [
        Finding(
            id="receiver-latency",
            severity="warning" if spent >= 300 else "note",
            title=f"Microsoft 365 took {duration(spent)} from its first server to the mailbox",
            detail="Exchange measured this by its own clocks. The time was lost on the receiver's side.",
            evidence=[Evidence(field="X-MS-Exchange-Transport-EndToEndLatency", text=text)],
            advice="Ask the receiver's administrator for a message trace; it names the step that took long.",
        )
    ]
