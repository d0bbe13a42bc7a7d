"""Composes German sentences with an open vocabulary.

A sentence is a pattern whose places are filled with noun phrases, verbs and adverbs in the right form. Nouns come from
three sources: the core list by topic, the long tail of real German, and compounds built on the spot. The shares of
the three decide how fast the vocabulary grows (see docs/stock.md for the fit to law text).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate

import numpy as np

from stock.language.lexicon import Lexicon, Noun, load

COMPOUND_SHARE = 0.32
TAIL_SHARE = 0.34
ESTABLISHED_SHARE = 0.45
ESTABLISHED = 6000
_BLOCK = 256
_DEFINITE = {
    "nom": {"m": "der", "f": "die", "n": "das", "p": "die"},
    "acc": {"m": "den", "f": "die", "n": "das", "p": "die"},
    "dat": {"m": "dem", "f": "der", "n": "dem", "p": "den"},
    "gen": {"m": "des", "f": "der", "n": "des", "p": "der"},
}
_INDEFINITE = {
    "nom": {"m": "ein", "f": "eine", "n": "ein"},
    "acc": {"m": "einen", "f": "eine", "n": "ein"},
    "dat": {"m": "einem", "f": "einer", "n": "einem"},
    "gen": {"m": "eines", "f": "einer", "n": "eines"},
}
_STRONG = {
    "nom": {"m": "er", "f": "e", "n": "es"},
    "acc": {"m": "en", "f": "e", "n": "es"},
    "dat": {"m": "en", "f": "en", "n": "en"},
    "gen": {"m": "en", "f": "en", "n": "en"},
}
_POSSESSIVE = ("Ihr", "unser", "sein", "kein")
PATTERNS = (
    "{N} {v} {A}.",
    "{N} {v} {adv} {A}.",
    "{adv} {v} {N} {A}.",
    "{N} wurde {adv} {pp}.",
    "{N} wurde am {date} {pp}.",
    "Mit Schreiben vom {date} wurde {N} {pp}.",
    "Es wird darauf hingewiesen, dass {N} {adv} {A} {vf}.",
    "Für {A} ist {N} {zu}.",
    "{N} ist bis zum {date} {zu}.",
    "Im Rahmen {G} ist {N} {pp} worden.",
    "Aufgrund {G} {v} {N} {A}.",
    "Nach {D} {v} {N} {A}, soweit {N} {pp} ist.",
    "Wegen {G} konnte {N} nicht {pp} werden.",
    "{N} und {N} sind {adv} {pp} worden.",
    "Sofern {N} {A} {vf}, ist {N} {zu}.",
    "Zu {D} liegt {N} nicht vor.",
    "Bitte reichen Sie {A} bis zum {date} nach.",
    "Bei {D} handelt es sich um {A}.",
    "{N} in Höhe von {sum} Euro wurde am {date} {pp}.",
    "Gegen {A} bestehen {adv} keine Bedenken.",
    "{N} ergibt sich aus {D}.",
    "Ob {N} {A} {vf}, ist {adv} offen.",
    "Mit {D} ist {N} nicht vereinbar.",
    "Unter Berücksichtigung {G} {v} {N} {A}.",
    "{N} {v} {A}, weil {N} am {date} {pp} wurde.",
    "{adv} ist {N} gegenüber {D} {zu}.",
)


@cache
def _bounds(name: str) -> np.ndarray:
    lexicon = load()
    weights: Sequence[float] = getattr(lexicon, name)
    total = np.cumsum(np.asarray(weights))
    bounds: np.ndarray = total / total[-1]
    return bounds


def _zipf_bounds(count: int, power: float) -> np.ndarray:
    total = np.cumsum(1.0 / (np.arange(count) + 3.0) ** power)
    bounds: np.ndarray = total / total[-1]
    return bounds


@dataclass
class Used:
    """What a composer has built beyond its lists: compounds and the parts they were built from."""

    compounds: dict[str, tuple[str, str]] = field(default_factory=dict)


class Composer:
    """Composes with one random stream; draws are made in blocks, which makes them cheap."""

    def __init__(self, rng: random.Random, topic: str = "amt") -> None:
        self.rng = rng
        self.lexicon: Lexicon = load()
        self.used = Used()
        self._np = np.random.default_rng(rng.getrandbits(64))
        own = [noun for noun in self.lexicon.core if noun.topic in (topic, "amt")]
        rest = [noun for noun in self.lexicon.core if noun.topic not in (topic, "amt")]
        rng.shuffle(own)
        self._core = own + rest
        self._core_bounds = _zipf_bounds(len(self._core), 0.5)
        self._tail = self._draw(lambda: self._pick(_bounds("tail_weights"), self.lexicon.tail))
        self._nouns = self._draw(lambda: self._pick(self._core_bounds, self._core))
        self._verbs = self._draw(lambda: self._pick(_bounds("verb_weights"), self.lexicon.verbs))
        self._adjectives = self._draw(lambda: self._pick(_bounds("adjective_weights"), self.lexicon.adjectives))

    def _pick(self, bounds: np.ndarray, items: Sequence[object]) -> list[object]:
        places = np.searchsorted(bounds, self._np.random(_BLOCK), side="right")
        return [items[place] for place in places]

    @staticmethod
    def _draw(block: Callable[[], list[object]]) -> Iterator[object]:
        while True:
            yield from block()

    def noun(self) -> Noun:
        """A noun of the core, of the tail, or a compound made now."""
        dice = self.rng.random()
        if dice < COMPOUND_SHARE:
            return self.compound()
        source = self._tail if dice < COMPOUND_SHARE + TAIL_SHARE else self._nouns
        return next(source)  # type: ignore[return-value]

    def compound(self) -> Noun:
        """Two nouns joined by the first one's linking form."""
        first, last = self._established() if self.rng.random() < ESTABLISHED_SHARE else self._free_pair()
        if first.lemma == last.lemma or first.gender == "p":
            return last
        join = first.link
        low = last.lemma[0].lower() + last.lemma[1:]
        lemma = join + low
        made = Noun(
            lemma,
            last.gender,
            join + last.genitive[0].lower() + last.genitive[1:],
            join + last.plural[0].lower() + last.plural[1:] if last.plural else "",
            lemma + "s",
        )
        for form in made.forms():
            self.used.compounds[form] = (first.lemma, last.lemma)
        return made

    def _free_pair(self) -> tuple[Noun, Noun]:
        first: Noun = next(self._nouns)  # type: ignore[assignment]
        last: Noun = next(self._tail if self.rng.random() < 0.12 else self._nouns)  # type: ignore[assignment]
        return first, last

    def _established(self) -> tuple[Noun, Noun]:
        """Some compounds are words of their own by now: a fixed set, the same in all cases."""
        core = self.lexicon.core
        place = int(ESTABLISHED * self.rng.random() ** 2)
        return core[place * 7919 % len(core)], core[place * 104_729 // 7 % len(core)]

    def adjective(self) -> str:
        return str(next(self._adjectives))

    def phrase(self, case: str) -> str:
        """A noun phrase in that case (nom, acc, dat, gen)."""
        rng = self.rng
        noun = self.noun()
        while case == "nom" and noun.gender == "p":
            noun = self.noun()
        dice = rng.random()
        plural = noun.gender == "p" or (case != "nom" and bool(noun.plural) and dice < 0.24)
        adjective = self.adjective() if rng.random() < 0.38 else ""
        if plural:
            return self._plural(noun, case, adjective)
        word = noun.genitive if case == "gen" else noun.lemma
        if dice < 0.62:
            head, ending = _DEFINITE[case][noun.gender], "e" if self._weak(case, noun.gender) else "en"
        elif dice < 0.82 or case == "gen":
            head, ending = _INDEFINITE[case][noun.gender], _STRONG[case][noun.gender]
        else:
            stem = rng.choice(_POSSESSIVE)
            head = stem + _INDEFINITE[case][noun.gender][3:]
            head = head.replace("unsere", "unsere") if stem == "unser" else head
            ending = _STRONG[case][noun.gender]
        text = f"{head} {inflect(adjective, ending)} {word}" if adjective else f"{head} {word}"
        return f"{text} {self.phrase('gen')}" if rng.random() < 0.13 else text

    def _plural(self, noun: Noun, case: str, adjective: str) -> str:
        word = noun.dative_plural if case == "dat" else noun.plural or noun.lemma
        head = _DEFINITE[case]["p"]
        return f"{head} {inflect(adjective, 'en')} {word}" if adjective else f"{head} {word}"

    @staticmethod
    def _weak(case: str, gender: str) -> bool:
        return case == "nom" or (case == "acc" and gender != "m")

    def date(self) -> str:
        rng = self.rng
        return f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2009, 2025)}"

    def amount(self) -> str:
        return money(self.rng.randint(500, 240000))

    def sentence(self, date: str = "") -> str:
        """One sentence."""
        pattern = self.rng.choice(PATTERNS)
        return self.fill(pattern, date)

    def fill(self, pattern: str, date: str = "") -> str:
        """Fill a pattern's places."""
        parts = []
        verb = next(self._verbs)
        for piece in _pieces(pattern):
            if piece[0] != "{":
                parts.append(piece)
                continue
            parts.append(self._place(piece, verb, date))
        text = _tidy("".join(parts), verb)
        return text[0].upper() + text[1:]

    def _place(self, piece: str, verb: object, date: str) -> str:
        case = _CASES.get(piece)
        if case:
            return self.phrase(case)
        attribute = _VERBAL.get(piece)
        if attribute:
            return str(getattr(verb, attribute))
        if piece == "{v}":
            return str(verb.present)  # type: ignore[attr-defined]
        if piece == "{vf}":
            return str(verb.prefix + verb.present)  # type: ignore[attr-defined]
        if piece == "{adv}":
            return self.rng.choice(self.lexicon.adverbs)
        if piece == "{sum}":
            return self.amount()
        return date or self.date()

    def paragraph(self, sentences: int) -> str:
        """Several sentences."""
        return " ".join([self.sentence() for _ in range(sentences)])


