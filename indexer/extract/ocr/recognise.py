"""Recognition of rendered pages: one process per core, the model loaded once, and a key before the dear part.

Figures behind the parameters: docs/decisions/0003-recognition.md.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from casefile.errors import DocumentFault, EnvironmentFault, Reason, Shortfall
from casefile.imaging.render import PageImage, render_page
from casefile.pagetext import PageText, TextSource
from casefile.sandbox import WorkerPool
from casefile.settings import Settings
from casefile.tessdata import find_tessdata
from casefile.wording import caused
from indexer.extract.ocr.blank import HARDLY_ANYTHING, NOTHING, measure_ink
from indexer.extract.ocr.words import Reading, rotate_back, to_reading

# Counted up whenever pages are read in another way, so that stored results of the old way are not taken for new.
RECIPE = "1"
# Mean confidence below which orientation and a finer resolution are tried: good print has 90 to 96, clean
# typewriting 80 to 90.
DOUBTFUL = 72.0
FINE_DPI = 300.0

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
class _Config:
    """What a worker needs; a plain value, because it crosses the process border with every task."""

    languages: str
    tessdata: Path
    dpi: int
    max_megapixels: int


class RecognitionPool(WorkerPool):
    """Worker processes for recognition and inspection. Raises EnvironmentFault where the model is missing."""

    def __init__(self, settings: Settings, workers: int | None = None) -> None:
        super().__init__(workers or settings.worker_count)
        self._config = _Config(
            settings.ocr_languages, find_tessdata(settings), settings.ocr_dpi, settings.max_page_megapixels
        )
        self._timeout = settings.ocr_timeout

    def submit(self, path: Path, media_type: str, page: int, cached: CachedPage) -> Future[Recognised]:
        """Render, look the key up with `cached`, recognise only on a miss.

        `cached` runs in the worker, so that the page is rendered once: it must be picklable (a bound method or a
        functools.partial, no closure). The future raises DocumentFault or EnvironmentFault.
        """
        return self.schedule(
            recognise_page,
            self._config,
            path,
            media_type,
            page,
            cached,
            timeout=self._timeout,
            reason=Reason.OCR_TIMEOUT,
        )

    def recognise(self, path: Path, media_type: str, page: int, cached: CachedPage) -> Recognised:
        return self.submit(path, media_type, page, cached).result()


def not_cached(_key: str) -> None:
    """For callers without a derived store."""


# --- in the worker


def recognise_page(config: _Config, path: Path, media_type: str, page: int, cached: CachedPage) -> Recognised:
    def render(dpi: float) -> PageImage:
        return render_page(path, media_type, page, dpi=dpi, max_megapixels=config.max_megapixels)

    shown = render(config.dpi)
    key = page_key(shown.image, shown.dpi, config.languages, *_engine_identity(config))
    stored = cached(key)
    if stored is not None:
        return Recognised(key, stored, cached=True)
    return Recognised(key, _read(config, shown, render), cached=False)


def page_key(image: Image.Image, dpi: float, languages: str, engine: str, models: str) -> str:
    """SHA-256 over the pixels and all that decides how they are read."""
    digest = hashlib.sha256(image.tobytes())
    width, height = image.size
    digest.update(f"|{image.mode}|{width}x{height}|{dpi:.2f}|{languages}|{engine}|{models}|{RECIPE}".encode())
    return digest.hexdigest()


@functools.cache
def _engine_identity(config: _Config) -> tuple[str, str]:
    import tesserocr

    engine = tesserocr.tesseract_version().split("\n", 1)[0].strip()
    digest = hashlib.sha256()
    for language in config.languages.split("+"):
        digest.update((config.tessdata / f"{language}.traineddata").read_bytes())
    return engine, digest.hexdigest()


def _read(config: _Config, shown: PageImage, render: Callable[[float], PageImage]) -> PageText:
    ink = measure_ink(shown.image)
    if ink.page < NOTHING:
        return _blank(shown)
    best = _recognise(config, shown)
    if best.quality < DOUBTFUL:
        best = _second_look(config, shown, best, render)
    if not best.sure_words and ink.inside < HARDLY_ANYTHING:
        return _blank(shown)
    return PageText(best.text, TextSource.OCR, best.words, round(best.quality, 1), shown.width, shown.height)


def _blank(shown: PageImage) -> PageText:
    return PageText("", TextSource.NONE, width=shown.width, height=shown.height)


def _second_look(config: _Config, shown: PageImage, first: Reading, render: Callable[[float], PageImage]) -> Reading:
    """Doubtful pages only: upright, then finer. The better reading wins, never the later one."""
    turn = _detect_turn(config, shown)
    best = first
    if turn:
        best = max(best, rotate_back(_recognise(config, _turned(shown, turn)), turn), key=_worth)
    if best.quality < DOUBTFUL and shown.dpi < FINE_DPI - 1:
        used = turn if best is not first else 0
        finer = rotate_back(_recognise(config, _turned(render(FINE_DPI), used)), used)
        best = max(best, finer, key=_worth)
    return best


def _worth(reading: Reading) -> float:
    """Letters read, weighted by how sure they are: more words count, more garbage does not."""
    return reading.sure_letters


def _turned(page: PageImage, turn: int) -> PageImage:
    """Rotate clockwise by `turn` degrees."""
    if not turn:
        return page
    methods = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    return replace(page, image=page.image.transpose(methods[turn]))


def _recognise(config: _Config, page: PageImage) -> Reading:
    api = _load_model(config.languages, config.tessdata)
    try:
        api.SetImage(page.image)
        api.SetSourceResolution(round(page.dpi))
        if not api.Recognize():
            raise DocumentFault(Reason.OCR_FAILED)
        return to_reading(api, page.image.size)
    except RuntimeError as error:
        raise DocumentFault(Reason.OCR_FAILED, caused("Die Texterkennung ist gescheitert", error)) from error
    finally:
        api.Clear()
        api.ClearAdaptiveClassifier()  # a page's reading must not depend on the page before


@functools.lru_cache(maxsize=1)
def _load_model(languages: str, tessdata: Path) -> Any:
    import tesserocr

    try:
        api = tesserocr.PyTessBaseAPI(
            path=str(tessdata), lang=languages, psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
        )
    except RuntimeError as error:
        raise EnvironmentFault(
            "tesseract_missing",
            f"Das Texterkennungsmodell „{languages}“ in {tessdata} lässt sich nicht laden.",
            "Paket tesseract-ocr-deu neu installieren.",
        ) from error
    api.SetVariable("debug_file", "/dev/null")
    return api


@functools.lru_cache(maxsize=1)
def _load_orientation(tessdata: Path) -> Any:
    """None where the model `osd` is not installed: then pages are read as they lie."""
    import tesserocr

    if not (tessdata / "osd.traineddata").is_file():
        return None
    api = tesserocr.PyTessBaseAPI(path=str(tessdata), lang="osd", psm=tesserocr.PSM.OSD_ONLY)
    api.SetVariable("debug_file", "/dev/null")
    return api


def _detect_turn(config: _Config, page: PageImage) -> int:
    """By how many degrees, clockwise, the page must be turned to stand upright: 0, 90, 180 or 270."""
    api = _load_orientation(config.tessdata)
    if api is None:
        return 0
    try:
        api.SetImage(page.image)
        api.SetSourceResolution(round(page.dpi))
        found = api.DetectOrientationScript()
    except RuntimeError:
        return 0
    finally:
        api.Clear()
    return (360 - int(found["orient_deg"])) % 360 if found else 0
