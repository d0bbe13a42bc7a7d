"""Words that look alike: what recognition made of a word, told from other words by how few letters differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from search_ui.terms import fold, split_words

SHORTEST_ALIKE = 5  # shorter words have too many neighbours that are words of their own
# What recognition takes for one another; both sides are brought to the right-hand form before they are compared.
CONFUSIONS = (("rn", "m"), ("cl", "d"), ("vv", "w"), ("ii", "u"), ("0", "o"), ("1", "l"), ("5", "s"), ("8", "b"))
_WORD = re.compile(r"\w+")


def words_alike(text: str, words: Sequence[str]) -> frozenset[str]:
    """Which of the words have a word in the text that looks like them."""
    present = {fold(word) for word in split_words(text)}
    return frozenset(word for word, folded in _folded(words) if any(_alike(folded, other) for other in present))


def alike_spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    wanted = _folded(words)
    found = (((m.start(), m.end()), fold(m.group())) for m in _WORD.finditer(text))
    return [span for span, other in found if any(_alike(folded, other) for _, folded in wanted)]


def _folded(words: Sequence[str]) -> list[tuple[str, str]]:
    return [(word, fold(word)) for word in words]


def _alike(word: str, other: str) -> bool:
    """One is a misreading of the other: few letters differ, after the usual confusions of recognition are undone."""
    if word == other:
        return True
    if min(len(word), len(other)) < SHORTEST_ALIKE:
        return False
    word, other = _unconfused(word), _unconfused(other)
    allowed = max(1, min(3, len(word) // 5))
    return abs(len(word) - len(other)) <= allowed and _distance(word, other, allowed) <= allowed


def _unconfused(word: str) -> str:
    for wrong, right in CONFUSIONS:
        word = word.replace(wrong, right)
    return word


def _distance(first: str, second: str, limit: int) -> int:
    """Levenshtein distance, given up as soon as it exceeds the limit."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row = row, [i]
        for j, b in enumerate(second, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
        if min(row) > limit:
            return limit + 1
    return row[-1]
