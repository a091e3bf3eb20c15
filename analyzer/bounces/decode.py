"""Bytes of a mail as text: transfer encodings, charsets and encoded words, as damaged as they come.

RFC 2045 (base64, quoted-printable), RFC 2047 (encoded words). Nothing here raises.
"""

from __future__ import annotations

import binascii
import codecs
import re
from functools import lru_cache

from analyzer.bounces import unlabelled
from analyzer.model.wellformed import wellformed

# Only these are text charsets of mail; "punycode", "zlib", "idna" and the like are Python codecs too.
_MAIL_CHARSET = re.compile(
    r"ascii|utf-(?:8|16|32)(?:-[bl]e|-sig)?|iso8859-\d+|cp\d+|koi8-[rut]|mac-[a-z]+|big5(?:hkscs)?"
    r"|gb2312|gbk|gb18030|hz|shift_jis\w*|euc_\w+|iso2022_\w+|tis-620|johab|ptcp154|hp-roman8"
)
_MISSPELT = re.compile(
    r"(iso)[-_ ]?(8859)[-_ ]?(\d+)|(?:x-)?(?:windows|win|cp|ms)[-_ ]?(\d{3,4})|utf[-_ ]?(8|16|32)"
)
_SPELLINGS = {
    "ansix3.41968": "ascii",
    "usascii": "ascii",
    "koi8r": "koi8-r",
    "koi8u": "koi8-u",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "ksx1001": "cp949",
    "euckr": "cp949",
    "gb2312": "gb18030",
    "gb231280": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "windows31j": "cp932",
    "eucjp": "euc_jp",
    "jis": "iso2022_jp_ext",
    "iso2022jp": "iso2022_jp_ext",
    "iso2022jpms": "iso2022_jp_ext",
    "iso88598i": "iso8859-8",
    "macintosh": "mac-roman",
    "tis620": "tis-620",
}
"""By the label without `x-`, dashes, underscores and blanks, which mailers leave out, add and swap."""
_SEPARATORS = re.compile(r"\Ax[-_]?|[-_ ]")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)\s+(?==\?)")
_WESTERN = {"ascii", "utf-8", "iso8859-1", "iso8859-15", "cp1252"}
"""Labels that mailers write without looking."""
_WIDE = {f"utf-{bits}{order}" for bits in (16, 32) for order in ("", "-be", "-le")}
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_QP_BREAK = re.compile(rb"=[ \t]*\n")


@lru_cache(maxsize=512)
def codec(label: str) -> str | None:
    """Python's name of the charset that a mail labels `label`, misspelt too; None where it is none."""
    name = label.strip().strip("\"'").lower().partition("*")[0]
    name = _SPELLINGS.get(_SEPARATORS.sub("", name), name)
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        match = _MISSPELT.search(name)
        if not match:
            return None
        name = f"iso8859-{match[3]}" if match[1] else f"cp{match[4]}" if match[4] else f"utf-{match[5]}"
        try:
            found = codecs.lookup(name).name
        except (LookupError, ValueError):
            return None
    return found if _MAIL_CHARSET.fullmatch(found) else None


def text(data: bytes, label: str | None = None) -> str:
    """`data` in the charset `label`; where that is missing or untrue, in what the bytes look like."""
    if data.isascii():
        plain = data.decode()  # looking for a character is quicker than for a byte
        if "\0" not in plain and "\x1b" not in plain and not (label and "hz" in label.lower()):
            return plain
    if b"\0" in data and not (label and codec(label) in _WIDE):
        data = data.replace(b"\0", b"")
    if b"\x1b$" in data or b"\x1b(J" in data:
        return data.decode("iso2022_jp_ext", "replace")
    name = codec(label) if label else None
    if name and name not in _WESTERN:
        try:
            return wellformed(data.decode(name))
        except UnicodeError:
            pass
    try:
        return data.decode("utf-8")
    except UnicodeError:
        pass
    if _mostly_utf8(data):
        # A cut or a stray byte in what is else UTF-8 loses one character, not the charset.
        return data.decode("utf-8", "replace")
    if name is None or name in _WESTERN:
        name = unlabelled.guess(data, "iso8859-15" if name == "iso8859-15" else "cp1252")
    return data.decode(name, "replace")


def _mostly_utf8(data: bytes) -> bool:
    high = len(data[:4096].translate(None, unlabelled.ASCII))
    lost = data[:4096].decode("utf-8", "replace").count("\ufffd")
    return high > 3 and lost * 4 < high


def transfer(data: bytes, encoding: str) -> bytes:
    """`data` without its Content-Transfer-Encoding (a lower-case name)."""
    if encoding == "base64":
        return base64(data)
    if encoding == "quoted-printable":
        return quoted_printable(data)
    return data


def base64(data: bytes) -> bytes:
    """What of `data` is base64, decoded; a damaged end is left out."""
    kept = _NOT_BASE64.sub(b"", data)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def quoted_printable(data: bytes) -> bytes:
    """Quoted-printable decoded; what is none of it stays as it is."""
    if b"= " in data or b"=\t" in data:
        data = _QP_BREAK.sub(b"=\n", data)
    return binascii.a2b_qp(data)


MAX_ENCODED = 65_536
"""Fields longer than this keep their encoded words."""


def words(value: str) -> str:
    """`value` with its encoded words decoded (RFC 2047), those in quotes or with blanks inside too."""
    if "=?" not in value or len(value) > MAX_ENCODED:
        return value
    return _ENCODED_WORD.sub(_word, _BETWEEN_WORDS.sub(r"\1", value))


def _word(match: re.Match[str]) -> str:
    charset, kind, body = match.groups()
    raw = body.encode("utf-8", "replace")
    data = base64(raw) if kind in "bB" else binascii.a2b_qp(raw, header=True)
    return text(data, charset)
