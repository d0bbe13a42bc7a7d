"""Damage as recognition does it, letter by letter, from a seed; how much it is, is measured afterwards."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from bench.retrieval.collection import Case, Collection, Document

# What recognition takes for one another; each way round.
_LOOKALIKES = (
    *(("m", "rn"), ("d", "cl"), ("w", "vv"), ("u", "ii"), ("o", "0"), ("l", "1"), ("s", "5"), ("B", "8"), ("e", "c")),
    *(("h", "b"), ("n", "u"), ("ü", "u"), ("ä", "a"), ("ö", "o"), ("i", "l"), ("f", "t"), ("g", "q"), ("ß", "B")),
)
_MISREAD: dict[str, list[str]] = {}
for _one, _other in _LOOKALIKES:
    _MISREAD.setdefault(_one, []).append(_other)
    if len(_other) == 1:
        _MISREAD.setdefault(_other, []).append(_one)
_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüABCDEFGHIJKLMNOPRSTUVWZ0123456789.,;'"
_SPREAD = 0.4  # a page's share of wrong letters differs from the level's by up to this part of it


def damage(collection: Collection, level: float, seed: int) -> Collection:
    """Every page with about `level` of its letters wrong; queries and judgements stay."""
    if not level:
        return collection
    return replace(collection, cases=tuple(_damaged_case(case, level, seed) for case in collection.cases))


def character_error_rate(clean: Collection, damaged: Collection) -> float:
    """Edit distance over length, of all pages together."""
    pairs = list(zip(clean.pages(), damaged.pages(), strict=True))
    distance = sum(Levenshtein.distance(before, after) for (_, before), (_, after) in pairs)
    return distance / max(1, sum(len(before) for (_, before), _ in pairs))


def _damaged_case(case: Case, level: float, seed: int) -> Case:
    return replace(case, documents=tuple(_damaged(document, level, seed) for document in case.documents))


def _damaged(document: Document, level: float, seed: int) -> Document:
    pages = (
        _damaged_text(text, level, random.Random(f"{seed}/{document.page_name(number)}/{level}"))
        for number, text in enumerate(document.pages, 1)
    )
    return replace(document, pages=tuple(pages))


def _damaged_text(text: str, level: float, chance: random.Random) -> str:
    share = level * chance.uniform(1 - _SPREAD, 1 + _SPREAD)
    return "".join(_letters(text, share, chance))


def _letters(text: str, share: float, chance: random.Random) -> Iterable[str]:
    for letter in text:
        yield _misread(letter, chance) if letter != "\n" and chance.random() < share else letter


def _misread(letter: str, chance: random.Random) -> str:
    way = chance.random()
    if way < 0.5 and letter in _MISREAD:
        return chance.choice(_MISREAD[letter])
    if way < 0.75:
        return chance.choice(_LETTERS)
    if way < 0.88:
        return ""
    return letter + (" " if way < 0.92 else chance.choice(_LETTERS))
