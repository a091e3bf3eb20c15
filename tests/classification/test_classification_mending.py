"""Letters that went wrong on the way."""

import unicodedata

import pytest

from analyzer.classification import load_rules
from analyzer.classification.mending import mended
from analyzer.model import Question

SAID = [
    "550 Empfänger unbekannt",
    "550 Buzón no encontrado",
    "550 Usuário não encontrado",
    "550 Příjemce nenalezen",
    "550 пользователь не найден",
    "550 ユーザーが存在しません",
    "550 사용자를 찾을 수 없습니다",
    "550 用户不存在",
]


@pytest.mark.parametrize("said", SAID)
def test_read_as_latin_1_or_taken_apart(said: str) -> None:
    wrong = {
        "decomposed": unicodedata.normalize("NFD", said),
        "latin-1": said.encode().decode("latin-1"),
        "windows": "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in said.encode()),
    }
    assert {kind: mended(text) for kind, text in wrong.items()} == dict.fromkeys(wrong, said)
    verdicts = load_rules().classify([Question(reply=text) for text in wrong.values()])
    assert all(verdict.suppress for verdict in verdicts)


def test_half_width_katakana() -> None:
    assert mended("550 ﾕｰｻﾞｰが見つかりません") == "550 ユーザーが見つかりません"


@pytest.mark.parametrize(
    "said", ["Größe: „groß“", "«société»", "Ärger Über Öl", "mañana", "œuvre…", "ÄÖÜ", "日本語"]
)
def test_what_is_right_stays(said: str) -> None:
    assert mended(said) == said


@pytest.mark.parametrize(
    "said",
    [
        "Empf?nger unbekannt",
        "Empf\ufffd\ufffdnger unbekannt",
        "Usu?rio n?o encontrado",
        "U?ivatel neexistuje",
        "Kullan?c? bulunamad?",
    ],
)
def test_lost_letters(said: str) -> None:
    (verdict,) = load_rules().classify([Question(reply=f"550 {said}")])
    assert verdict.suppress


@pytest.mark.parametrize("said", ["user unknown?", "see http://example.org/a?n=b", "why? no?", "n??o"])
def test_questions_stay(said: str) -> None:
    assert mended(said) == said.replace("n??o", "não")
