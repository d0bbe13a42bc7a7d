"""Recognition of rendered pages in worker processes: one a core, each loads the models once.

The cache key is computed before the expensive recognition, from the page's pixels and all that decides how they are
read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from casefile.errors import Reason, Shortfall
from casefile.imaging.render import PageImage, render_page
from casefile.pagetext import PageText
from casefile.sandbox import WorkerPool
from casefile.settings import Settings
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.engines import chosen_engine, chosen_second_reader
from indexer.extract.ocr.recipe import RECIPE, Page, read_page, shortfalls
from indexer.extract.ocr.second.opinion import WordReader
from indexer.extract.parts.lines import Line, read_lines
from indexer.extract.parts.region import part_of, placed
from indexer.extract.result import Box, Region

CachedPage = Callable[[str], PageText | None]


@dataclass(frozen=True)
class Recognised:
    """`key` names the page's pixels and the way of reading them; `cached`: the text came from the derived store.

    `shortfalls`: what recognition knows to be missing; the same for a cached text as for a fresh one.
    """

    key: str
    text: PageText
    cached: bool
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True)
class _Order:
    """What a worker needs; a plain value, because it crosses the process border with every task."""

    engine: OcrEngine
    second: WordReader | None
    dpi: int
    max_megapixels: int


class RecognitionPool(WorkerPool):
    """Worker processes for recognition and inspection. Raises EnvironmentFault where engine or model are missing."""

    def __init__(self, settings: Settings, workers: int | None = None) -> None:
        super().__init__(workers or settings.worker_count)
        self._order = _Order(
            chosen_engine(settings), chosen_second_reader(settings), settings.ocr_dpi, settings.max_page_megapixels
        )
        self._timeout = settings.ocr_timeout

    def submit(
        self, path: Path, media_type: str, page: int, cached: CachedPage, region: Region | None = None
    ) -> Future[Recognised]:
        """Render, look the key up with `cached`, recognise only on a miss. `region`: only this part of the page.

        `cached` runs in the worker, so that the page is rendered once: it must be picklable (a bound method or a
        functools.partial, no closure). The future raises DocumentFault or EnvironmentFault.
        """
        arguments = (self._order, path, media_type, page, cached, region)
        return self.schedule(_recognise, *arguments, timeout=self._timeout, reason=Reason.OCR_TIMEOUT)

    def read_lines(self, path: Path, lines: Sequence[Line]) -> list[PageText]:
        """Single lines of a PDF, as a sample. Raises DocumentFault or EnvironmentFault."""
        engine, timeout = self._order.engine, self._timeout
        return self.run(read_lines, engine, path, lines, timeout=timeout, reason=Reason.OCR_TIMEOUT)

    def recognise(self, path: Path, media_type: str, page: int, cached: CachedPage) -> Recognised:
        return self.submit(path, media_type, page, cached).result()


def not_cached(_key: str) -> None:
    """For callers without a derived store."""


def _recognise(
    order: _Order, path: Path, media_type: str, page: int, cached: CachedPage, region: Region | None
) -> Recognised:
    """Runs in the worker."""

    def render(dpi: float) -> PageImage:
        whole = render_page(path, media_type, page, dpi=dpi, max_megapixels=order.max_megapixels)
        return whole if region is None else part_of(whole, region)

    shown = render(order.dpi)
    key = page_key(shown.image, shown.dpi, _engines(order), None if region is None else region.clip)
    text = cached(key)
    is_cached = text is not None
    if text is None:
        text = read_page(order.engine, order.second, Page(shown, render))
        text = text if region is None else placed(text, region)
    return Recognised(key, text, is_cached, shortfalls(text) if region is None else ())


def _engines(order: _Order) -> str:
    return f"{order.engine.identity()}|{order.second.identity() if order.second else 'alone'}"


def page_key(image: Image.Image, dpi: float, engines: str, place: Box | None = None) -> str:
    """SHA-256 over the pixels and all that decides how they are read. `engines`: their identities; `place`: of a part
    of a page, because its boxes are those of the page.
    """
    digest = hashlib.sha256(image.tobytes())
    width, height = image.size
    digest.update(f"|{image.mode}|{width}x{height}|{dpi:.2f}|{engines}|{RECIPE}".encode())
    if place is not None:
        digest.update(repr(place).encode())
    return digest.hexdigest()
