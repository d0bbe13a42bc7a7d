"""Boxes for a born-digital page: the renderer's words, found again in Tika's text.

Tika's text is the text; the renderer's words only lend their boxes. Both read the same page, but order, splitting at
blanks and ligatures differ, so: words that occur once on each side are anchors, their neighbours follow, what lies
between is compared letter by letter, and the rest goes to the nearest equal word. A word without a counterpart gets
no box; a wrong box would mark the wrong spot.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casefile.pagetext import Word

Box = tuple[float, float, float, float]
_TOKEN = re.compile(r"\S+")
# Longest gap compared letter by letter; between anchors there are rarely more than a few words.
# Text set with spaced letters may count every letter as a word.
_LONGEST_GAP = 200


class BoxedToken(NamedTuple):
    """A word as the renderer has it; the box as fractions of the shown page (left, top, right, bottom).

    `font`: name of the embedded font of its first letter, "" where the file brings none: then the program shows the
    letter that the file names, and the two cannot differ.
    """

    text: str
    box: Box
    font: str = ""


class _Token(NamedTuple):
    start: int
    end: int
    key: str


@dataclass(frozen=True)
class Alignment:
    """`words`: those of the text that have a box, in text order; confidence 100, because nothing was recognised.

    `unmatched`: the renderer's words that lent no box. Most stand in the text all the same, split in another way.
    """

    words: tuple[Word, ...]
    unmatched: tuple[BoxedToken, ...]


def place_words(text: str, boxed: Sequence[BoxedToken]) -> tuple[Word, ...]:
    return align(text, boxed).words


def align(text: str, boxed: Sequence[BoxedToken]) -> Alignment:
    """Takes time linear in the length of both sides, also for thousands of equal words and for very long ones."""
    boxed = [word for word in boxed if _is_sought(word.text)]
    tokens = [_Token(m.start(), m.end(), word_key(m.group())) for m in _TOKEN.finditer(text) if _is_sought(m.group())]
    keys = [word_key(word.text) for word in boxed]
    matched = _match(tokens, keys)
    boxes: dict[int, Box] = {i: boxed[j].box for i, j in matched.items()}
    for i, box in _fill_gaps(tokens, keys, boxed, matched):
        boxes.setdefault(i, box)
    words = tuple(Word(tokens[i].start, tokens[i].end, *boxes[i], 100) for i in sorted(boxes))
    used = set(matched.values())
    return Alignment(words, tuple(word for j, word in enumerate(boxed) if j not in used))


def _is_sought(word: str) -> bool:
    """Nobody looks for rows of dots and dashes, and the two sides split them at will."""
    return any(c.isalnum() or c in "§€$%&" for c in word)


def word_key(word: str) -> str:
    """Ligatures, full-width forms, soft hyphens and pdfium's mark for a line-end hyphen compare as plain letters."""
    return unicodedata.normalize("NFKC", word.replace("\u00ad", "").replace("\x02", "-").replace("\ufffe", "-"))


def shared_words(text: str, boxed: Sequence[BoxedToken]) -> float:
    """Share of the longer side's letters that both sides have, order disregarded: 1.0 where both read the same."""
    ours = Counter(c for c in word_key(text) if c.isalnum())
    theirs = Counter(c for word in boxed for c in word_key(word.text) if c.isalnum())
    longer = max(ours.total(), theirs.total())
    return (ours & theirs).total() / longer if longer else 1.0


def _match(tokens: Sequence[_Token], keys: Sequence[str]) -> dict[int, int]:
    """Token -> renderer's word: anchors, then their neighbours in both directions, then the nearest equal word."""
    ours = Counter(token.key for token in tokens)
    theirs = Counter(keys)
    where = {key: j for j, key in enumerate(keys)}
    matched = {
        i: where[token.key]
        for i, token in enumerate(tokens)
        if ours[token.key] == 1 and theirs.get(token.key) == 1 and len(token.key) > 1  # a letter tells no place
    }
    used = set(matched.values())
    _spread(tokens, keys, matched, used, range(len(tokens)), -1)
    _spread(tokens, keys, matched, used, range(len(tokens) - 1, -1, -1), +1)
    _nearest(tokens, keys, matched, used)
    return matched


