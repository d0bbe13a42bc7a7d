"""Words that look alike: what recognition made of a word, told from other words by how few letters differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from casefile.text.folding import fold
from search_ui.retrieval.question.terms import split_words

LONG = 10  # letters from which two may differ
SHORTEST_ALIKE = 5  # shorter words have too many neighbours that are words of their own
# What recognition takes for one another; both sides are brought to the right-hand form before they are compared.
CONFUSIONS = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("ii", "u"), ("0", "o"), ("1", "l"), ("5", "s"), ("8", "b"))
_WORD = re.compile(r"\w+")


class _Shape(NamedTuple):
    """What of a word is compared. `plain`: without the usual confusions."""

    folded: str
    plain: str


def words_alike(text: str, words: Sequence[str]) -> frozenset[str]:
    """Which of the words have a word in the text that looks like them."""
    present = {_shape(word) for word in split_words(text)}
    wanted = [(word, _shape(word)) for word in words]
    return frozenset(word for word, shape in wanted if shape in present or any(_alike(shape, it) for it in present))


def alike_spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    wanted = {_shape(word) for word in words}

    @cache
    def wanted_like(word: str) -> bool:
        other = _shape(word)
        return any(_alike(shape, other) for shape in wanted)

    return [(m.start(), m.end()) for m in _WORD.finditer(text) if wanted_like(m.group())]


@lru_cache(maxsize=20_000)
def _shape(word: str) -> _Shape:
    folded = fold(word)
    plain = folded
    for wrong, right in CONFUSIONS:
        plain = plain.replace(wrong, right)
    return _Shape(folded, plain)


def _alike(word: _Shape, other: _Shape) -> bool:
    """One is a misreading of the other: few letters differ, after the usual confusions of recognition are undone."""
    if word.folded == other.folded:
        return True
    allowed = 1 + (len(word.folded) >= LONG)
    if abs(len(word.plain) - len(other.plain)) > allowed or min(len(word.folded), len(other.folded)) < SHORTEST_ALIKE:
        return False
    return Levenshtein.distance(word.plain, other.plain, score_cutoff=allowed) <= allowed
