"""Text as it was meant: accents joined, katakana of full width, UTF-8 taken for Latin-1 read again."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import is_normalized, normalize

_FOLLOWING = "\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_MISREAD = re.compile(
    rf"(?:[\xc2-\xdb][{_FOLLOWING}]|[\xe0-\xef][{_FOLLOWING}]{{2}}|[\xf0-\xf4][{_FOLLOWING}]{{3}})+"
)
"""Letters of UTF-8 whose bytes were taken for characters of Latin-1 or Windows-1252."""
_HALF = re.compile("[\uff61-\uff9f]+")
_LOST = re.compile(r"(?<![A-Za-z])[A-Za-z]++(?:[?\ufffd]{1,4}[A-Za-z]*+)+")
_WORDS = (
    "empfänger empfängers empfängeradresse ungültig ungültige ungültiger gültig gültige gelöscht "
    "überfüllt überschritten verfügbar vorübergehend zulässig geprüft boîte trouvé trouvée trouvés "
    "désactivé désactivée supprimé supprimée dépassé bloqué rejeté expéditeur réessayer buzón "
    "dirección inválido inválida electrónico encontró envió límite más está usuário usuários não "
    "endereço destinatário destinatários excluído espaço também página użytkownik użytkownika "
    "użytkownikiem odbiorcę pełna pełny usunięty usunięta został została nieprawidłowy skrzynkę "
    "uživatel uživatele příjemce příjemcem schránka schránku plná neplatná používateľ používateľa "
    "adresát användaren användare okänd okänt brevlådan brevlåda avsändaren kullanıcı kullanıcısı "
    "alıcı alıcının bulunamadı geçersiz değil hatalı hesabı felhasználó felhasználónév címzett "
    "létezik található érvénytelen postafiók există căsuța nevažeća korisnički sähköposti käyttäjä "
    "käyttäjää löydy löytynyt"
)
"""Words of replies in which letters are lost: question marks stand for what a system could not show."""


def mended(text: str) -> str:
    """The text with what went wrong in its letters on the way set right; ASCII costs nothing."""
    if ("?" in text or "\ufffd" in text) and _LOST.search(text):
        text = _LOST.sub(_known, text)
    if text.isascii():
        return text
    text = _MISREAD.sub(_reread, text)
    text = _HALF.sub(lambda run: normalize("NFKC", run[0]), text)
    return text if is_normalized("NFC", text) else normalize("NFC", text)


@cache
def _bytes() -> dict[str, int]:
    """The byte that a character was, in Windows-1252 and, where that has none, in Latin-1."""
    places = {}
    for byte in range(0x80, 0x100):
        places[chr(byte)] = byte
        places[bytes([byte]).decode("cp1252", "replace")] = byte
    return places


def _reread(run: re.Match[str]) -> str:
    places = _bytes()
    try:
        return bytes(places[char] for char in run[0]).decode("utf-8")
    except UnicodeDecodeError:
        return run[0]


@cache
def _words() -> dict[str, str]:
    """Words by what is left of them where their accented letters are lost."""
    return {_gaps(word): word for word in _WORDS.split()}


def _gaps(word: str) -> str:
    return re.sub(r"[^a-z]+", "*", word)


def _known(word: re.Match[str]) -> str:
    return _words().get(_gaps(word[0].lower()), word[0])
