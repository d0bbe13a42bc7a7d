"""Is a PDF page's text layer fit to be the page's text, or must the page be recognised?

Searched text that is wrong is worse than late text: garbled fonts, empty layers and bad recognition by the scanner
are silent losses. Thresholds were set on the pages named in docs/decisions/0003-recognition.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.extract.pdf.align import Box, BoxedToken, shared_words

# Fonts without a character map give private-use, control and replacement characters; sound pages have below 1 %.
_MOST_STRANGE = 0.08
# Share of words (4 letters and more) built like words. Sound German, Turkish or Polish text: 0.93 to 1.0;
# recognition with many errors: below 0.8; a font with shifted letters: below 0.5.
_LEAST_WORDLIKE = 0.60
_LEAST_WORDLIKE_HIDDEN = 0.80  # hidden layers come from recognition, often an old one: ours is better then
_ENOUGH_WORDS = 12
# Shifted letters can look like words; then no function word is among them.
_LEAST_FUNCTION_WORDS = 0.02
_MANY_WORDS = 60
# A page that is mostly a picture with less text than this is a scan with a stamp, number or heading put on it.
PICTURE_SHARE = 0.5
_LEAST_LETTERS_ON_PICTURE = 150
# Ink (share of the page) outside all words: where it is much and the text little, the text is in a picture or in
# drawn outlines.
_MUCH_INK = 0.012
_LEAST_LETTERS_BESIDE_INK = 400
_LEAST_SHARED = 0.5
# Turned or widely set text comes out letter by letter. In running German 1 word in 10 has one or two letters.
_MOST_SHATTERED = 0.5
_MANY_PIECES = 40


@dataclass(frozen=True)
class PageFacts:
    """What the renderer saw. Shares are of the page's area, `hidden` of the characters; `pictures`: their places.

    `ink_outside`: share of the page that is dark outside all words; None where it was not measured.
    """

    words: Sequence[BoxedToken]
    picture: float = 0.0
    hidden: float = 0.0
    ink_outside: float | None = None
    pictures: tuple[Box, ...] = ()


def is_recognised(facts: PageFacts) -> bool:
    """The layer is hidden text over a picture of the page: somebody's earlier recognition."""
    return facts.hidden > 0.5 and facts.picture >= PICTURE_SHARE


DISAGREE = "Textebene und Seitenbild stimmen nicht überein"
UNRELIABLE = "Textebene mit falsch zugeordneten Zeichen"
_STAMPED = "Bild mit wenig Text"
_MORE_INK = "mehr auf der Seite als in der Textebene"
# The text is not wrong, but it is not all.
LITTLE = frozenset({_STAMPED, _MORE_INK})


def why_unusable(text: str, facts: PageFacts) -> str:
    """Empty where the layer is the page's text, else why it is not (German, for the operator)."""
    letters = sum(c.isalnum() for c in text)
    if letters == 0:
        return "keine Textebene"
    if strange_share(text) > _MOST_STRANGE:
        return "Textebene mit unlesbaren Zeichen"
    if facts.picture >= PICTURE_SHARE and letters < _LEAST_LETTERS_ON_PICTURE:
        return _STAMPED
    if (facts.ink_outside or 0.0) > _MUCH_INK and letters < _LEAST_LETTERS_BESIDE_INK:
        return _MORE_INK
    if letters >= 50 and facts.words and shared_words(text, facts.words) < _LEAST_SHARED:
        return DISAGREE
    if shattered_share(text) > _MOST_SHATTERED:
        return "Textebene in einzelne Buchstaben zerfallen"
    return _unlike_language(text, facts.hidden > 0.5)


def strange_share(text: str) -> float:
    """Share of characters that no document is written in: private use, unassigned, control, replacement."""
    shown = [c for c in text if not c.isspace()]
    strange = sum(c == "\ufffd" or unicodedata.category(c) in {"Co", "Cn", "Cs", "Cc"} for c in shown)
    return strange / len(shown) if shown else 0.0


def shattered_share(text: str) -> float:
    """Share of one- and two-letter pieces among those that are letters only; 0 where there are few."""
    pieces = [token for token in text.split() if token.isalpha()]
    return sum(len(p) <= 2 for p in pieces) / len(pieces) if len(pieces) >= _MANY_PIECES else 0.0


def _unlike_language(text: str, hidden: bool) -> str:
    words = [w for w in (token.strip("\"'„“”‚‘’»«()[]{}.,;:!?*–—…/-") for token in text.split()) if w]
    long = [w for w in words if len(w) >= 4 and _mostly_letters(w)]
    if len(long) < _ENOUGH_WORDS:
        return ""
    wordlike = sum(is_wordlike(w) for w in long) / len(long)
    if wordlike < (_LEAST_WORDLIKE_HIDDEN if hidden else _LEAST_WORDLIKE):
        return "Textebene fast ohne Wörter"
    function = sum(w.casefold() in FUNCTION_WORDS for w in words) / len(words)
    if len(words) >= _MANY_WORDS and wordlike < 0.85 and function < _LEAST_FUNCTION_WORDS:
        return "Textebene in keiner Sprache"
    return ""


def _mostly_letters(word: str) -> bool:
    return sum(c.isalpha() for c in word) * 2 > len(word)


_VOWELS = frozenset("aeiouyäöüàáâãåæèéêëìíîïòóôõøœùúûýÿāăąēĕėęěĩīĭįıōŏőũūŭůűų")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
# "Angstschweiß" has eight in a row.
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxzßçčćđğłńňřśşšťźżž]{9,}", re.IGNORECASE)
_TRIPLE = re.compile(r"(.)\1\1\1|^(.)\2\2")
_MIXED = re.compile(r"[a-zäöüß][A-ZÄÖÜ]")
_INNER_JUNK = re.compile(r"[^\W\d_][^\w\-'’./&:@()*]+[^\W\d_]|[^\W\d_]\d[^\W\d_]|_")


def is_wordlike(word: str) -> bool:
    """Built like a word of a language in Latin letters; words in other scripts pass."""
    if not _LATIN.search(word):
        return True
    if _INNER_JUNK.search(word) or _TRIPLE.search(word) or _CONSONANTS.search(word):
        return False
    if len(_MIXED.findall(word)) > 1:
        return False
    if len(word) <= 6 and sum(c.isupper() for c in word) * 2 >= len(word):
        return True  # abbreviations
    letters = [c for c in word.lower() if c.isalpha()]
    vowels = sum(c in _VOWELS for c in letters)
    return 0.12 <= vowels / len(letters) <= 0.85


# The commonest small words of German, English, French, Turkish and Polish letters.
_SMALL_WORDS = """
    aber alle allem allen aller als also am an auch auf aus bei beim bin bis bitte da damit dann das dass daß
    dem den der des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer eines er
    es für gegen gem gemäß haben hat hatte hiermit hierzu ich ihr ihre ihrem ihren ihrer im in ist ja je kann
    kein keine keinen man mehr mein meine mich mir mit nach nicht noch nr nur ob oder ohne sein seine seit sich
    sie sind so soll sowie über um und unter vom von vor war waren was wegen wenn werden wie wir wird wurde
    wurden zu zum zur zwischen the of and to for is on that by with this be are as at from or not you your we it
    have has which le la les de et un une en est que pour dans sur par il qui au ve bir bu için ile olarak i w z
    na do się nie jest o że
"""
FUNCTION_WORDS = frozenset(_SMALL_WORDS.split())
