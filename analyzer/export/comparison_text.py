"""A comparison of two traces for a terminal or a ticket."""

from __future__ import annotations

from analyzer.export.visible import fit, visible
from analyzer.trace.comparison import Comparison


def comparison_lines(comparison: Comparison, *, width: int = 120) -> list[str]:
    """One line a difference: what, in the first, in the second."""
    names = [trace.source or trace.message_id or "-" for trace in (comparison.first, comparison.second)]
    if not comparison.differences:
        return [f"{visible(names[0])} and {visible(names[1])} went the same way with the same results."]
    label = min(34, max(len(visible(each.what)) for each in comparison.differences) + 1)
    column = max(16, (width - label - 2) // 2)
    lines = [f"{fit('', label)} {fit(names[0], column)} {fit(names[1], column).rstrip()}"]
    for each in comparison.differences:
        first, second = each.first or "-", each.second or "-"
        lines.append(f"{fit(each.what, label)} {fit(first, column)} {fit(second, column).rstrip()}")
    return lines


def comparison_markdown(comparison: Comparison) -> list[str]:
    """The same as a Markdown table."""
    from analyzer.export.trace_markdown import plain

    names = [trace.source or trace.message_id or "-" for trace in (comparison.first, comparison.second)]
    return [
        f"| | {plain(names[0])} | {plain(names[1])} |",
        "|---|---|---|",
        *(
            f"| {plain(each.what)} | {plain(each.first or '')} | {plain(each.second or '')} |"
            for each in comparison.differences
        ),
    ]
