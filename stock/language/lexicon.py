"""The lexicon of the sample language: words with their grammar, weighted like words of real German.

The core is a hand-written list; the long tail comes at run time from `wordfreq`, taking only words whose suffix settles
gender and inflection (-ung, -heit, -ismus; -lich, -bar; -ieren). So the vocabulary is open without a copied dictionary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent.parent / "data"
_FEMININE = ("ung", "heit", "keit", "schaft", "tion", "tät")
_ADJECTIVE = ("lich", "bar", "ig", "isch", "los", "haft", "sam")
_AVOID = (
    "nazi",
    "sex",
    "jude",
    "jüd",
    "hitler",
    "mord",
    "vergewalt",
    "hinricht",
    "töt",
    "terror",
    "fick",
    "scheiß",
    "porn",
    "rass",
)
_NOT_VERB = ("verlieren", "frieren", "bieren", "schmieren", "papieren", "zieren")
_NOT_ADJECTIVE = (
    "tisch",
    "fisch",
    "misch",
    "könig",
    "honig",
    "pfennig",
    "käfig",
    "essig",
    "teig",
    "zweig",
    "steig",
    "krieg",
    "ling",
    "zwanzig",
    "ßig",
    "zig",
    "plos",
    "allos",
    "bellos",
    "ulos",
    "tlos",
    "schloss",
    "kleinig",
    "wisch",
    "busch",
    "fleisch",
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun; `link` is its form as first part of a compound."""

    lemma: str
    gender: str
    genitive: str
    plural: str
    link: str
    topic: str = ""

    def forms(self) -> tuple[str, ...]:
        """All written forms, the lemma first."""
        found = dict.fromkeys((self.lemma, self.genitive, self.plural, self.dative_plural))
        return tuple(form for form in found if form)

    @property
    def dative_plural(self) -> str:
        if not self.plural or self.plural.endswith(("n", "s", "a")):
            return self.plural
        return self.plural + "n"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that takes an accusative object."""

    infinitive: str
    present: str
    past: str
    participle: str
    prefix: str = ""

    @property
    def to(self) -> str:
        """The infinitive with zu."""
        if self.prefix:
            return self.prefix + "zu" + self.infinitive.removeprefix(self.prefix)
        return "zu " + self.infinitive


@dataclass(frozen=True)
class Lexicon:
    """All words with the cumulative weights they are drawn by."""

    core: tuple[Noun, ...]
    tail: tuple[Noun, ...]
    tail_weights: tuple[float, ...]
    verbs: tuple[Verb, ...]
    verb_weights: tuple[float, ...]
    adjectives: tuple[str, ...]
    adjective_weights: tuple[float, ...]
    adverbs: tuple[str, ...]


def noun_from_row(row: str) -> Noun:
    """One line of nouns.tsv."""
    lemma, gender, ending, plural, link, topic = row.split("\t")
    genitive = lemma if ending == "-" or gender in "fp" else lemma + ending
    joined = link[1:] if link.startswith("=") else lemma + ("" if link == "-" else link)
    if link == "n" and lemma.endswith("e"):
        joined = lemma + "n"
    if link == "en" and lemma == "Firma":
        joined = "Firmen"
    return Noun(lemma, gender, genitive, "" if plural == "-" else plural, joined, topic)


def _fair(word: str, least: int) -> bool:
    return len(word) >= least and word.isalpha() and not any(part in word for part in _AVOID)


def _tail_noun(word: str) -> Noun | None:
    lemma = word.capitalize()
    if word.endswith(_FEMININE):
        return Noun(lemma, "f", lemma, lemma + "en", lemma + "s")
    if word.endswith("ismus"):
        return Noun(lemma, "m", lemma, "", lemma)
    if word.endswith("ment") and not word.endswith("ement"):
        return Noun(lemma, "n", lemma + "s", lemma + "e", lemma)
    return None


def _tail_verb(word: str) -> Verb:
    stem = word.removesuffix("en")
    return Verb(word, stem + "t", stem + "te", stem + "t")


@cache
def load() -> Lexicon:
    """Read the lists and sort out the long tail (about a second, once a process)."""
    import wordfreq

    core = tuple(noun_from_row(row) for row in (_DATA / "nouns.tsv").read_text("utf-8").splitlines())
    verbs = [Verb(*row.split("\t")) for row in (_DATA / "verbs.tsv").read_text("utf-8").splitlines()]
    verb_weights = [1.0 / (rank + 4) ** 0.7 for rank in range(len(verbs))]
    base = (_DATA / "adjectives.txt").read_text("utf-8").split()
    adjectives, adjective_weights = list(base), [3.0 / (rank + 12) for rank in range(len(base))]
    known = {noun.lemma for noun in core} | set(base)
    tail: list[Noun] = []
    tail_weights: list[float] = []
    frequencies = wordfreq.get_frequency_dict("de", wordlist="best")
    for word, frequency in sorted(frequencies.items(), key=lambda item: (-item[1], item[0])):
        if not _fair(word, 6):
            continue
        noun = _tail_noun(word)
        if noun is not None and noun.lemma not in known:
            tail.append(noun)
            tail_weights.append(frequency)
        elif word.endswith(_ADJECTIVE) and not word.endswith(_NOT_ADJECTIVE) and word not in known and frequency > 2e-8:
            adjectives.append(word)
            adjective_weights.append(math.sqrt(frequency) * 20)
        elif word.endswith("ieren") and not word.endswith(_NOT_VERB) and frequency > 5e-8:
            verbs.append(_tail_verb(word))
            verb_weights.append(frequency * 3e3)
    adverbs = tuple((_DATA / "adverbs.txt").read_text("utf-8").splitlines())
    return Lexicon(
        core,
        tuple(tail),
        tuple(tail_weights),
        tuple(verbs),
        tuple(verb_weights),
        tuple(adjectives),
        tuple(adjective_weights),
        adverbs,
    )
