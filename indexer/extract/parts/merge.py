"""A page's text from what was read of it and what was recognised on it. Neither replaces the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from casefile.errors import Reason, Shortfall
from casefile.pagetext import PageText, TextSource, Word
from casefile.wording import counted
from indexer.extract.ocr import recipe
from indexer.extract.ocr.words import SURE
from indexer.extract.parts.mend import is_strange_word, mend
from indexer.extract.result import ExtractedPage

# Rows in which the boxes of known words are kept, so that each recognised word meets its neighbours only.
_BANDS = 100
# A line of recognised noise has no word above SURE, and few above this.
_LEAST_CONFIDENCE = 45
_LEAST_SIGNS = 3


def merge(page: ExtractedPage, recognised: PageText) -> PageText:
    """`recognised`: the page, or its region. What was known stays word for word, but for what `page.repair` mends."""
    known = page.text
    if known is None or not known.text.strip():
        return recognised
    if page.repair is not None:
        mended = mend(known, recognised, page.repair)
        return _appended(mended, _unsaid(mended, _beside(mended, recognised)), recognised.quality)
    if page.region is None:
        if not recognised.text.strip():
            return known
        return _appended(recognised, _lines_not_recognised(known, recognised), known.quality)
    return _appended(known, _beside(known, recognised), recognised.quality)


def shortfalls(page: ExtractedPage, recognised: PageText, merged: PageText) -> tuple[Shortfall, ...]:
    """What the merged text lacks, as far as the merging tells; no word on a page that is only recognised."""
    if page.text is None:
        return ()
    if page.repair is not None:
        wrong = sum(is_strange_word(word) for word in merged.text.split())
        words = counted(wrong, "Wort", "Wörter")
        return (Shortfall(Reason.TEXT_LAYER_UNRELIABLE, f"{words} mit unlesbaren Zeichen"),) if wrong else ()
    if page.region is not None:
        if len(merged.text) > len(page.text.text):
            return recipe.shortfalls(recognised, "eines Bildes auf der Seite")
        return (Shortfall(Reason.INK_NOT_READ),) if page.region.drawn else ()
    nothing = recognised.source is TextSource.OCR and not recognised.text.strip()
    return (Shortfall(Reason.NO_TEXT),) if nothing else ()


Line = tuple[str, tuple[Word, ...]]  # a line of text with its words; their offsets count from the line's start


def _appended(first: PageText, lines: Iterable[Line], quality: float | None) -> PageText:
    """`quality`: of the text that the lines are from."""
    text, words = first.text, list(first.words)
    separator = "\n\n"
    for line, placed in lines:
        start = len(text) + len(separator)
        text += separator + line
        words += [w._replace(start=w.start + start, end=w.end + start) for w in placed]
        separator = "\n"
    if text == first.text:
        return first
    source = TextSource.LAYER if first.source is TextSource.NONE else first.source
    merged = _quality(first, text[len(first.text) :], quality)
    return replace(first, text=text, words=tuple(words), source=source, quality=merged)


def _quality(first: PageText, added: str, quality: float | None) -> float | None:
    """Mean of both texts by their letters; what was not recognised counts as read in full."""
    parts = ((_letters(first.text), first.quality), (_letters(added), quality))
    weights = [(len(letters), 100.0 if value is None else value) for letters, value in parts]
    total = sum(count for count, _ in weights)
    return round(sum(count * value for count, value in weights) / total, 1) if total else first.quality


def _lines(text: PageText) -> Iterator[Line]:
    at = 0
    words = iter(text.words)
    word = next(words, None)
    for line in text.text.split("\n"):
        end = at + len(line)
        placed = []
        while word is not None and word.start < end:
            placed.append(word._replace(start=word.start - at, end=word.end - at))
            word = next(words, None)
        if line.strip():
            yield line, tuple(placed)
        at = end + 1


def _lines_not_recognised(known: PageText, recognised: PageText) -> Iterator[Line]:
    """Lines that were read otherwise and that recognition has not seen."""
    return _unsaid(recognised, _lines(known))


def _unsaid(text: PageText, lines: Iterable[Line]) -> Iterator[Line]:
    said = _letters(text.text)
    return ((line, words) for line, words in lines if _letters(line) not in said)


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _beside(known: PageText, recognised: PageText) -> Iterator[Line]:
    """Recognised lines without the words that are known already, and without noise."""
    places = _Places(known.words)
    for line, words in _lines(recognised):
        kept = [w for w in words if w.confidence >= _LEAST_CONFIDENCE and not places.hold(w)]
        if any(_is_sure(line[w.start : w.end], w.confidence) for w in kept):
            yield _joined(line, kept)


def _is_sure(word: str, confidence: int) -> bool:
    """Boxes to tick and ornaments are read as one or two letters."""
    signs = sum(c.isalnum() for c in word)
    return confidence >= SURE and (signs >= _LEAST_SIGNS or any(c.isdigit() for c in word))


def _joined(line: str, words: list[Word]) -> Line:
    text, placed = "", []
    for word in words:
        start = len(text) + (1 if text else 0)
        text += (" " if text else "") + line[word.start : word.end]
        placed.append(word._replace(start=start, end=len(text)))
    return text, tuple(placed)


class _Places:
    """Boxes of words, by the bands of the page that they touch."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._bands: dict[int, list[Word]] = {}
        for word in words:
            for band in range(int(word.top * _BANDS), int(word.bottom * _BANDS) + 1):
                self._bands.setdefault(band, []).append(word)

    def hold(self, word: Word) -> bool:
        """Whether the word's centre lies in a known one."""
        across, down = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        return any(
            w.left <= across <= w.right and w.top <= down <= w.bottom for w in self._bands.get(int(down * _BANDS), ())
        )
