"""One text per page: what is indexed, shown and marked is the same string, with a box for each word.

Boxes are fractions of the shown page (0 to 1, origin top left), so they fit an image of any size.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class TextSource(StrEnum):
    LAYER = "layer"  # the document's own text
    OCR = "ocr"
    NONE = "none"  # blank page


class Word(NamedTuple):
    """A word of the page's text: `text[start:end]`, its box as fractions of the page, confidence 0..100."""

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    confidence: int


@dataclass(frozen=True)
class PageText:
    """The text of one page.

    `words` is empty where no boxes exist (mail, office files); then the page is shown as text.
    `quality`, 0..100: of a recognised page the share of its ink that was read, times the confidence of the words; 100
    for a text layer that passed the checks; of both together the mean over their letters; None for a blank page.
    `width`, `height`: size of the shown page in points (1/72 inch), 0 where the format has no pages.
    """

    text: str
    source: TextSource
    words: tuple[Word, ...] = ()
    quality: float | None = None
    width: float = 0.0
    height: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "source": self.source.value,
            "words": [[w.start, w.end, *(round(v, 5) for v in w[2:6]), w.confidence] for w in self.words],
            "quality": self.quality,
            "size": [self.width, self.height],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PageText:
        return cls(
            text=data["text"],
            source=TextSource(data["source"]),
            words=tuple(Word(*w) for w in data["words"]),
            quality=data["quality"],
            width=data["size"][0],
            height=data["size"][1],
        )
