"""Outlook's .msg files ([MS-OXMSG]) as messages of RFC 5322, so that all else reads them like any mail.

Needs olefile, which the extra `msg` brings; nothing of it is imported before a .msg file is met.
"""

from __future__ import annotations

from analyzer.model import Problem
from analyzer.sources.items import Message

_MARK = "__properties_version1.0".encode("utf-16-le")
"""The stream that every message, recipient and attachment of a .msg file has; Word and Excel files don't."""


def read_msg(raw: bytes, source: str) -> list[Message | Problem]:
    """The message that the compound file `raw` holds, and what of it could not be read."""
    if _MARK not in raw:
        message = "this is an OLE file, but no Outlook message; or it is cut before the message begins"
        return [Problem(id="unknown-format", source=source, message=message)]
    try:
        from analyzer.sources.outlook.message import convert
    except ModuleNotFoundError as error:
        if error.name != "olefile":
            raise
        message = (
            "this is an Outlook .msg file; to read it: pip install 'mxlens[msg]', or save it as .eml or .txt"
        )
        return [Problem(id="missing-extra", source=source, message=message)]
    converted, problems = convert(raw)
    found: list[Message | Problem] = [] if converted is None else [Message(source, 1, converted)]
    for problem_id, message in problems:
        found.append(Problem(id=problem_id, source=source, position=1, message=message))
    return found
