"""Ink that no word covers: text in pictures, in drawn outlines, in fonts without letters. Worker process only.

The page is rendered, what is known to be there is erased (words, rules of tables), and what is left and built like
lines of writing is handed to recognition. Photographs and logos are looked at too: only recognition can tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from indexer.extract.ocr.blank import ink_mask
from indexer.extract.pdf.align import Box

DPI = 72.0
_WHITE, _PAPER, _INK = 255, 240, 160  # grey
_MOST_TONE = 0.1  # of the page; more than print and rules leave
# A rule is a straight line longer than this (pixels, half an inch); no letter is.
_RULE = 36
# Cells of 2 mm: a line of writing goes through several of them side by side.
_CELL = 6
_LEAST_DARK = 3  # pixels of a cell
_LEAST_ROWS = 2  # a dotted line fills one row only
_MOST_DARK = 0.85
_LEAST_RUN = 3  # cells side by side
# Boxes of words are tight, and letters overhang.
_GROW = 0.003
_MARGINS = (0.03, 0.015)  # across and down around what is left: letters at its ends may fill no cell of their own


@dataclass(frozen=True)
class Unread:
    """Where writing may be that the text lacks. `clip`: fractions of the page around all of it; `cells`: how much of
    it, `drawn`: how much outside of pictures.
    """

    clip: Box
    cells: int
    drawn: int


def ink_outside(image: Image.Image, boxes: Sequence[Box], pictures: Sequence[Box] = ()) -> tuple[float, Unread | None]:
    """Share of the page that is dark outside the boxes of words, and where that may be writing.

    `image`: grey, at DPI.
    """
    outside = np.array(image)
    erase(outside, boxes, _WHITE)
    if float(np.mean(outside < _PAPER)) > _MOST_TONE:
        dark = ink_mask(image).copy()  # on tinted paper, over photographs; it takes its time
        erase(dark, boxes, False)
    else:
        dark = outside < _INK
    share = float(np.mean(dark)) if dark.size else 0.0
    return share, unread(dark, pictures)


def erase(pixels: np.ndarray, boxes: Sequence[Box], paper: int) -> None:
    rows, columns = pixels.shape
    for left, top, right, bottom in boxes:
        pixels[
            int(max(0.0, top - _GROW) * rows) : int((bottom + _GROW) * rows) + 1,
            int(max(0.0, left - _GROW) * columns) : int((right + _GROW) * columns) + 1,
        ] = paper


def unread(dark: np.ndarray, pictures: Sequence[Box] = ()) -> Unread | None:
    """`dark`: pixels at about 72 dpi, known words erased."""
    if np.count_nonzero(dark) < _LEAST_DARK * _LEAST_RUN:
        return None
    without_rules = dark & ~_runs(dark, _RULE) & ~_runs(dark.T, _RULE).T
    cells = _runs(_written(without_rules), _LEAST_RUN)
    if not cells.any():
        return None
    rows, columns = np.nonzero(cells)
    height, width = (size / _CELL for size in dark.shape)
    clip = (
        max(0.0, float(columns.min()) / width - _MARGINS[0]),
        max(0.0, float(rows.min()) / height - _MARGINS[1]),
        min(1.0, float(columns.max() + 1) / width + _MARGINS[0]),
        min(1.0, float(rows.max() + 1) / height + _MARGINS[1]),
    )
    count = int(cells.sum())
    erase(cells, pictures, False)
    return Unread(clip, count, int(cells.sum()))


def _written(dark: np.ndarray) -> np.ndarray:
    """Cells with as much ink as letters leave, in more than one row of pixels."""
    rows, columns = (size // _CELL for size in dark.shape)
    blocks = dark[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    ink = blocks.sum(axis=(1, 3))
    spread = blocks.any(axis=3).sum(axis=1)
    found: np.ndarray = (ink >= _LEAST_DARK) & (ink <= _MOST_DARK * _CELL**2) & (spread >= _LEAST_ROWS)
    return found


def _runs(marked: np.ndarray, least: int) -> np.ndarray:
    """Those that stand in rows of at least `least` side by side."""
    rows, columns = marked.shape
    if columns < least:
        return np.zeros_like(marked)
    sums = np.cumsum(np.pad(marked, ((0, 0), (1, 0))).astype(np.int32), axis=1)
    full = sums[:, least:] - sums[:, :-least] == least  # a run of `least` begins here
    grown = np.zeros((rows, columns + 1), dtype=np.int32)
    grown[:, : full.shape[1]] += full
    grown[:, least : least + full.shape[1]] -= full
    found: np.ndarray = np.cumsum(grown, axis=1)[:, :columns] > 0
    return found
