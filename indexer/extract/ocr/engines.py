"""The recognition engines that there are; the setting `ocr_engine` chooses one."""

from __future__ import annotations

from collections.abc import Callable

from casefile.errors import UsageFault
from casefile.settings import Settings
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.tesseract import Tesseract

ENGINES: dict[str, Callable[[Settings], OcrEngine]] = {
    "tesseract": Tesseract.from_settings,
}


def chosen_engine(settings: Settings) -> OcrEngine:
    """Raises UsageFault for an unknown name, EnvironmentFault where something of the engine is missing."""
    if settings.ocr_engine not in ENGINES:
        raise UsageFault(
            "settings_invalid",
            f"Ungültige Einstellung: AKTENSUCHE_OCR_ENGINE: „{settings.ocr_engine}“ gibt es nicht.",
            f"Möglich: {', '.join(sorted(ENGINES))}.",
        )
    return ENGINES[settings.ocr_engine](settings)
