"""Is there anything on the page? Measures of ink that disregard paper tone, shadows, specks and show-through."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFilter

# Measured at about 75 dpi: averaging there makes single dark pixels of a 200 dpi scan fade.
_LONG_SIDE = 880
# Darker than the paper around by so much (of 255). Show-through stays below 40, pale typewriting is above 60.
CONTRAST = 48
# The paper's tone is the local mean of the brighter pixels within this radius (about 1 cm).
_RADIUS = 30
# Differences to the paper are multiplied by at least so much, more where the darkest ink is pale.
_PAPER_REDUCED, _GAIN = 4, 1.6
_BLACK, _INK_PERCENTILE = 180, 99.5
_OUTER_EDGE = 0.025  # shadows of the scanner's lid
_SIDE_MARGIN = 0.08  # punch holes
_END_MARGIN = 0.04

# Ink so faint is show-through of the other side far more often than pale print.
FAINT = 14
# 14 pixels at 75 dpi, 1.6 mm²: less than the page number "2" alone has.
NOTHING = 2.5e-5
# A page without a single sure word is blank below this (about 40 mm² of ink, no more than a ruled line or stains);
# above it, there is something that could not be read, and the page must not pass for blank.
HARDLY_ANYTHING = 8e-4


class Ink(NamedTuple):
    """Share of dark pixels: on the page without its outermost edge, and within the margins."""

    page: float
    inside: float


def measure_ink(image: Image.Image) -> Ink:
    """`image`: grey."""
    dark = ink_mask(image)
    height, width = dark.shape
    return Ink(
        page=_share(dark, round(width * _OUTER_EDGE), round(height * _OUTER_EDGE)),
        inside=_share(dark, round(width * _SIDE_MARGIN), round(height * _END_MARGIN)),
    )


def ink_mask(image: Image.Image) -> np.ndarray:
    """Dark pixels of the image, brought down to about 75 dpi for a page."""
    factor = max(1, round(max(image.size) / _LONG_SIDE))
    return contrast_mask(image.reduce(factor) if factor > 1 else image)


def contrast_mask(small: Image.Image, contrast: int = CONTRAST) -> np.ndarray:
    """Pixels darker than the paper around them, by so much of 255."""
    paper = _brightest_around(small).filter(ImageFilter.BoxBlur(_RADIUS))
    difference: np.ndarray = np.asarray(paper, dtype=np.int16) - np.asarray(small, dtype=np.int16)
    return difference > contrast


def even_paper(image: Image.Image) -> Image.Image:
    """The ink alone on white paper, its dots joined: for pages with dark borders, shadows, pale or broken print.

    A recogniser takes one threshold for the whole page; a black border moves it so far that pale print is lost.
    """
    small = image.reduce(_PAPER_REDUCED)
    paper = _brightest_around(small).filter(ImageFilter.BoxBlur(_RADIUS // 2)).resize(image.size)
    difference = np.asarray(paper, dtype=np.int16) - np.asarray(image, dtype=np.int16)
    gain = max(_GAIN, _BLACK / max(1.0, float(np.percentile(difference[::4, ::4], _INK_PERCENTILE))))
    cleaned = (255 - np.clip(difference * gain, 0, 255)).astype(np.uint8)
    return Image.fromarray(cleaned).filter(ImageFilter.GaussianBlur(1.0))


def _brightest_around(image: Image.Image) -> Image.Image:
    """The brightest of the 5 × 5 pixels around each; as `ImageFilter.MaxFilter(5)`, ten times as fast."""
    padded = np.pad(np.asarray(image), 2, mode="edge")
    height, width = image.height, image.width
    across = functools.reduce(np.maximum, (padded[:, n : n + width] for n in range(5)))
    return Image.fromarray(functools.reduce(np.maximum, (across[n : n + height] for n in range(5))))


def _share(dark: np.ndarray, side: int, end: int) -> float:
    height, width = dark.shape
    part = dark[end : height - end or None, side : width - side or None]
    return float(part.mean()) if part.size else 0.0
