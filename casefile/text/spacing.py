"""Words that are set with spaced letters: `B e s c h e i d`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from casefile.pagetext import PageText, Word
from casefile.text.edits import Edit

_ALONE = r"[^\W\d_](?![\w'’]|[.-]\w)"
_LONGEST = 400  # letters of a run
_RUN = re.compile(rf"(?<![\w'’.-]){_ALONE}(?: {_ALONE}){{1,{_LONGEST}}}+")
_WIDE_RUN = re.compile(rf"(?<![\w'’.-]){_ALONE}(?: {{1,8}}{_ALONE}){{1,{_LONGEST}}}+")
_LEAST_LETTERS = 4
_LEAST_DIFFERENT = 3
_VOWELS = frozenset("aeiouyäöüAEIOUYÄÖÜ")
_WORD_GAP = 1.7  # times the usual gap between two letters of the run


def wide_run_edits(text: str) -> list[Edit]:
    """Where fewer blanks part the letters than part the words. To be asked before blanks are made alike."""
    return [
        Edit(run.start(), run.end(), joined)
        for run in _WIDE_RUN.finditer(text)
        if "  " in run.group() and (joined := _by_blanks(run.group()))
    ]


def _by_blanks(run: str) -> str:
    """The words of the run; "" where all blanks are as wide, or where it is no text."""
    narrow = min(map(len, re.findall(" +", run)))
    words = re.split(f" {{{narrow + 1},}}", run)
    return (
        " ".join(word.replace(" ", "") for word in words) if len(words) > 1 and _is_word(run.replace(" ", "")) else ""
    )


def spacing_edits(page: PageText) -> list[Edit]:
    """Takes out the blanks within spaced words. Where a word ends is told by the boxes, without them by capitals."""
    edits: list[Edit] = []
    for run in _RUN.finditer(page.text):
        letters = run.group()[::2]
        if _is_word(letters):
            ends = _word_ends(page, run.start(), letters)
            edits += [
                Edit(blank, blank + 1, "")
                for place, blank in enumerate(range(run.start() + 1, run.end(), 2))
                if place not in ends
            ]
    return edits


def _is_word(letters: str) -> bool:
    """Columns (A B C D), crosses (x x x x) and initials are no words."""
    small = letters.lower()
    return (
        len(letters) >= _LEAST_LETTERS
        and len(set(small)) >= _LEAST_DIFFERENT
        and not _VOWELS.isdisjoint(small)
        and any(ord(b) - ord(a) != 1 for a, b in pairwise(small))
    )


def _word_ends(page: PageText, start: int, letters: str) -> set[int]:
    """Indices of the letters after which a word ends."""
    boxes = _boxes(page.words, start, len(letters))
    if boxes is None:
        pairs = enumerate(pairwise(letters))
        return {place for place, (left, right) in pairs if left.islower() and right.isupper()}
    gaps = [_gap(a, b) for a, b in pairwise(boxes)]
    usual = median(gaps)
    return {place for place, gap in enumerate(gaps) if gap > _WORD_GAP * usual and usual > 0}


def _boxes(words: Sequence[Word], start: int, count: int) -> list[Word] | None:
    """The boxes of `count` letters that stand at every second offset; None where one is missing."""
    first = bisect_left(words, start, key=lambda word: word.start)
    found = list(words[first : first + count])
    whole = [(word.start, word.end) for word in found] == [(at, at + 1) for at in range(start, start + 2 * count, 2)]
    return found if whole else None


def _gap(left: Word, right: Word) -> float:
    """Along the direction in which the text runs on the page."""
    return max(right.left - left.right, right.top - left.bottom, left.left - right.right, left.top - right.bottom)