_CASES = {"{N}": "nom", "{A}": "acc", "{D}": "dat", "{G}": "gen"}
_VERBAL = {"{pp}": "participle", "{zu}": "to"}


# Bounded: phrases come with the case's names and days already in them, so there is no end of different ones.
@lru_cache(maxsize=256)
def _pieces(pattern: str) -> tuple[str, ...]:
    out = []
    rest = pattern
    while "{" in rest:
        head, _, tail = rest.partition("{")
        name, _, rest = tail.partition("}")
        out += [head] if head else []
        out.append("{" + name + "}")
    return tuple(out + ([rest] if rest else []))


def _tidy(text: str, verb: object) -> str:
    """A separable prefix goes to the end of its clause when the finite verb stands before."""
    prefix = str(getattr(verb, "prefix", ""))
    present = str(getattr(verb, "present", ""))
    if prefix and f" {present} " in text:
        head, _, tail = text.partition(f" {present} ")
        clause, comma, rest = tail.partition(",")
        if comma:
            return f"{head} {present} {clause} {prefix},{rest}"
        return f"{head} {present} {clause.removesuffix('.')} {prefix}."
    return text


def inflect(adjective: str, ending: str) -> str:
    """An adjective with its ending."""
    if adjective == "hoch":
        return "hoh" + ending
    if adjective.endswith("el"):
        return adjective[:-2] + "l" + ending
    if adjective in ("teuer", "sauer"):
        return adjective[:-2] + "r" + ending
    return adjective.removesuffix("e") + ending


def money(cents: int) -> str:
    """1234,50 in German spelling: 1.234,50."""
    whole, rest = divmod(cents, 100)
    return f"{whole:,}".replace(",", ".") + f",{rest:02d}"


def cumulative(weights: Sequence[float]) -> list[float]:
    """For `random.choices`."""
    return list(accumulate(weights))
