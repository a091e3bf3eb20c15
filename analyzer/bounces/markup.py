"""HTML as lines of text, in linear time whatever is left open in it."""

from __future__ import annotations

import html
import re

_SILENT = re.compile(r"<(?:(style|script|head|title)\b|!--)", re.IGNORECASE)
_BREAK = re.compile(
    r"<(?:br|hr|/?(?:p|div|tr|li|dt|dd|h[1-6]|table|[uo]l|dl|pre|blockquote|section|option|caption))\b"
    r"[^>]{0,2000}>",
    re.IGNORECASE,
)
_CELL = re.compile(r"</?t[dh]\b[^>]{0,2000}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_ADDRESS = re.compile(r"<([^<>\s\"'=/]{1,64}@[^<>\s\"'=/]{1,255})>")
_BLANKS = re.compile(r"[ \u00a0]+")
_TABS = re.compile(r" ?\t[ \t]*")


def plain(source: str) -> str:
    """The words of `source`: no tags, a tab between cells, entities decoded, addresses in brackets kept."""
    source = _spoken(source).replace("\n", " ").replace("\t", " ")
    source = _ADDRESS.sub(r"&lt;\1&gt;", source)
    source = _TAG.sub("", _CELL.sub("\t", _BREAK.sub("\n", source)))
    lines = (_TABS.sub("\t", _BLANKS.sub(" ", line)).strip() for line in html.unescape(source).split("\n"))
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept)


def _spoken(source: str) -> str:
    """`source` without comments, styles and scripts; one that is never closed stays."""
    lowered = source.lower()
    if len(lowered) != len(source):  # a few letters have longer lower cases
        lowered = source
    kept: list[str] = []
    unclosed: set[str] = set()
    position = 0
    for match in _SILENT.finditer(source):
        end = f"</{match[1].lower()}" if match[1] else "-->"
        if match.start() < position or end in unclosed:
            continue
        close = lowered.find(end, match.end())
        if close < 0:
            unclosed.add(end)
            continue
        kept.append(source[position : match.start()])
        after = lowered.find(">", close)
        position = len(source) if after < 0 else after + 1
    kept.append(source[position:])
    return " ".join(kept)
