"""From the words of a recognition engine to one text with word boxes."""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from casefile.pagetext import Word

SURE = 60  # confidence from which a word is taken to be there; noise read as letters rarely gets above 50
# Marks without a letter or digit (lines of a form, dirt) below this confidence are not text.
_SURE_MARK = 75


class Piece(NamedTuple):
    """A recognised word with what separates it from the word before ("", " ", newline or empty line)."""

    separator: str
    text: str
    box: tuple[float, float, float, float]
    confidence: int


@dataclass(frozen=True)
class Reading:
    """A page's text as recognised. `confidence`: mean over letters, 0..100, 0 where nothing was read."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    sure_letters: float
    sure_words: int


def assemble(pieces: Iterator[Piece] | list[Piece]) -> Reading:
    """Words joined with a space, lines with a newline, paragraphs with an empty line; noise left out.

    Words are composed to NFC first, so that offsets count what is searched and shown.
    """
    parts: list[str] = []
    words: list[Word] = []
    length = 0
    pending = ""
    for piece in pieces:
        pending = max(pending, piece.separator, key=_strength)
        if _is_noise(piece):
            continue
        separator = pending if words else ""
        word = unicodedata.normalize("NFC", piece.text)
        start = length + len(separator)
        length = start + len(word)
        parts += [separator, word]
        words.append(Word(start, length, *piece.box, piece.confidence))
        pending = ""
    return _judge("".join(parts), words)


def pieces_of(reading: Reading) -> Iterator[Piece]:
    """What `assemble` makes the reading of."""
    last = 0
    for word in reading.words:
        yield Piece(reading.text[last : word.start], reading.text[word.start : word.end], word[2:6], word.confidence)
        last = word.end


def _judge(text: str, words: list[Word]) -> Reading:
    letters = [sum(c.isalnum() for c in text[w.start : w.end]) for w in words]
    total = sum(letters)
    weighted = sum(n * w.confidence for n, w in zip(letters, words, strict=True))
    sure = [(n, w) for n, w in zip(letters, words, strict=True) if n and w.confidence >= SURE]
    return Reading(
        text=text,
        words=tuple(words),
        confidence=weighted / total if total else 0.0,
        sure_letters=sum(n * w.confidence / 100 for n, w in sure),
        sure_words=sum(1 for n, w in sure if n >= 2 or w.confidence >= 85),
    )


def _strength(separator: str) -> int:
    return {"": 0, " ": 1, "\n": 2, "\n\n": 3}[separator]


def _is_noise(piece: Piece) -> bool:
    return not piece.text or (not any(c.isalnum() for c in piece.text) and piece.confidence < _SURE_MARK)


def rotate_back(reading: Reading, turn: int) -> Reading:
    """Boxes of a page that was turned clockwise by `turn` degrees, on the page as it is shown."""
    if turn == 0:
        return reading
    words = tuple(Word(w.start, w.end, *_unturn(w, turn), w.confidence) for w in reading.words)
    return replace(reading, words=words)


def level_back(reading: Reading, degrees: float, levelled: tuple[int, int], size: tuple[int, int]) -> Reading:
    """Boxes of a page that was turned counter-clockwise around its centre by a few degrees, on the page before that:
    the upright box around the slanted word. `levelled`, `size`: of the image after and before, in pixels.
    """
    if degrees == 0.0:
        return reading
    back = functools.partial(_unlevel, angle=math.radians(degrees), levelled=levelled, size=size)
    words = tuple(Word(w.start, w.end, *back(w), w.confidence) for w in reading.words)
    return replace(reading, words=words)


def _unlevel(
    word: Word, angle: float, levelled: tuple[int, int], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    sine, cosine = math.sin(angle), math.cos(angle)
    corners = [
        ((x - 0.5) * levelled[0], (y - 0.5) * levelled[1])
        for x in (word.left, word.right)
        for y in (word.top, word.bottom)
    ]
    across = [(x * cosine - y * sine) / size[0] + 0.5 for x, y in corners]
    down = [(x * sine + y * cosine) / size[1] + 0.5 for x, y in corners]
    return _clipped(min(across)), _clipped(min(down)), _clipped(max(across)), _clipped(max(down))


def _clipped(value: float) -> float:
    return min(1.0, max(0.0, value))


def _unturn(word: Word, turn: int) -> tuple[float, float, float, float]:
    left, top, right, bottom = word.left, word.top, word.right, word.bottom
    if turn == 180:
        return (1 - right, 1 - bottom, 1 - left, 1 - top)
    if turn == 90:  # what was shown at (x, y) was turned to (1 - y, x)
        return (top, 1 - right, bottom, 1 - left)
    return (1 - bottom, left, 1 - top, right)  # 270: to (y, 1 - x)
