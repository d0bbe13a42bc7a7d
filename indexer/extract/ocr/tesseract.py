"""Tesseract in this process, through tesserocr; the only module that imports it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tesserocr
from PIL import Image
from tesserocr import PSM, RIL

from casefile.errors import DocumentFault, EnvironmentFault, Reason
from casefile.settings import Settings
from casefile.tessdata import debian_packages, find_models
from casefile.wording import caused
from indexer.extract.ocr.engine import Layout
from indexer.extract.ocr.words import Piece, Reading, assemble

# Share of the width that is kept: the network reads column by column, so fewer columns take less time, and letters a
# little narrower are read as well (docs/decisions/0003-recognition.md).
_WIDTH = 0.85
_MODES = {Layout.PAGE: PSM.AUTO, Layout.LINES: PSM.SINGLE_BLOCK}


@dataclass(frozen=True)
class Tesseract:
    """`tessdata`: the folder with a `.traineddata` file for each of the `languages`."""

    languages: str
    tessdata: Path

    @classmethod
    def from_settings(cls, settings: Settings) -> Tesseract:
        """Raises EnvironmentFault `tessdata_missing`."""
        return cls(settings.ocr_languages, find_models(settings.ocr_languages, settings.tessdata))

    def identity(self) -> str:
        return _identity(self)

    def available_languages(self) -> frozenset[str]:
        return frozenset(path.stem for path in self.tessdata.glob("*.traineddata"))

    def read(self, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
        api = _load(self)
        try:
            api.SetPageSegMode(_MODES[layout])
            narrow = _narrowed(image)
            api.SetImageBytes(narrow.tobytes(), narrow.width, narrow.height, 1, narrow.width)
            api.SetSourceResolution(round(dpi))
            if not api.Recognize():
                raise DocumentFault(Reason.OCR_FAILED)
            return assemble(_pieces(api, narrow.size))
        except RuntimeError as error:
            raise DocumentFault(Reason.OCR_FAILED, caused("Die Texterkennung ist gescheitert", error)) from error
        finally:
            api.Clear()
            api.ClearAdaptiveClassifier()  # what it learns from one page changes the reading of the next


def _narrowed(image: Image.Image) -> Image.Image:
    return image.resize((max(1, round(image.width * _WIDTH)), image.height), Image.Resampling.BICUBIC)


@functools.cache
def _identity(engine: Tesseract) -> str:
    version = tesserocr.tesseract_version().split("\n", 1)[0].strip()
    digest = hashlib.sha256()
    for language in engine.languages.split("+"):
        digest.update((engine.tessdata / f"{language}.traineddata").read_bytes())
    return f"{version}|{engine.languages}|{digest.hexdigest()}"


@functools.lru_cache(maxsize=1)
def _load(engine: Tesseract) -> Any:
    try:
        api = tesserocr.PyTessBaseAPI(path=str(engine.tessdata), lang=engine.languages, oem=tesserocr.OEM.LSTM_ONLY)
    except RuntimeError as error:
        raise EnvironmentFault(
            "tesseract_missing",
            f"Das Texterkennungsmodell „{engine.languages}“ in {engine.tessdata} lässt sich nicht laden.",
            f"„apt-get install --reinstall {debian_packages(engine.languages)}“ ausführen.",
        ) from error
    api.SetVariable("debug_file", "/dev/null")
    return api


def _pieces(api: Any, size: tuple[int, int]) -> Iterator[Piece]:
    iterator = api.GetIterator()
    if iterator is None:
        return
    while True:
        text = (iterator.GetUTF8Text(RIL.WORD) or "").strip() if not iterator.Empty(RIL.WORD) else ""
        box = iterator.BoundingBox(RIL.WORD) if text else None
        separator = _separator(iterator)
        if box:
            confidence = max(0, min(100, round(iterator.Confidence(RIL.WORD))))
            # The engine may put a blank inside a "word"; every blank-free part counts as one, with the same box.
            for number, part in enumerate(text.split()):
                yield Piece(separator if number == 0 else " ", part, _fractions(box, size), confidence)
        else:
            yield Piece(separator, "", (0.0, 0.0, 0.0, 0.0), 0)  # its line break still counts
        if not iterator.Next(RIL.WORD):
            return


def _separator(iterator: Any) -> str:
    if iterator.IsAtBeginningOf(RIL.BLOCK) or iterator.IsAtBeginningOf(RIL.PARA):
        return "\n\n"
    return "\n" if iterator.IsAtBeginningOf(RIL.TEXTLINE) else " "


def _fractions(box: tuple[int, int, int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    width, height = size
    return (
        min(1.0, max(0.0, left / width)),
        min(1.0, max(0.0, top / height)),
        min(1.0, max(0.0, right / width)),
        min(1.0, max(0.0, bottom / height)),
    )
