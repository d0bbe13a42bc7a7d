"""The recognition engines that there are; the settings `ocr_engine` and `ocr_second_opinion` choose."""

from __future__ import annotations

from collections.abc import Callable

from casefile.errors import UsageFault
from casefile.settings import Settings
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.second.opinion import WordReader
from indexer.extract.ocr.second.pp_ocr import second_reader
from indexer.extract.ocr.tesseract import Tesseract

ENGINES: dict[str, Callable[[Settings], OcrEngine]] = {
    "tesseract": Tesseract.from_settings,
}


def chosen_second_reader(settings: Settings) -> WordReader | None:
    """None where the setting is off or the packages are missing; `second_reader_missing` tells the latter."""
    return second_reader() if settings.ocr_second_opinion else None


def second_reader_missing(settings: Settings) -> bool:
    return settings.ocr_second_opinion and second_reader() is None


def chosen_engine(settings: Settings) -> OcrEngine:
    """Raises UsageFault for an unknown name, EnvironmentFault where something of the engine is missing."""
    if settings.ocr_engine not in ENGINES:
        raise UsageFault(
            "settings_invalid",
            f"Ungültige Einstellung: AKTENSUCHE_OCR_ENGINE: „{settings.ocr_engine}“ gibt es nicht.",
            f"Möglich: {', '.join(sorted(ENGINES))}.",
        )
    return ENGINES[settings.ocr_engine](settings)
