"""An explanation for a terminal: the verdict, then what led to it, tier by tier."""

from __future__ import annotations

from analyzer.classification.explaining import Explanation
from analyzer.export.colours import Paint
from analyzer.export.visible import visible

_LABEL = 12


def explanation_lines(explanation: Explanation, *, colour: bool = False) -> list[str]:
    """The lines of the text view: a label, then its text; a repeated label is printed once."""
    paint = Paint(on=colour)
    lines: list[str] = []
    before = ""
    for label, text in explanation.lines():
        shown = "" if label == before else label
        before = label
        body = visible(text)
        if label == "verdict":
            body = paint(explanation.verdict.classification, paint("bold", body))
        lines.append(f"{paint('dim', f'{shown:<{_LABEL}}')}{body}")
    return lines
