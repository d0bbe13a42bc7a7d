"""Very long pages (screenshots, printed web pages) are read in strips, cut between the lines."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from indexer.extract.ocr.engine import Layout, OcrEngine
from indexer.extract.ocr.words import Piece, Reading, assemble, pieces_of

STRIP = 3000  # pixels; an A4 page at 200 dpi has 2,339 and stays whole
LONGEST_WHOLE = 4500


def read_in_strips(engine: OcrEngine, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
    """As `OcrEngine.read`; an engine takes neither any height nor any memory."""
    if image.height <= LONGEST_WHOLE:
        return engine.read(image, dpi, layout)
    return assemble(_pieces(engine, image, dpi, layout))


def _pieces(engine: OcrEngine, image: Image.Image, dpi: float, layout: Layout) -> Iterator[Piece]:
    for top, bottom in _strips(image):
        reading = engine.read(image.crop((0, top, image.width, bottom)), dpi, layout)
        for number, piece in enumerate(pieces_of(reading)):
            yield _on_page(piece if number else piece._replace(separator="\n"), top, bottom - top, image.height)


def _strips(image: Image.Image) -> Iterator[tuple[int, int]]:
    """Top and bottom of each; cut at the row with the least ink in the last quarter of the strip."""
    top = 0
    while image.height - top > LONGEST_WHOLE:
        low = top + STRIP * 3 // 4
        rows = np.asarray(image.crop((0, low, image.width, top + STRIP)), dtype=np.int16)
        # A line between two texts is even in tone, whatever its colour: dark screens have light letters.
        unevenness = np.abs(np.diff(rows, axis=1)).sum(axis=1)
        smooth = np.convolve(unevenness, np.ones(9), "same")
        bottom = low + int(np.argmin(smooth))
        yield top, bottom
        top = bottom
    yield top, image.height


def _on_page(piece: Piece, top: int, height: int, whole: int) -> Piece:
    left, upper, right, lower = piece.box
    return piece._replace(box=(left, (top + upper * height) / whole, right, (top + lower * height) / whole))
