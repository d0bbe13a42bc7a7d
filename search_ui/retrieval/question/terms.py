"""The words of a search: phrases in quotes, references and dates in any spelling, and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from casefile.references import date_spans, reference_spans

GRAM = 4  # length of the character n-grams of the field `text.gram`
_PHRASE = re.compile(r'["„“”«»]([^"„“”«»]*)["„“”«»]')
_WORD = re.compile(r"\w+")
_WORD_RUN = re.compile(r"\w[\w.'’/-]*")
_FOLDED = {"ä": "a", "ö": "o", "ü": "u", "ß": "ss"}
_ORDINARY, _VOWEL, _UMLAUT = range(3)


@dataclass(frozen=True)
class Canonical:
    """A reference or date as typed and in the form in which the index holds it."""

    typed: str
    value: str


@dataclass(frozen=True)
class Terms:
    words: str = ""
    phrases: tuple[str, ...] = ()
    references: tuple[Canonical, ...] = ()
    dates: tuple[Canonical, ...] = ()

    @property
    def empty(self) -> bool:
        return self == Terms()

    @property
    def typed(self) -> str:
        """All of it as one text, for the engine's own analysis."""
        return " ".join((self.words, *self.phrases, *(c.typed for c in (*self.references, *self.dates)))).strip()

    @property
    def every_word(self) -> tuple[str, ...]:
        """All words, those of phrases, references and dates too, lower case, each once."""
        return split_words(self.typed)


def parse_terms(text: str) -> Terms:
    phrases = tuple(phrase.strip() for phrase in _PHRASE.findall(text) if _WORD.search(phrase))
    return _with_canonical(_PHRASE.sub(" ", text), phrases)


def plain_terms(text: str) -> Terms:
    """Text taken as plain words: nothing in it is a sign of a query language."""
    return _with_canonical(text, ())


def searchable(text: str) -> bool:
    """Is there a letter or a digit? Signs and pictures alone are in no index."""
    return any(letter.isalnum() for letter in text)


def split_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.lower() for word in _WORD.findall(text)))


def fold(word: str) -> str:
    """What the engine's `lowercase` and `german_normalization` make of a word.

    The same automaton as Lucene's GermanNormalizationFilter: ä, ö, ü, ß are folded; the e of ae and oe is dropped,
    that of ue only where no vowel and no q stands before it (treue, Quelle).
    """
    out: list[str] = []
    state = _ORDINARY
    for letter in word.lower().replace("ſ", "s"):
        if letter != "e" or state != _UMLAUT:
            out.append(_FOLDED.get(letter, letter))
        if letter in "ao":
            state = _UMLAUT
        elif letter == "u":
            state = _UMLAUT if state == _ORDINARY else _VOWEL
        else:
            state = _VOWEL if letter in "eiqyäöü" else _ORDINARY
    return "".join(out)


def grams(word: str) -> tuple[str, ...]:
    """The word's folded character n-grams; none for a word that is shorter."""
    folded = fold(word)
    return tuple(dict.fromkeys(folded[i : i + GRAM] for i in range(len(folded) - GRAM + 1)))


def _with_canonical(text: str, phrases: tuple[str, ...]) -> Terms:
    spans = [(start, end, value, False) for start, end, value in reference_spans(text)]
    spans += [(start, end, value, True) for start, end, value in date_spans(text)]
    references: list[Canonical] = []
    dates: list[Canonical] = []
    rest: list[str] = []
    position = 0
    for start, end, value, is_date in sorted(spans):
        if start < position:
            continue
        rest.append(text[position:start])
        (dates if is_date else references).append(Canonical(text[start:end], value))
        position = end
    words = " ".join(_WORD_RUN.findall(" ".join((*rest, text[position:]))))
    return Terms(words, phrases, tuple(references), tuple(dates))
