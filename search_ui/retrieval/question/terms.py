"""The words of a search: phrases in quotes, references and dates in any spelling, and the rest.

The signs of the query language are read before (`syntax`); here they are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casefile.canonical.kinds import asked
from casefile.canonical.references import date_spans, reference_spans
from casefile.index import fields
from casefile.text.words import words_of

SHORTEST_PART = 5  # letters of a word that is looked for at the end of longer ones
VARIED_WORDS = 16  # of longer questions the words are looked for without parts and other spellings
_PHRASE = re.compile(r'["„“”«»]([^"„“”«»]*)["„“”«»]')
_WORD = re.compile(r"\w+")
_WORD_RUN = re.compile(r"\w[\w.,'’‘´`ʼ/-]*")


@dataclass(frozen=True)
class Canonical:
    """A reference, date or other finding as typed and in the form in which the index holds it.

    `also`: what else it may mean, as field and value; a finding that is neither reference nor date has nothing else.
    """

    typed: str
    value: str = ""
    also: tuple[tuple[str, str], ...] = ()

    @property
    def bare(self) -> bool:
        """Only a number, or only a word: less sure to be what it may mean."""
        return self.typed.isdigit() or not any(map(str.isdigit, self.typed))


@dataclass(frozen=True)
class Terms:
    words: str = ""
    phrases: tuple[str, ...] = ()
    references: tuple[Canonical, ...] = ()
    dates: tuple[Canonical, ...] = ()
    findings: tuple[Canonical, ...] = ()
    patterns: tuple[str, ...] = ()  # words with `*` or `?` in them, in small letters

    @property
    def canonical(self) -> tuple[Canonical, ...]:
        return (*self.references, *self.dates, *self.findings)

    @property
    def loose_words(self) -> str:
        """The words, with those findings that count as a word where only some words must match."""
        return " ".join((self.words, *(finding.typed for finding in self.findings if finding.bare))).strip()

    @property
    def empty(self) -> bool:
        return self == Terms()

    @property
    def typed(self) -> str:
        """All of it as one text, for the engine's own analysis."""
        return " ".join((self.words, *self.phrases, *(c.typed for c in self.canonical))).strip()

    @property
    def every_word(self) -> tuple[str, ...]:
        """All words, those of phrases, references and dates too, lower case, each once."""
        return split_words(self.typed)


_LISTS = ("phrases", "references", "dates", "findings", "patterns")


def parse_terms(text: str) -> Terms:
    phrases = tuple(phrase.strip() for phrase in _PHRASE.findall(text) if _WORD.search(phrase))
    return _with_canonical(_PHRASE.sub(" ", text), phrases)


def merged_terms(several: Iterable[Terms]) -> Terms:
    """All of them together, each phrase, finding and pattern once."""
    parts = tuple(several)
    return Terms(
        " ".join(part.words for part in parts if part.words),
        *(tuple(dict.fromkeys(one for part in parts for one in getattr(part, name))) for name in _LISTS),
    )


def single_terms(terms: Terms) -> Iterator[Terms]:
    """Each word, phrase, finding and pattern by itself."""
    yield from (Terms(words=word) for word in terms.words.split())
    yield from (Terms(phrases=(one,)) for one in terms.phrases)
    yield from (Terms(references=(one,)) for one in terms.references)
    yield from (Terms(dates=(one,)) for one in terms.dates)
    yield from (Terms(findings=(one,)) for one in terms.findings)
    yield from (Terms(patterns=(one,)) for one in terms.patterns)


def finding_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Where references, dates and other findings stand: signs within are theirs."""
    return tuple(_meanings(text))


def plain_terms(text: str) -> Terms:
    """Text taken as plain words: nothing in it is a sign of a query language."""
    return _with_canonical(text, ())


def searchable(text: str) -> bool:
    """Is there a letter or a digit? Signs and pictures alone are in no index."""
    return any(letter.isalnum() for letter in text)


def split_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words_of(text)))


def _with_canonical(text: str, phrases: tuple[str, ...]) -> Terms:
    meanings = _meanings(text)
    found: dict[str, list[Canonical]] = {fields.REFERENCES: [], fields.DATES: [], fields.FINDINGS: []}
    rest: list[str] = []
    position = 0
    for start, end in sorted(meanings, key=lambda extent: (extent[0], -extent[1])):
        if start < position:
            continue
        rest.append(text[position:start])
        position = end
        (field, value), *also = meanings[start, end]
        if field == fields.FINDINGS:
            value, also = "", meanings[start, end]
        found[field].append(Canonical(text[start:end], value, tuple(also)))
    words = " ".join(_WORD_RUN.findall(" ".join((*rest, text[position:]))))
    references, dates, findings = (tuple(one) for one in found.values())
    return Terms(words, phrases, references, dates, findings)


def _meanings(text: str) -> dict[tuple[int, int], list[tuple[str, str]]]:
    """By place in the text, what may be meant there as field and value; references first, then dates."""
    meanings: dict[tuple[int, int], list[tuple[str, str]]] = {}
    sources = ((fields.REFERENCES, reference_spans(text)), (fields.DATES, date_spans(text)))
    for field, spans in (*sources, (fields.FINDINGS, asked(text))):
        for start, end, value in spans:
            meant = meanings.setdefault((start, end), [])
            meant += [(field, value)] if (field, value) not in meant else []
    return meanings
