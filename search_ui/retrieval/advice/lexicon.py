"""German words as people write them, from a public list: never from anybody's files.

The list is part of the package wordfreq (Apache 2.0; its data CC BY-SA 4.0) and is read from there, once in a process,
when the first suggestion is asked for.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

import wordfreq
from rapidfuzz import process
from rapidfuzz.distance import OSA

COMMON_WORDS = 150_000  # rarer ones are mostly names and mistakes themselves
SHORTEST = 4  # letters: shorter words have too many neighbours
TWO_EDITS_FROM = 8


def near_words(word: str, most: int) -> tuple[str, ...]:
    """Other words that differ by one letter (two where it is long) or by two that changed places, nearest first."""
    return nearest(word, _common_words(), most)


def nearest(word: str, others: Collection[str], most: int) -> tuple[str, ...]:
    """Of these words in small letters; of equally near ones in their order."""
    folded = word.lower()
    if len(folded) < SHORTEST or not folded.isalpha():
        return ()
    allowed = 1 + (len(folded) >= TWO_EDITS_FROM)
    found = process.extract(
        folded,
        others,
        scorer=OSA.distance,
        score_cutoff=allowed,
        limit=most + 1,
    )
    return tuple(other for other, distance, _ in found if distance)[:most]


@cache
def _common_words() -> tuple[str, ...]:
    """The most frequent first."""
    return tuple(word for word in wordfreq.top_n_list("de", COMMON_WORDS) if word.isalpha())
