"""How much of what is on a page has been read: recognised words against the ink that looks like letters.

Confidence alone is silent about what was not seen at all. Measured on 230 pages (docs/decisions/0003-recognition.md).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from casefile.pagetext import Word
from indexer.extract.ocr.blank import CONTRAST, FAINT, contrast_mask
from indexer.extract.ocr.words import SURE

_DPI = 100  # of the image on which ink is looked for: letters of 8 points are 5 pixels high
# Height of a letter, from 6 points without ascenders to a heading, and width of as many as may touch; in inches.
_LETTER_HEIGHT = (0.03, 0.4)
_LETTER_WIDTH = 1.5
_LEAST_PIXELS = 4
_FEW_LETTERS = 20


class _Components(NamedTuple):
    """Boxes (inclusive) and areas in pixels of connected pieces of ink, one entry a piece."""

    top: np.ndarray
    bottom: np.ndarray
    left: np.ndarray
    right: np.ndarray
    area: np.ndarray


class Letters(NamedTuple):
    """Pieces of ink that have the size of letters, and the shape (rows, columns) of the image on which they were found,
    which is smaller than the page's.
    """

    shape: tuple[int, int]
    pieces: _Components


def coverage(letters: Letters, words: tuple[Word, ...]) -> float:
    """Share, by area, of the text-size ink whose centre lies in the box of a sure word; 1.0 on a page without ink."""
    pieces = letters.pieces
    if pieces.area.size == 0:
        return 1.0
    rows, columns = (pieces.top + pieces.bottom) // 2, (pieces.left + pieces.right) // 2
    inside = _covered(letters.shape, words)[rows, columns]
    return float(pieces.area[inside].sum() / pieces.area.sum())


def has_faint_letters(image: Image.Image, dpi: float) -> bool:
    """Whether there are marks of the size of letters, however pale: print too faint to count as ink, or what shows
    through from the other side.
    """
    return find_letters(image, dpi, FAINT).pieces.area.size >= _FEW_LETTERS


def letter_mask(letters: Letters) -> np.ndarray:
    """True where there is ink of the size of letters: no borders, lines of tables, shadows or pictures."""
    mask = np.zeros(letters.shape, dtype=bool)
    pieces = letters.pieces
    for top, bottom, left, right in zip(pieces.top, pieces.bottom, pieces.left, pieces.right, strict=True):
        mask[top : bottom + 1, left : right + 1] = True
    return mask


def _covered(shape: tuple[int, int], words: tuple[Word, ...]) -> np.ndarray:
    """True inside the boxes of sure words, one pixel wider for rounding."""
    height, width = shape
    covered = np.zeros(shape, dtype=bool)
    for word in words:
        if word.confidence >= SURE:
            top, bottom = int(word.top * height) - 1, int(word.bottom * height) + 2
            left, right = int(word.left * width) - 1, int(word.right * width) + 2
            covered[max(0, top) : bottom, max(0, left) : right] = True
    return covered


def find_letters(image: Image.Image, dpi: float, contrast: int = CONTRAST) -> Letters:
    """`contrast`: by how much of 255 ink is darker than the paper around it."""
    factor = max(1, round(dpi / _DPI))
    dark = contrast_mask(image.reduce(factor), contrast)
    dpi /= factor
    found = _components(dark)
    height, width = found.bottom - found.top + 1, found.right - found.left + 1
    low, high = (inches * dpi for inches in _LETTER_HEIGHT)
    text = (height >= low) & (height <= high) & (width <= _LETTER_WIDTH * dpi) & (found.area >= _LEAST_PIXELS)
    return Letters((dark.shape[0], dark.shape[1]), _Components(*(values[text] for values in found)))


def _components(dark: np.ndarray) -> _Components:
    """Connected pieces (touching at corners counts), from the horizontal runs of dark pixels."""
    edges = np.diff(np.pad(dark, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, start = np.nonzero(edges == 1)
    end = np.nonzero(edges == -1)[1]  # exclusive
    labels = _joined(len(row), *_touching(row, start, end, dark.shape[1] + 2))
    _, piece = np.unique(labels, return_inverse=True)
    count = int(piece.max()) + 1 if piece.size else 0
    top, left = np.full(count, dark.shape[0]), np.full(count, dark.shape[1])
    bottom, right = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.minimum.at(top, piece, row)
    np.maximum.at(bottom, piece, row)
    np.minimum.at(left, piece, start)
    np.maximum.at(right, piece, end - 1)
    return _Components(top, bottom, left, right, np.bincount(piece, end - start, count))


def _touching(row: np.ndarray, start: np.ndarray, end: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of runs in neighbouring rows that touch."""
    below = (row + 1) * width
    first = np.searchsorted(row * width + end, below + start, "left")
    last = np.searchsorted(row * width + start, below + end, "right")
    counts = np.maximum(last - first, 0)
    upper = np.repeat(np.arange(len(row)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return upper, np.repeat(first, counts) + offset


def _joined(count: int, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The same label for all runs that are linked, directly or through others."""
    labels = np.arange(count)
    while (open_links := labels[one] != labels[other]).any():
        one, other = one[open_links], other[open_links]
        high, low = np.maximum(labels[one], labels[other]), np.minimum(labels[one], labels[other])
        np.minimum.at(labels, high, low)
        while (shorter := labels[labels]).tobytes() != labels.tobytes():
            labels = shorter
    return labels
