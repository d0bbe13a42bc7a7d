"""Two readings of one document to one text: the better one whole, and from the other every line that says more."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

# Words of fewer characters are as often scraps of another way to split as they are content.
LEAST_LETTERS = 4
# Beyond these two readings have so little in common, or are so long, that looking for glued words would not end.
_MOST_JOINED = 1_000_000
_MOST_UNKNOWN = 2_000
_WORD = re.compile(r"(?:[^\W_]|\ufffd)+")
_ADDRESS = re.compile(r"(?:https?|ftp|mailto|cid|file):[^\s<>\"]+|www\.[^\s<>\"]+", re.IGNORECASE)


def words_of(text: str) -> set[str]:
    """Words and numbers that count when readings are compared, folded; links are left out, they are not shown."""
    return set(_words(text))


def join_texts(first: str, *others: str) -> str:
    """`first`, and behind an empty line what each of the others has beyond it."""
    for other in others:
        first = "\n\n".join(filter(None, (first, missing_lines(first, other))))
    return first


def missing_lines(kept: str, other: str) -> str:
    """The lines of `other` with a word that `kept` lacks, in their order."""
    if not kept.strip():
        return other.strip()
    known = words_of(kept)
    known |= _glued(kept, words_of(other) - known)
    missing = []
    for line in other.splitlines():
        words = words_of(line)
        if words - known:
            missing.append(line.strip())
            known |= words
    return "\n".join(missing)


def _glued(kept: str, unknown: set[str]) -> set[str]:
    """Those of the unknown words that are several known ones without anything between them."""
    if not unknown or len(unknown) > _MOST_UNKNOWN or len(kept) > _MOST_JOINED:
        return set()
    joined = _Joined(kept)
    return {word for word in unknown if word in joined}


class _Joined:
    """A text without anything between its words: tells whether a word is several of them that the other reader glued
    together (a footnote's sign between them, cells without a border).
    """

    def __init__(self, text: str) -> None:
        words = [match.group().casefold() for match in _WORD.finditer(text)]
        self._text = "".join(words)
        self._borders = {0, *itertools.accumulate(map(len, words))}

    def __contains__(self, word: str) -> bool:
        at = self._text.find(word)
        while at >= 0:
            if at in self._borders and at + len(word) in self._borders:
                return True
            at = self._text.find(word, at + 1)
        return False


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(_ADDRESS.sub(" ", text)):
        word = match.group()
        if "\ufffd" in word:
            continue  # the other reader could not read it either
        if len(word) >= LEAST_LETTERS or (len(word) == LEAST_LETTERS - 1 and word.isdigit()):
            yield word.casefold()
