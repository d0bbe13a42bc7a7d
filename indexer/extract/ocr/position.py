"""How a page lies: how far it is skewed, and on which axis its lines run. Measured on the ink alone, before reading."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from indexer.extract.ocr.blank import ink_mask

MOST_SKEW = 15.0  # degrees; a page further off is not skewed but laid down
_COARSE, _FINE = 1.0, 0.2
_MOST_POINTS = 40_000
_BANDS = 6  # a skewed page still has lines within a narrow band


def skew(image: Image.Image) -> float:
    """By how many degrees, counter-clockwise, the page must be turned for its lines to run level.

    The angle at which the ink falls into the sharpest rows. 0.0 where there is no ink.
    """
    rows, columns = np.nonzero(ink_mask(image))
    if rows.size == 0:
        return 0.0
    step = max(1, rows.size // _MOST_POINTS)
    rows, columns = rows[::step].astype(np.float64), columns[::step].astype(np.float64)
    coarse = _sharpest(rows, columns, np.arange(-MOST_SKEW, MOST_SKEW + _COARSE, _COARSE))
    return _sharpest(rows, columns, np.arange(coarse - _COARSE, coarse + _COARSE + _FINE / 2, _FINE))


def lies_on_its_side(letters: np.ndarray) -> bool:
    """Whether lines run down the page: then ink is crowded into few columns rather than few rows. `letters`: where
    there is ink of the size of letters, because a border or a crease is the most crowded of all.
    """
    return _crowding(letters.T) > _crowding(letters)


def densest_strip(letters: np.ndarray, share: float) -> tuple[float, float]:
    """Top and bottom, as fractions, of the horizontal strip with the most letters; `share` of the page's height."""
    per_row = letters.sum(axis=1, dtype=np.int64)
    height = max(1, round(len(per_row) * share))
    sums = np.convolve(per_row, np.ones(height, dtype=np.int64), "valid")
    top = int(np.argmax(sums)) / len(per_row)
    return top, min(1.0, top + share)


def rotate_level(image: Image.Image, degrees: float) -> Image.Image:
    """Turn counter-clockwise around the centre, on paper of the same tone, enlarged so that no corner is cut off."""
    paper = int(np.median(np.asarray(image.reduce(8) if min(image.size) > 64 else image)))
    return image.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=paper)


def _sharpest(rows: np.ndarray, columns: np.ndarray, angles: np.ndarray) -> float:
    scores = [_row_score(rows - columns * math.tan(math.radians(angle))) for angle in angles]
    return float(angles[int(np.argmax(scores))])


def _row_score(places: np.ndarray) -> float:
    """Ink in few full rows has a larger sum of squares than the same ink spread over many."""
    counts = np.bincount((places - places.min()).astype(np.int64)).astype(np.float64)
    return float(np.square(counts).sum())


def _crowding(dark: np.ndarray) -> float:
    """How unevenly ink is spread over the rows: 1.0 where every row has as much. Mean of bands across the page, each
    by its ink: a band with nothing but a speck says little.
    """
    width = dark.shape[1] // _BANDS
    bands = [dark[:, n * width : (n + 1) * width].sum(axis=1).astype(np.float64) for n in range(_BANDS)]
    total = sum(float(band.sum()) for band in bands)
    return sum(float(np.square(band).sum() / band.mean()) for band in bands if band.any()) / max(total, 1.0)
