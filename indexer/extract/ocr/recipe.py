"""How a page is read: what is tried in which order, and which reading is kept. Knows no particular engine.

Figures behind the parameters: docs/decisions/0003-recognition.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from casefile.errors import Reason, Shortfall
from casefile.imaging.render import PageImage
from casefile.pagetext import PageText, TextSource
from indexer.extract.ocr.attempt import Attempt, Sheet, better, lay, read_sheet, turned
from indexer.extract.ocr.blank import HARDLY_ANYTHING, NOTHING, even_paper, measure_ink
from indexer.extract.ocr.engine import Layout, OcrEngine
from indexer.extract.ocr.position import densest_strip, lies_on_its_side
from indexer.extract.ocr.quality import find_letters, has_faint_letters, letter_mask
from indexer.extract.ocr.second.opinion import WordReader, second_opinion
from indexer.extract.ocr.words import SURE, Reading

# Counted up whenever pages are read in another way, so that stored results of the old way are not taken for new.
RECIPE = "6"
# Quality (0 to 1) below which the page is looked at again, turned; clean typewriting has .75 and more.
DOUBTFUL = 0.6
# Quality (0 to 100) below which words are known to be missing.
LOW_QUALITY = 45.0
# Letters and digits of a word that is worth keeping on a page where hardly anything was read.
LEGIBLE = 3
# Above it the second engine has nothing to add that is worth its time.
GOOD = 0.93
# Letters so small (median height of a word in pixels) and not read surely are read once more, finer.
SMALL_PRINT, SMALL_PRINT_CONFIDENCE = 18, 86.0
FINE_DPI = 300.0
# A scan of so few dots per inch gains nothing from being enlarged further.
COARSE_SCAN_DPI, COARSE_DPI = 110.0, 150.0
# By so much a turned reading must be better: the engine finds some of the words on a page that lies on its side.
TURN_MARGIN = 1.2
# What is too pale for ink is print from this quality on; the other side of the sheet, mirrored, has .02.
FAINT_PRINT = 0.15
STRIP_SHARE, STRIP_DPI = 0.07, 150.0


@dataclass(frozen=True)
class Page:
    """The page at the usual resolution, and how to get it at another one."""

    shown: PageImage
    render: Callable[[float], PageImage]


def read_page(engine: OcrEngine, second: WordReader | None, page: Page) -> PageText:
    """`second`: None where doubtful words are read once only."""
    ink = measure_ink(page.shown.image)
    if ink.page < NOTHING:
        return _faint(engine, page)
    best = _best_attempt(engine, page)
    if second is not None and best.quality < GOOD:
        best = replace(best, reading=second_opinion(second, best.sheet.image, best.reading))
    if not best.reading.sure_words and ink.inside < HARDLY_ANYTHING:
        return _blank(page.shown)
    return _text(best, page.shown)


def shortfalls(text: PageText, of: str = "auf der Seite") -> tuple[Shortfall, ...]:
    """What recognition knows to be missing; follows from the text alone, so from a stored one too. `of`: what was read,
    in German.
    """
    if text.source is not TextSource.OCR or not text.text or text.quality is None or text.quality >= LOW_QUALITY:
        return ()
    return (Shortfall(Reason.LOW_QUALITY, f"Etwa {text.quality:.0f} % der Schrift {of} sind sicher gelesen"),)


def _faint(engine: OcrEngine, page: Page) -> PageText:
    """A page without ink is blank, unless what is fainter than ink can be read: pale print, or the other side."""

    def darkened(shown: PageImage) -> PageImage:
        return replace(shown, image=even_paper(shown.image))

    if not has_faint_letters(page.shown.image, page.shown.dpi):
        return _blank(page.shown)
    found = _best_attempt(engine, Page(darkened(page.shown), lambda dpi: darkened(page.render(dpi))))
    return _text(found, page.shown) if found.quality >= FAINT_PRINT else _blank(page.shown)


def _text(best: Attempt, shown: PageImage) -> PageText:
    """Without text where next to nothing was read: what a photo's edges look like is no word that anybody looks for."""
    found = best.sheet.as_shown(best.reading)
    if best.quality * 100 < LOW_QUALITY and not _has_legible_word(found):
        found = replace(found, text="", words=())
    return PageText(found.text, TextSource.OCR, found.words, round(best.quality * 100, 1), shown.width, shown.height)


def _has_legible_word(reading: Reading) -> bool:
    sure = (reading.text[word.start : word.end] for word in reading.words if word.confidence >= SURE)
    return any(sum(map(str.isalnum, word)) >= LEGIBLE for word in sure)


def _blank(shown: PageImage) -> PageText:
    return PageText("", TextSource.NONE, width=shown.width, height=shown.height)


def _best_attempt(engine: OcrEngine, page: Page) -> Attempt:
    """Further attempts on doubtful pages only. The better reading wins, never simply the later one."""
    best = read_sheet(engine, lay(_reduced(page.shown), 0))
    if best.quality < DOUBTFUL:
        turn = _upright_turn(engine, page.shown)
        if turn:
            best = better(best, read_sheet(engine, lay(_reduced(page.shown), turn)), TURN_MARGIN)
        for layout in Layout:  # lines across the page divide it into columns that it does not have
            if best.quality < DOUBTFUL:
                best = better(best, _cleaned(engine, best.sheet, layout))
    if _is_small_print(best) and page.shown.dpi < FINE_DPI - 1:
        best = better(best, read_sheet(engine, lay(page.render(FINE_DPI), best.sheet.turn)))
    return best


def _cleaned(engine: OcrEngine, sheet: Sheet, layout: Layout) -> Attempt:
    return read_sheet(engine, replace(sheet, image=even_paper(sheet.image)), layout)


def _reduced(page: PageImage) -> PageImage:
    """A coarse scan that was enlarged to the usual resolution is brought down again: faster, and no word is lost."""
    if page.native_dpi is None or page.native_dpi > COARSE_SCAN_DPI or page.dpi <= COARSE_DPI:
        return page
    return _scaled(page, COARSE_DPI)


def _scaled(page: PageImage, dpi: float) -> PageImage:
    size = tuple(max(1, round(side * dpi / page.dpi)) for side in page.image.size)
    return replace(page, image=page.image.resize((size[0], size[1]), Image.Resampling.BICUBIC), dpi=dpi)


def _is_small_print(attempt: Attempt) -> bool:
    words = attempt.reading.words
    if not words or attempt.reading.confidence >= SMALL_PRINT_CONFIDENCE:
        return False
    heights = [(word.bottom - word.top) * attempt.sheet.image.height for word in words]
    return float(np.median(heights)) < SMALL_PRINT


def _upright_turn(engine: OcrEngine, page: PageImage) -> int:
    """By how many degrees, clockwise, the page must be turned to stand upright: 0, 90, 180 or 270.

    The ink tells the axis of the lines; which way up, the surer reading of a strip.
    """
    letters = letter_mask(find_letters(page.image, page.dpi))
    side = 90 if lies_on_its_side(letters) else 0
    image = turned(page.image, side)
    top, bottom = densest_strip(np.rot90(letters, -1) if side else letters, STRIP_SHARE)
    strip = image.crop((0, round(top * image.height), image.width, round(bottom * image.height)))
    factor = min(1.0, STRIP_DPI / page.dpi)
    strip = strip.resize((max(1, round(strip.width * factor)), max(1, round(strip.height * factor))))
    upright, upside_down = (
        engine.read(turned(strip, turn), page.dpi * factor, Layout.LINES).sure_letters for turn in (0, 180)
    )
    return side + (180 if upside_down > upright else 0)
