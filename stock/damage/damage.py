"""What happens to paper before it is an image: the glass, the feeder, the copier, the years, the telephone's camera.

Everything geometric is one 3 x 3 matrix, so that the boxes of the words can follow. Arrays are grey or RGB, 8 bit.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from stock.rng import array_stream

Image = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

# Standard deviation, in grey values, of a noise of 1; and how many of them the threshold of a 1-bit scan stays away.
_GRAIN = 256.0
_GRAIN_KEPT_OUT = 3.0


@dataclass(frozen=True)
class Damage:
    """All that is wrong with one scanned side. Lengths in pixels at 300 dpi, strengths 0 to 1."""

    dpi: int = 300
    mode: str = "grey"
    skew: float = 0.0
    quarter: int = 0
    noise: float = 0.0
    blur: float = 0.0
    pale: float = 0.0
    paper: float = 0.0
    bleed: float = 0.0
    speckle: float = 0.0
    holes: bool = False
    folds: int = 0
    edge: bool = False
    shadow: float = 0.0
    warp: float = 0.0
    thick: int = 0
    streaks: int = 0
    quality: int = 75
    level: str = "clean"


@lru_cache(maxsize=4)
def _grain(seed: int, kind: str) -> npt.NDArray[np.int16]:
    """A tile of noise; pages take windows of it, which is far cheaper than new noise for each."""
    source = array_stream(seed, kind)
    base = source.normal(0.0, 1.0, (1400, 1400)).astype(np.float32)
    if kind == "paper":
        base = np.asarray(cv2.GaussianBlur(base, (0, 0), 14) * 28, dtype=np.float32)
    return (base * 64).astype(np.int16)


def _tiled(seed: int, kind: str, shape: tuple[int, ...], rng: random.Random) -> npt.NDArray[np.int16]:
    tile = np.roll(_grain(seed, kind), (rng.randrange(1400), rng.randrange(1400)), axis=(0, 1))
    high, wide = shape[:2]
    found = np.tile(tile, (high // 1400 + 1, wide // 1400 + 1))[:high, :wide]
    return found[..., None] if len(shape) == 3 else found


def _matrix(shape: tuple[int, ...], damage: Damage, rng: random.Random) -> tuple[Matrix, tuple[int, int]]:
    high, wide = shape[:2]
    turn = math.radians(damage.skew)
    centre = np.array([[1, 0, -wide / 2], [0, 1, -high / 2], [0, 0, 1]], dtype=np.float64)
    rotate = np.array(
        [[math.cos(turn), math.sin(turn), 0], [-math.sin(turn), math.cos(turn), 0], [0, 0, 1]], dtype=np.float64
    )
    shift = np.array(
        [[1, 0, wide / 2 + rng.uniform(-6, 6)], [0, 1, high / 2 + rng.uniform(-6, 6)], [0, 0, 1]], dtype=np.float64
    )
    found: Matrix = shift @ rotate @ centre
    if damage.warp:
        corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
        reach = damage.warp * wide
        moved = corners + np.array(
            [[rng.uniform(0, reach), rng.uniform(0, reach)] for _ in range(4)], dtype=np.float32
        ) * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
        found = cv2.getPerspectiveTransform(corners, moved).astype(np.float64) @ found
    if damage.quarter % 4:
        found, (wide, high) = _quarter(found, wide, high, damage.quarter % 4)
    return found, (wide, high)


def _quarter(matrix: Matrix, wide: int, high: int, turns: int) -> tuple[Matrix, tuple[int, int]]:
    for _ in range(turns):
        matrix = np.array([[0, -1, high], [1, 0, 0], [0, 0, 1]], dtype=np.float64) @ matrix
        wide, high = high, wide
    return matrix, (wide, high)


def apply(image: Image, damage: Damage, rng: random.Random, seed: int) -> tuple[Image, Matrix]:
    """The damaged image and the matrix from the old pixel places to the new ones."""
    scale = damage.dpi / 300
    if damage.bleed:
        image = _bleed(image, damage.bleed, scale)
    if damage.pale:
        image = cv2.convertScaleAbs(image, alpha=1 - damage.pale * 0.72, beta=255 * damage.pale * 0.72).astype(np.uint8)
    if damage.thick and scale > 0.6:
        kernel = np.ones((2, 2), np.uint8)
        image = (cv2.erode if damage.thick > 0 else cv2.dilate)(image, kernel).astype(np.uint8)
    matrix, size = _matrix(image.shape, damage, rng)
    if damage.skew or damage.warp or damage.quarter:
        outside = (36, 34, 32) if damage.warp else ((40, 40, 40) if damage.edge else (250, 250, 250))
        image = cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_LINEAR, borderValue=outside).astype(np.uint8)
    _marks(image, damage, rng, scale)
    if damage.blur:
        image = cv2.GaussianBlur(image, (0, 0), max(0.3, damage.blur * 1.5 * scale)).astype(np.uint8)
    image = _light(image, damage, rng, seed)
    if damage.mode == "1bit":
        image = _threshold(image, damage)
    return image, matrix


def _bleed(image: Image, strength: float, scale: float) -> Image:
    """The back of the sheet shines through, mirrored and soft."""
    back = cv2.GaussianBlur(np.ascontiguousarray(image[:, ::-1]), (0, 0), 2.5 * scale)
    back = np.roll(back, int(40 * scale), axis=0)
    faint = 255 - ((255 - back.astype(np.int16)) * strength * 0.45).astype(np.int16)
    return np.minimum(image, faint.astype(np.uint8))


def _marks(image: Image, damage: Damage, rng: random.Random, scale: float) -> None:
    high, wide = image.shape[:2]
    ink = (30, 30, 30)
    if damage.holes:
        for part in (0.5 - 0.0675, 0.5 + 0.0675):
            spot = (int(wide * 0.045 + rng.uniform(-5, 5)), int(high * part * 1.0 + rng.uniform(-4, 4)))
            cv2.circle(image, spot, int(34 * scale), (60, 58, 55) if damage.edge else (205, 205, 203), -1, cv2.LINE_AA)
            cv2.circle(image, spot, int(34 * scale), (150, 150, 150), 2, cv2.LINE_AA)
    for turn in range(damage.folds):
        _fold(image, int(high * (turn + 1) / (damage.folds + 1) + rng.uniform(-20, 20)), scale, rng)
    for _ in range(int(damage.speckle * 420)):
        spot = (rng.randrange(wide), rng.randrange(high))
        cv2.circle(image, spot, int(rng.choice((1, 1, 1, 2, 2, 4)) * max(scale, 0.7)), ink, -1)
    for _ in range(damage.streaks):
        x = rng.randrange(wide)
        cv2.line(image, (x, 0), (x + rng.randint(-3, 3), high), rng.choice(((120,) * 3, (190,) * 3, (60,) * 3)), 1)


def _fold(image: Image, y: int, scale: float, rng: random.Random) -> None:
    """A crease: toner has come off it and the paper throws a shadow, but what stood there can mostly be read."""
    crease = image.copy()
    far = image.shape[1]
    cv2.line(crease, (0, y), (far, y + rng.randint(-9, 9)), (214, 214, 212), max(1, int(3 * scale)), cv2.LINE_AA)
    cv2.line(crease, (0, y + 3), (far, y + 4 + rng.randint(-9, 9)), (238,) * 3, max(1, int(5 * scale)), cv2.LINE_AA)
    image[:] = cv2.addWeighted(image, 0.45, crease, 0.55, 0)


def _light(image: Image, damage: Damage, rng: random.Random, seed: int) -> Image:
    """Grain of the sensor, tint and clouds of the paper, shadow of the hand that held the telephone."""
    if not (damage.noise or damage.paper or damage.shadow):
        return image
    work = image.astype(np.int16)
    if damage.paper:
        work += (_tiled(seed, "paper", image.shape, rng).astype(np.float32) * damage.paper * 0.16).astype(np.int16)
        tint = np.array((0, -4, -18) if image.ndim == 3 else (-8,), dtype=np.int16)
        work = work + (tint * (0.4 + damage.paper * 4)).astype(np.int16)
    if damage.shadow:
        high, wide = image.shape[:2]
        across = np.linspace(rng.uniform(0, 1), rng.uniform(0, 1), wide)[None, :]
        down = np.linspace(rng.uniform(0, 1), rng.uniform(0, 1), high)[:, None]
        veil = 1 - damage.shadow * (across * 0.6 + down * 0.6) ** 2
        work = (work * (veil[..., None] if image.ndim == 3 else veil)).astype(np.int16)
    if damage.noise:
        work += (_tiled(seed, "sensor", image.shape, rng).astype(np.float32) * (damage.noise * _GRAIN / 64)).astype(
            np.int16
        )
    return np.clip(work, 0, 255).astype(np.uint8)


def _threshold(image: Image, damage: Damage) -> Image:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) if image.ndim == 3 else image
    # As scanners set it: between the ink, which has paled, and the paper, which has darkened, and below its grain.
    ink, paper = 255 * damage.pale * 0.72, 250 - damage.paper * 70
    cut = paper - max(0.24 * (paper - ink), _GRAIN_KEPT_OUT * _GRAIN * damage.noise)
    return np.where(grey > cut, np.uint8(255), np.uint8(0)).astype(np.uint8)
