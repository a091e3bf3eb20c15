"""What spam filters wrote into a header: decoded where the meaning is known, called opaque where not.

Each vendor is one module or one function here; `FILTERS` maps a field (lower case) to who reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analyzer.model import SpamVerdict
from analyzer.trace.filters import gateways, mailboxes, microsoft, rspamd, spamassassin
from analyzer.trace.header import Field

MAX_FIELD = 16_384
"""Characters of one filter field that are decoded; the raw text is kept whole."""

FILTERS: dict[str, Callable[[str], SpamVerdict | None]] = {
    **microsoft.FIELDS,
    **spamassassin.FIELDS,
    **rspamd.FIELDS,
    **gateways.FIELDS,
    **mailboxes.FIELDS,
}


def spam_verdicts(fields: Sequence[Field]) -> list[SpamVerdict]:
    """The verdicts of all filter fields, in the header's order."""
    found = []
    for field in fields:
        read = FILTERS.get(field.key)
        verdict = read(field.value[:MAX_FIELD]) if read is not None else None
        if verdict is not None:
            verdict.field = field.name
            verdict.raw = field.value
            found.append(verdict)
    return found
