"""A second engine's opinion on doubtful words.

Where both engines agree, a word is right in .96 to .99 of cases; where they differ, Tesseract is right in fewer than
half (docs/decisions/0003-recognition.md). So the second engine reads only what the first one doubts, and a word list
decides between them.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from indexer.extract.ocr.words import Piece, Reading, assemble, pieces_of

# A word below this confidence is doubtful, one below the other if the word list does not know it either.
_DOUBTED, _DOUBTED_IF_UNKNOWN = 75, 92
_MARGIN = 8  # by so much the second engine must be surer where the word list decides nothing
_LEAST_FREQUENCY = 1e-7  # rarer entries of the word list are typing errors of the web
_AROUND = 0.15  # of the word's height is cut out around it as well
_WITHOUT_DOTS = str.maketrans("äöü", "aou")


class WordReader(Protocol):
    """A second engine. A plain value, like an `OcrEngine`."""

    def identity(self) -> str:
        """Name and hash of the model, part of the cache key."""

    def read_word(self, image: Image.Image) -> tuple[str, float]:
        """Text and confidence (0 to 100) of a word cut out of a page, grey, dark on light."""


@dataclass(frozen=True)
class Voted:
    """The word to keep, with its confidence."""

    text: str
    confidence: int


def second_opinion(reader: WordReader, image: Image.Image, reading: Reading) -> Reading:
    """The reading with its doubtful words read again; `image`: what it was read from, so that the boxes fit."""
    return assemble(_reread(reader, image, reading))


def _reread(reader: WordReader, image: Image.Image, reading: Reading) -> Iterator[Piece]:
    for piece in pieces_of(reading):
        if not is_doubtful(piece.text, piece.confidence):
            yield piece
            continue
        text, confidence = reader.read_word(image.crop(_cutting(piece, image)))
        kept = vote(Voted(piece.text, piece.confidence), Voted(text, max(0, min(100, round(confidence)))))
        yield piece._replace(text=kept.text, confidence=kept.confidence)


def is_doubtful(text: str, confidence: int) -> bool:
    if not any(c.isalnum() for c in text):
        return False
    return confidence < _DOUBTED or (confidence < _DOUBTED_IF_UNKNOWN and not is_known(text))


def vote(first: Voted, second: Voted) -> Voted:
    """The reading that the word list knows wins, else the surer one; where both agree, the word is sure."""
    text = second.text.replace(" ", "")
    if not text:
        return first
    if _letters(first.text) == _letters(text) or _drops_umlaut(first.text, text):
        return Voted(first.text, max(first.confidence, second.confidence))
    knows_first, knows_second = is_known(first.text), is_known(text)
    if knows_first != knows_second:
        return first if knows_first else Voted(text, second.confidence)
    return Voted(text, second.confidence) if second.confidence > first.confidence + _MARGIN else first


def _drops_umlaut(first: str, second: str) -> bool:
    """The second engine was trained on many languages and tends to leave out German dots."""
    return any(c in "äöüÄÖÜ" for c in first) and _letters(first).translate(_WITHOUT_DOTS) == _letters(second)


def is_known(text: str) -> bool:
    """Whether the word list has it, in today's or typewriter spelling (ae, oe, ue, ss); figures are never known."""
    word = _letters(text)
    return bool(word) and word in _known_words()


def _letters(text: str) -> str:
    """Without the punctuation around it, in small letters."""
    word = unicodedata.normalize("NFC", text).casefold()
    start, end = 0, len(word)
    while start < end and not word[start].isalnum():
        start += 1
    while end > start and not word[end - 1].isalnum():
        end -= 1
    return word[start:end]


@functools.cache
def _known_words() -> frozenset[str]:
    import wordfreq

    words = {w.casefold() for w, f in wordfreq.get_frequency_dict("de").items() if f >= _LEAST_FREQUENCY}
    words = {word for word in words if word.isalpha()}
    typed = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
    return frozenset(words | {word.translate(typed) for word in words})


def _cutting(piece: Piece, image: Image.Image) -> tuple[int, int, int, int]:
    left, top, right, bottom = piece.box
    around = (bottom - top) * image.height * _AROUND
    return (
        max(0, round(left * image.width - around)),
        max(0, round(top * image.height - around)),
        min(image.width, round(right * image.width + around)),
        min(image.height, round(bottom * image.height + around)),
    )
