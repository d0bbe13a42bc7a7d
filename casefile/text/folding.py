"""Words without what people leave out when they type: umlauts, accents, foreign letters, apostrophes, capitals."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from casefile.text.words import without_apostrophes

_UMLAUTS = {"ä": "a", "ö": "o", "ü": "u", "ß": "ss"}
_FOREIGN = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ŧ": "t"}
)
_ORDINARY, _VOWEL, _UMLAUT = range(3)


@lru_cache(maxsize=20_000)  # a page is marked word by word, and most words stand on many pages
def fold(word: str) -> str:
    """What the engine's apostrophe filter, `lowercase`, `german_normalization` and `asciifolding` make of a word.

    Müller, Mueller and Muller are one; so are Yıldız and YILDIZ, O’Brien and OBrien, Łukasz and Lukasz.
    """
    german = _without_umlauts(without_apostrophes(word).replace("İ", "i").lower().replace("ſ", "s"))
    plain = unicodedata.normalize("NFD", german.translate(_FOREIGN))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _without_umlauts(word: str) -> str:
    """The same automaton as Lucene's GermanNormalizationFilter: ä, ö, ü, ß are folded; the e of ae and oe is dropped,
    that of ue only where no vowel and no q stands before it (treue, Quelle).
    """
    out: list[str] = []
    state = _ORDINARY
    for letter in word:
        if letter != "e" or state != _UMLAUT:
            out.append(_UMLAUTS.get(letter, letter))
        if letter in "ao":
            state = _UMLAUT
        elif letter == "u":
            state = _UMLAUT if state == _ORDINARY else _VOWEL
        else:
            state = _VOWEL if letter in "eiqyäöü" else _ORDINARY
    return "".join(out)