def _spread(
    tokens: Sequence[_Token], keys: Sequence[str], matched: dict[int, int], used: set[int], order: range, back: int
) -> None:
    """From each matched token to the next one in `order`; `back` is where its predecessor stands."""
    for i in order:
        if i in matched:
            continue
        before = i + back
        if 0 <= before < len(tokens):
            if before not in matched:
                continue
            j = matched[before] - back
        else:
            j = 0 if back < 0 else len(keys) - 1
        if 0 <= j < len(keys) and j not in used and keys[j] == tokens[i].key:
            matched[i] = j
            used.add(j)


def _nearest(tokens: Sequence[_Token], keys: Sequence[str], matched: dict[int, int], used: set[int]) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for j, key in enumerate(keys):
        if j not in used and len(key) > 1:
            places[key].append(j)
    free = {key: _Free(found) for key, found in places.items()}
    expected = 0
    for i, token in enumerate(tokens):
        if i in matched:
            expected = matched[i] + 1
            continue
        place = free[token.key].take(expected) if token.key in free else None
        if place is not None:
            matched[i] = place
            used.add(place)
            expected = place + 1


class _Free:
    """The places of one word that are not taken, in order. The nearest one is found without looking at each of them:
    every taken place points on to the next free one on either side (union-find with path halving).
    """

    def __init__(self, places: list[int]) -> None:
        self._places = places
        self._after = list(range(len(places) + 1))  # the last stands for none
        self._before = list(range(len(places) + 1))  # of place n at n + 1; 0 stands for none

    def take(self, wanted: int) -> int | None:
        at = bisect_left(self._places, wanted)
        after, before = _end_of(self._after, at), _end_of(self._before, at) - 1
        candidates = [n for n in (before, after) if 0 <= n < len(self._places)]
        if not candidates:
            return None
        best = min(candidates, key=lambda n: abs(self._places[n] - wanted))
        self._after[best] = best + 1
        self._before[best + 1] = best
        return self._places[best]


def _end_of(links: list[int], at: int) -> int:
    while links[at] != at:
        links[at] = links[links[at]]
        at = links[at]
    return at


def _fill_gaps(
    tokens: Sequence[_Token], keys: Sequence[str], boxed: Sequence[BoxedToken], matched: dict[int, int]
) -> list[tuple[int, Box]]:
    """Between two matched neighbours where the same letters are split differently ("450,00 €" and "450,00€")."""
    found: list[tuple[int, Box]] = []
    used = set(matched.values())
    i = 0
    while i < len(tokens):
        if i in matched:
            i += 1
            continue
        stop = i
        while stop < len(tokens) and stop not in matched:
            stop += 1
        first = matched[i - 1] + 1 if i else 0
        last = matched[stop] if stop < len(tokens) else len(keys)
        gap = range(first, last)
        if 0 < len(gap) <= _LONGEST_GAP and stop - i <= _LONGEST_GAP and not used.intersection(gap):
            found += _split_differently(tokens, range(i, stop), keys, gap, boxed)
        i = stop
    return found


def _split_differently(
    tokens: Sequence[_Token], ours: range, keys: Sequence[str], theirs: range, boxed: Sequence[BoxedToken]
) -> list[tuple[int, Box]]:
    if "".join(tokens[i].key for i in ours) != "".join(keys[j] for j in theirs):
        return []
    letters = [_letter_box(boxed[j].box, place, len(keys[j])) for j in theirs for place in range(len(keys[j]))]
    found: list[tuple[int, Box]] = []
    position = 0
    for i in ours:
        part = letters[position : position + len(tokens[i].key)]
        position += len(tokens[i].key)
        if part:
            found.append((i, _union(part)))
    return found


def _letter_box(box: Box, place: int, length: int) -> Box:
    """The share of a word's box that one of its letters takes, along its longer side."""
    left, top, right, bottom = box
    if right - left >= bottom - top or length == 1:
        step = (right - left) / length
        return (left + place * step, top, left + (place + 1) * step, bottom)
    step = (bottom - top) / length
    return (left, top + place * step, right, top + (place + 1) * step)


def _union(boxes: Sequence[Box]) -> Box:
    """The letters' common box; where a word is broken over two lines, the part on the first."""
    line = [box for box in boxes if min(box[3], boxes[0][3]) > max(box[1], boxes[0][1])] or list(boxes[:1])
    return (
        min(b[0] for b in line),
        min(b[1] for b in line),
        max(b[2] for b in line),
        max(b[3] for b in line),
    )
