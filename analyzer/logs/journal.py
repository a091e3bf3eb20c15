"""The systemd journal's JSON lines (`journalctl -o json`) as the syslog lines that they were.

systemd.journal-fields(7), Journal Export Formats: MESSAGE is a list of byte values where it is not
UTF-8; `__REALTIME_TIMESTAMP` is microseconds since the epoch.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Entry(msgspec.Struct):
    stamp: str = msgspec.field(name="__REALTIME_TIMESTAMP", default="")
    message: str | list[int] | None = msgspec.field(name="MESSAGE", default=None)
    host: str = msgspec.field(name="_HOSTNAME", default="-")
    tag: str | None = msgspec.field(name="SYSLOG_IDENTIFIER", default=None)
    command: str = msgspec.field(name="_COMM", default="-")
    pid: str | None = msgspec.field(name="SYSLOG_PID", default=None)
    own_pid: str = msgspec.field(name="_PID", default="0")


_decode = msgspec.json.Decoder(_Entry).decode


def as_syslog(chunk: bytes) -> bytes:
    """The chunk with each journal entry as an RFC 3339 syslog line; other lines, and line numbers, stay."""
    if not (chunk.startswith(b"{") or b"\n{" in chunk):
        return chunk
    lines = chunk.split(b"\n")
    return b"\n".join(_line(line) if line.startswith(b"{") else line for line in lines)


def _line(line: bytes) -> bytes:
    try:
        entry = _decode(line)
        stamp = _EPOCH + timedelta(microseconds=int(entry.stamp))
        message = entry.message
        text = bytes(message) if isinstance(message, list) else (message or "").encode()
    except (msgspec.MsgspecError, ValueError, OverflowError):
        return line
    head = f"{stamp.isoformat()} {entry.host} {entry.tag or entry.command}[{entry.pid or entry.own_pid}]: "
    return head.encode() + text.replace(b"\n", b"#012")
