"""The charset of text that has no label or a wrong one: the script that its bytes make sense in.

Old Japanese, Chinese, Korean and Russian mail systems send their own charset without a label, or as
us-ascii or iso-8859-1. Such text is mostly bytes above 127, which Western text never is.
"""

from __future__ import annotations

import re

_SAMPLE = 2000
_COMMON_HAN = frozenset(
    "的一是不了人我在有他这为之大来以个中上们到说时要就出会可也你对生能而子那得于着下自"
    "這為來個們說時會對於著無法信件郵邮箱地址收發发送用户戶失敗败退回系统統錯错误誤原因服务務器您已被请請"
)
ASCII = bytes(range(128))
_ASCII = re.compile(r"[\0-\x7f]+")
_KANA = re.compile(r"[\u3041-\u30fa]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_CYRILLIC = re.compile(r"[\u0430-\u044f]")


def guess(data: bytes, default: str) -> str:
    """The charset (as Python calls it) that `data` is most likely in, else `default`."""
    sample = data[:_SAMPLE]
    high = len(sample.translate(None, ASCII))
    if high < 8 or high * 5 < len(sample.strip()):
        return default
    for name, script, share in (
        ("cp932", _KANA, 0.25),
        ("euc_jp", _KANA, 0.25),
        ("gb18030", None, 0.25),
        ("big5", None, 0.25),
        ("cp949", _HANGUL, 0.8),
        ("cp1251", _CYRILLIC, 0.6),
        ("koi8-r", _CYRILLIC, 0.6),
    ):
        text = _beyond_ascii(sample, name)
        if text:
            hits = (
                len(script.findall(text)) if script else sum(character in _COMMON_HAN for character in text)
            )
            if hits >= share * len(text):
                return name
    return default


def _beyond_ascii(sample: bytes, name: str) -> str:
    """What of `sample` is no ASCII, empty where it is not in the charset `name`; its end may be cut."""
    for end in (len(sample), len(sample) - 1):
        try:
            return _ASCII.sub("", sample[:end].decode(name))
        except UnicodeDecodeError:
            continue
    return ""
