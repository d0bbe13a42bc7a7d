"""Recognition of single lines of a PDF as a sample. In the worker process only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from casefile.imaging.media import PDF
from casefile.imaging.render import PageImage, render_page
from casefile.pagetext import PageText, TextSource
from indexer.extract.ocr.engine import Layout, OcrEngine
from indexer.extract.parts.region import part_of, placed
from indexer.extract.result import Box, Region

_MARGIN = 0.004  # of the page, around a line
_DPI = 200.0

Line = tuple[int, Box]  # page number and place


def read_lines(engine: OcrEngine, path: Path, lines: Sequence[Line]) -> list[PageText]:
    """Each line's text with its words' boxes on the page; "" where nothing was read."""
    pages = {number: render_page(path, PDF, number, dpi=_DPI) for number in sorted({number for number, _ in lines})}
    return [_read_line(engine, pages[number], box) for number, box in lines]


def _read_line(engine: OcrEngine, page: PageImage, box: Box) -> PageText:
    left, top, right, bottom = box
    region = Region(
        (max(0.0, left - _MARGIN), max(0.0, top - _MARGIN), min(1.0, right + _MARGIN), min(1.0, bottom + _MARGIN))
    )
    reading = engine.read(part_of(page, region).image, page.dpi, Layout.LINES)
    return placed(PageText(reading.text, TextSource.OCR, reading.words, reading.confidence), region)
