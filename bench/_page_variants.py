"""Other ways in which a page may lie or look: turned, skewed, blurred, coarse, noisy, pale."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageFilter

from indexer.extract.ocr.position import rotate_level

Point = tuple[float, float]
Change = Callable[[Image.Image], Image.Image]
# Where a point of the changed image (fractions) was on the image before; both sizes in pixels.
Back = Callable[[Point, tuple[int, int], tuple[int, int]], Point]


def unchanged(image: Image.Image) -> Image.Image:
    return image


def same_place(point: Point, _changed: tuple[int, int], _before: tuple[int, int]) -> Point:
    return point


@dataclass(frozen=True)
class Variant:
    """Another way in which the page may lie or look."""

    change: Change = unchanged
    back: Back = same_place


AS_IT_IS = Variant()


def _skewed(degrees: float) -> Variant:
    """Counter-clockwise around the centre, on a larger sheet, so that no word is cut off."""
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))

    def back(point: Point, changed: tuple[int, int], before: tuple[int, int]) -> Point:
        x, y = (point[0] - 0.5) * changed[0], (point[1] - 0.5) * changed[1]
        return (x * cosine - y * sine) / before[0] + 0.5, (x * sine + y * cosine) / before[1] + 0.5

    return Variant(lambda image: rotate_level(image, degrees), back)


def _turned(turn: Image.Transpose, back: Callable[[float, float], Point]) -> Variant:
    return Variant(lambda image: image.transpose(turn), lambda point, _changed, _before: back(*point))


# Counter-clockwise.
VARIANTS: dict[str, Variant] = {
    "180°": _turned(Image.Transpose.ROTATE_180, lambda x, y: (1 - x, 1 - y)),
    "90°": _turned(Image.Transpose.ROTATE_90, lambda x, y: (1 - y, x)),
    "270°": _turned(Image.Transpose.ROTATE_270, lambda x, y: (y, 1 - x)),
    "schief 4°": _skewed(4.0),
    "schief -8°": _skewed(-8.0),
}


def _coarse(share: float) -> Change:
    def change(image: Image.Image) -> Image.Image:
        small = image.resize((round(image.width * share), round(image.height * share)), Image.Resampling.BILINEAR)
        return small.resize(image.size, Image.Resampling.BILINEAR)

    return change


# What makes pages hard to read or unreadable, so that quality has something to tell apart.
DAMAGES: dict[str, Variant] = {
    "grob .4": Variant(_coarse(0.4)),
    "grob .25": Variant(_coarse(0.25)),
    "unscharf 2": Variant(lambda image: image.filter(ImageFilter.GaussianBlur(2))),
    "unscharf 4": Variant(lambda image: image.filter(ImageFilter.GaussianBlur(4))),
    "Rauschen": Variant(lambda image: Image.blend(image, Image.effect_noise(image.size, 120), 0.6)),
    "blass": Variant(lambda image: image.point([round(205 + v * 0.15) for v in range(256)])),
}
