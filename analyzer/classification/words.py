"""`%name%` in patterns: word groups of rules/words.toml and the built-in placeholders of templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_USE = re.compile(r"%([a-z0-9_]*)%")
_OPEN, _CLOSE = r"[<\[('\"]?", r"[>\])'\"]?"
PLACEHOLDERS: dict[str, str] = {
    "recipient": rf"{_OPEN}_r_{_CLOSE}",
    "recipient_domain": rf"{_OPEN}_rd_{_CLOSE}",
    "sender": rf"{_OPEN}_s_{_CLOSE}",
    "sender_domain": rf"{_OPEN}_sd_{_CLOSE}",
    "address": rf"{_OPEN}_[ars]_{_CLOSE}",
    "host": rf"{_OPEN}_(?:h|rd|sd)_{_CLOSE}",
    "zone": rf"{_OPEN}_h_=[a-z0-9.-]+{_CLOSE}",
    "ip": rf"{_OPEN}_i_{_CLOSE}",
    "client_ip": rf"{_OPEN}_i_{_CLOSE}",
    "number": r"(?:_n_|\d+)",
    "id": rf"{_OPEN}_[xn]_{_CLOSE}",
}


class Words:
    """Word groups by name; `errors` has what is wrong with them as (name, message)."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.errors: list[tuple[str, str]] = []
        self._table: dict[str, list[str]] = {}
        self._done: dict[str, str] = dict(PLACEHOLDERS)
        for name, entries in table.items():
            if name in PLACEHOLDERS:
                self.errors.append((name, "is the name of a placeholder"))
            elif not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
                self.errors.append((name, "must be a list of strings"))
            else:
                self._table[name] = entries
        for name in self._table:
            try:
                self._group(name, ())
            except ValueError as error:
                self.errors.append((name, str(error)))

    def _group(self, name: str, inside: tuple[str, ...]) -> str:
        if name in inside:
            raise ValueError(f"%{name}% contains itself")
        if name not in self._done:
            if name not in self._table:
                raise ValueError(f"%{name}% is no word group and no placeholder")
            entries = [self.expand(entry, (*inside, name)) for entry in self._table[name]]
            self._done[name] = f"(?:{'|'.join(entries)})"
        return self._done[name]

    def expand(self, pattern: str, inside: tuple[str, ...] = ()) -> str:
        """The pattern with every `%name%` replaced; `%%` is a percent sign. Raises ValueError."""
        if "%" not in pattern:
            return pattern
        return _USE.sub(lambda use: self._group(use[1], inside) if use[1] else "%", pattern)
