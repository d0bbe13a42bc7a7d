"""What a recognition engine must offer. An engine is a module that implements this, and a line in `engines.py`."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from PIL import Image

from indexer.extract.ocr.words import Reading


class Layout(Enum):
    """What the image shows: a page whose columns and blocks must be found, or a strip with nothing but lines."""

    PAGE = "page"
    LINES = "lines"


class OcrEngine(Protocol):
    """A plain value that crosses the border to the worker processes with every page; models are loaded over there, on
    first use. Its construction raises EnvironmentFault where the engine or a model is missing.
    """

    @property
    def languages(self) -> str:
        """In which languages it reads, joined by +."""

    def identity(self) -> str:
        """Name, version and hash of the models: part of the cache key, so that readings of another version are not
        taken for its own.
        """

    def available_languages(self) -> frozenset[str]:
        """Languages whose models are installed."""

    def read(self, image: Image.Image, dpi: float, layout: Layout = Layout.PAGE) -> Reading:
        """The words of a grey image with boxes and confidence, as if it stood upright.

        The result must not depend on images read before. Raises DocumentFault `ocr_failed`, or EnvironmentFault
        where a model cannot be loaded.
        """
