"""How a page is read: what is tried in which order, and which reading is kept. Knows no particular engine.

Figures behind the parameters: docs/decisions/0003-recognition.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image

from casefile.imaging.render import PageImage
from casefile.pagetext import PageText, TextSource
from indexer.extract.ocr.blank import HARDLY_ANYTHING, NOTHING, measure_ink
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.words import Reading, rotate_back

# Counted up whenever pages are read in another way, so that stored results of the old way are not taken for new.
RECIPE = "1"
# Mean confidence below which orientation and a finer resolution are tried: good print has 90 to 96, clean
# typewriting 80 to 90.
DOUBTFUL = 72.0
FINE_DPI = 300.0

_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


@dataclass(frozen=True)
class Page:
    """The page at the usual resolution, and how to get it at another one."""

    shown: PageImage
    render: Callable[[float], PageImage]


def read_page(engine: OcrEngine, page: Page) -> PageText:
    ink = measure_ink(page.shown.image)
    if ink.page < NOTHING:
        return _blank(page.shown)
    best = _read(engine, page.shown)
    if best.quality < DOUBTFUL:
        best = _second_look(engine, page, best)
    if not best.sure_words and ink.inside < HARDLY_ANYTHING:
        return _blank(page.shown)
    return PageText(best.text, TextSource.OCR, best.words, round(best.quality, 1), page.shown.width, page.shown.height)


def _blank(shown: PageImage) -> PageText:
    return PageText("", TextSource.NONE, width=shown.width, height=shown.height)


def _second_look(engine: OcrEngine, page: Page, first: Reading) -> Reading:
    """Doubtful pages only: upright, then finer. The better reading wins, never simply the later one."""
    turn = engine.orientation(page.shown.image, page.shown.dpi) or 0
    best = first
    if turn:
        best = max(best, rotate_back(_read(engine, _turned(page.shown, turn)), turn), key=_sure_letters)
    if best.quality < DOUBTFUL and page.shown.dpi < FINE_DPI - 1:
        used = turn if best is not first else 0
        finer = rotate_back(_read(engine, _turned(page.render(FINE_DPI), used)), used)
        best = max(best, finer, key=_sure_letters)
    return best


def _sure_letters(reading: Reading) -> float:
    """Letters read, weighted by how sure they are: more words count, more garbage does not."""
    return reading.sure_letters


def _turned(page: PageImage, turn: int) -> PageImage:
    """Rotate clockwise by `turn` degrees."""
    return replace(page, image=page.image.transpose(_TURNS[turn])) if turn else page


def _read(engine: OcrEngine, page: PageImage) -> Reading:
    return engine.read(page.image, page.dpi)
