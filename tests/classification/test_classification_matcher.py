"""Many patterns at once find what each of them finds alone, however many there are."""

import itertools

import pytest
import re2

from analyzer.classification.matcher import Matcher, Pattern
from analyzer.classification.template import fold

PATTERNS = (
    r"\bIB\d{3}\b",
    r"[A-Z]{3}-\S+",
    r"user unknown",
    r"\x4e\x4F such",
    r"пользовател\pL+ не найден",
    r"ΧΡΗΣΤΗΣ",
    r"\bempfänger\b",
    r"收件人不存在",
    r"^\d+ \S+ \pL+$",
)
TEXTS = (
    "550 IB123 User Unknown",
    "550 ABC-xyz: NO SUCH thing",
    "Пользователь НЕ НАЙДЕН",
    "ο χρηστης δεν υπάρχει",
    "Ο ΧΡΗΣΤΗΣ ΔΕΝ ΥΠΑΡΧΕΙ",
    "Empfänger EMPFANGER",
    "550 收件人不存在",
    "550 5.1.1 gone",
    "",
)


def test_one_by_one_and_filtered_all_at_once_find_the_same():
    matcher = Matcher(PATTERNS)
    alone = [{pattern for pattern in PATTERNS if Pattern(pattern).search(fold(text))} for text in TEXTS]
    assert set().union(*alone) == set(PATTERNS)
    for _ in range(3):  # the later rounds are filtered
        assert [set(matcher.hits(fold(text))) for text in TEXTS] == alone
    for text, found in zip(TEXTS, alone, strict=True):
        assert all(matcher.span(pattern, fold(text)) for pattern in found)


@pytest.mark.parametrize(
    ("letters", "times"), [("abcdefghijklmnopqrstuvwxyz", 8), ("абвгдежзийклмнопрстуфхцчшщъыьэюя", 3)]
)
def test_more_words_than_one_filter_takes(letters, times):
    each = itertools.islice(itertools.permutations(letters, 5), 0, 7_000_000, 2000)
    words = ["".join(word) * times for word in each]
    chunk = re2.Filter()
    for word in words:
        chunk.Add(word)
    with pytest.raises(re2.error):
        chunk.Compile()
    matcher = Matcher(words)
    for number in range(0, len(words), len(words) // 15):
        text = f"550 {words[number]} here"
        assert matcher.hits(text) == {words[number]}
        assert matcher.span(words[number], text) == (4, 4 + 5 * times)
