"""Words without what people leave out when they type: umlauts, accents, foreign letters, apostrophes, capitals."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ß": "ss", "ſ": "s", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h"}
    | {"ŋ": "n", "ŧ": "t", "ĸ": "k", "ŀ": "l", "ə": "e", "ӓ": "ä", "ӧ": "ö"}
)
_APOSTROPHES = re.compile("['’‘‛´`ʼʻ′]")
_UMLAUTS = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
_WRITTEN_OUT = re.compile(r"(?<=[ao])e|(?<=(?<![aeiouyq])u)e")


def fold(word: str) -> str:
    """Müller, Mueller and Muller are one; so are Yıldız and YILDIZ, O’Brien and OBrien, Łukasz and Lukasz."""
    small = unicodedata.normalize("NFC", _APOSTROPHES.sub("", word).replace("İ", "i").lower()).translate(_LETTERS)
    small = small.translate(_UMLAUTS)
    marks_off = "".join(ch for ch in unicodedata.normalize("NFD", small) if not unicodedata.combining(ch))
    return _WRITTEN_OUT.sub("", marks_off)
