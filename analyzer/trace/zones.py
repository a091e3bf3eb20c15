"""Time zones as mail servers write them: offsets, and names in minutes east of Greenwich.

RFC 5322 4.3 defines only the North American names; the rest are the customary abbreviations. Where one
name means several zones (CST, IST, BST, EST) the reading most common in mail is taken, and a numeric
offset in the same date always wins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAMED_HOURS: dict[str, float] = {
    # Universal time
    "UTC": 0, "UT": 0, "GMT": 0, "Z": 0, "UCT": 0, "CUT": 0, "WET": 0, "GREENWICH": 0, "ZULU": 0, "TUC": 0,
    # Europe
    "WEST": 1, "BST": 1, "IST": 1, "CET": 1, "MET": 1, "MEZ": 1, "MEWT": 1, "SWT": 1, "CEST": 2, "MEST": 2,
    "MESZ": 2, "MST-DST": 2, "SST": 2, "EET": 2, "SAST": 2, "CAT": 2, "EEST": 3, "EETDST": 3, "METDST": 2,
    "CETDST": 2, "WETDST": 1, "WAT": 1, "WAST": 2, "EAT": 3, "MSK": 3, "MSD": 4, "TRT": 3, "FET": 3,
    "SAMT": 4, "AZT": 4, "GET": 4, "AMT-ARM": 4, "YEKT": 5, "YEKST": 6, "OMST": 6, "NOVT": 7, "KRAT": 7,
    "IRKT": 8, "YAKT": 9, "VLAT": 10, "MAGT": 11, "PETT": 12,
    # Asia
    "IDT": 3, "AST-ARAB": 3, "GST": 4, "IRST": 3.5, "IRDT": 4.5, "AFT": 4.5, "PKT": 5, "UZT": 5, "TMT": 5,
    "TJT": 5, "NPT": 5.75, "BDT": 6, "BTT": 6, "KGT": 6, "ALMT": 6, "MMT": 6.5, "ICT": 7, "WIB": 7, "HOVT": 7,
    "WITA": 8, "HKT": 8, "SGT": 8, "MYT": 8, "PHT": 8, "CCT": 8, "ULAT": 8, "WIT": 9, "JST": 9, "KST": 9,
    # Australia and the Pacific
    "AWST": 8, "AWDT": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "EADT": 11, "EAST": 10,
    "CHST": 10, "NZST": 12, "NZT": 12, "NZDT": 13, "FJT": 12, "TOT": 13, "LHST": 10.5, "SST-SAMOA": -11,
    # The Americas
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9,
    "AKDT": -8, "HST": -10, "HDT": -9, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "EST5EDT": -5,
    "CST6CDT": -6, "MST7MDT": -7, "PST8PDT": -8, "BRT": -3, "BRST": -2, "EBST": -2, "BST-BRAZIL": -3,
    "ART": -3, "UYT": -3, "UYST": -2, "GFT": -3, "SRT": -3, "CLT": -4, "CLST": -3, "BOT": -4, "VET": -4,
    "PYT": -4, "PYST": -3, "GYT": -4, "COT": -5, "PET": -5, "ECT": -5, "AMT": -4, "AMST": -3, "FNT": -2,
    "CVT": -1, "AZOT": -1, "AZOST": 0,
}  # fmt: skip

_MOST = 14 * 60
"""No zone is further from Greenwich, in minutes."""
MINUTES: dict[str, int] = {name: round(hours * 60) for name, hours in _NAMED_HOURS.items()}

_OFFSET = re.compile(r"\s*(?:(?:GMT|UTC?)(?=[+-]))?([+-])\s?(\d{1,2}):?(\d{2})(?!\d|:\d)", re.IGNORECASE)
_HOURS = re.compile(r"\s*(?:(?:GMT|UTC?)([+-])(\d{1,2})|([+-])(0\d|1[0-4]))(?![\d:])", re.IGNORECASE)
_IMPOSSIBLE = re.compile(r"\s*[+-]\d{1,5}(?!\d)")
_NAME = re.compile(r"\s*([A-Za-z]{1,9}(?:\d[A-Z]{3})?)([ -]DST\b)?(?![\w@.=/])")
# Windows' names, by the offset of their standard time in minutes.
_WINDOWS_ZONES = {
    "Atlantic": -240, "Eastern": -300, "Central": -360, "Mountain": -420, "Pacific": -480, "GMT": 0,
    "W. Europe": 60, "Central Europe": 60, "Central European": 60, "Romance": 60, "E. Europe": 120,
    "GTB": 120, "FLE": 120, "Russian": 180, "India": 330, "China": 480, "Singapore": 480, "Tokyo": 540,
    "AUS Eastern": 600,
}  # fmt: skip
_WINDOWS = re.compile(rf"\s*({'|'.join(map(re.escape, _WINDOWS_ZONES))}) (Standard|Daylight) Time\b")


class Zone(NamedTuple):
    """A zone as read: `minutes` is None where the offset cannot be, `text` its usual spelling."""

    minutes: int | None
    text: str
    end: int
    numeric: bool


def spelt(minutes: int) -> str:
    """An offset as `+02:00`."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def read_zone(text: str, position: int) -> Zone | None:
    """The zone at `position`, blanks before it allowed; None where there is none."""
    match = _HOURS.match(text, position)
    if match:
        sign, hours = match[1] or match[3], match[2] or match[4]
        return _numeric(sign, int(hours), 0, match)
    match = _OFFSET.match(text, position)
    if match:
        return _numeric(match[1], int(match[2]), int(match[3]), match)
    match = _IMPOSSIBLE.match(text, position)
    if match:
        return Zone(None, match[0].strip(), match.end(), True)
    match = _WINDOWS.match(text, position)
    if match:
        minutes = _WINDOWS_ZONES[match[1]] + (60 if match[2] == "Daylight" else 0)
        return Zone(minutes, spelt(minutes), match.end(), False)
    match = _NAME.match(text, position)
    if match and match[1].upper() in MINUTES:
        minutes = MINUTES[match[1].upper()] + (60 if match[2] else 0)
        return Zone(minutes, spelt(minutes), match.end(), False)
    return None


def _numeric(sign: str, hours: int, minutes: int, match: re.Match[str]) -> Zone:
    total = hours * 60 + minutes
    if total > _MOST or minutes > 59:
        return Zone(None, match[0].strip(), match.end(), True)
    # -00:00 says that the local time is unknown (RFC 5322 3.3), so the sign stays.
    return Zone(
        -total if sign == "-" else total, f"{sign}{total // 60:02}:{total % 60:02}", match.end(), True
    )
