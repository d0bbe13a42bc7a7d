"""One reading of a page: how the page was laid for it, and how much of its ink was read."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from PIL import Image

from casefile.imaging.render import PageImage
from indexer.extract.ocr.engine import Layout, OcrEngine
from indexer.extract.ocr.position import rotate_level, skew
from indexer.extract.ocr.quality import Letters, coverage, find_letters
from indexer.extract.ocr.strips import read_in_strips
from indexer.extract.ocr.words import Reading, level_back, rotate_back

# Skew in degrees that is left as it is: the engine levels lines by itself.
LEVEL = 1.0

_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True, eq=False)
class Sheet:
    """A page laid for reading: turned clockwise by `turn` (0, 90, 180, 270), then counter-clockwise by `level` degrees.

    `before_levelling`: width and height in pixels; levelling enlarges the image, so that no corner is cut off.
    """

    image: Image.Image
    dpi: float
    turn: int
    level: float
    before_levelling: tuple[int, int]

    @functools.cached_property
    def letters(self) -> Letters:
        """Found once, however many readings of this sheet are judged by them."""
        return find_letters(self.image, self.dpi)

    def as_shown(self, reading: Reading) -> Reading:
        """With boxes on the page as it is shown."""
        return rotate_back(level_back(reading, self.level, self.image.size, self.before_levelling), self.turn)


@dataclass(frozen=True, eq=False)
class Attempt:
    sheet: Sheet
    reading: Reading

    @functools.cached_property
    def quality(self) -> float:
        """Coverage of the ink × confidence of the words, 0 to 1."""
        return coverage(self.sheet.letters, self.reading.words) * self.reading.confidence / 100


def lay(page: PageImage, turn: int) -> Sheet:
    """The page turned clockwise by `turn` and levelled."""
    image = turned(page.image, turn)
    degrees = skew(image)
    if abs(degrees) <= LEVEL:
        return Sheet(image, page.dpi, turn, 0.0, image.size)
    return Sheet(rotate_level(image, degrees), page.dpi, turn, degrees, image.size)


def read_sheet(engine: OcrEngine, sheet: Sheet, layout: Layout = Layout.PAGE) -> Attempt:
    return Attempt(sheet, read_in_strips(engine, sheet.image, sheet.dpi, layout))


def better(one: Attempt, other: Attempt, margin: float = 1.0) -> Attempt:
    """Letters read, weighted by how sure they are: more words count, more garbage does not."""
    return other if other.reading.sure_letters > margin * one.reading.sure_letters else one


def turned(image: Image.Image, turn: int) -> Image.Image:
    """Clockwise by `turn` degrees."""
    return image.transpose(_TURNS[turn]) if turn else image
