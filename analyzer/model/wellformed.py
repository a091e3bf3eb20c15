"""Text that UTF-8, and so JSON and Arrow, can hold."""

from __future__ import annotations


def wellformed(text: str) -> str:
    r"""The text with lone surrogates, which some charsets decode to, written out as `\udcXX`."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text
