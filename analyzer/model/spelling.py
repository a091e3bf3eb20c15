"""Reads the seven classifications in every spelling that Twilio SendGrid's pages and APIs use."""

from __future__ import annotations

import re

from analyzer.model.attempt import CLASSIFICATIONS

_OTHERS = {
    "technicalfailure": "Technical",
    "frequencyorvolumetoohigh": "Frequency/Volume",
    "frequencyorvolume": "Frequency/Volume",
}
_KNOWN = {re.sub(r"\W", "", name).lower(): name for name in CLASSIFICATIONS} | _OTHERS


def classification(text: str) -> str | None:
    """The classification that `text` names, spelt as mxlens prints it; None where it names none."""
    return _KNOWN.get(re.sub(r"[\W_]", "", text).lower())
