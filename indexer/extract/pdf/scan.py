"""What the renderer sees on a page: words, pictures, fields, notes, unread ink. Runs in a worker process only."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from casefile.errors import DocumentFault, Reason
from casefile.imaging.render import POINTS_PER_INCH, load_pdf_page
from casefile.wording import caused
from indexer.extract.markup import tidy
from indexer.extract.pdf.align import Box, BoxedToken
from indexer.extract.pdf.annotations import notes
from indexer.extract.pdf.forms import fields
from indexer.extract.pdf.ink import DPI, Unread, ink_outside
from indexer.extract.pdf.layer import PageFacts

_MOST_OBJECTS = 20_000
_LONGEST_SIDE = 1200  # pixels of the image in which ink is looked for
_GRID = 1 << 20  # device units for boxes; the renderer's conversion gives integers


@dataclass(frozen=True)
class PdfPage:
    """One page; size in points as shown. `empty`: the page has no content at all. `fields`: filled-in form fields.

    `text`: as the renderer reads it, the second choice where the parser's is no good. `notes`: what annotations say,
    each with its author; what they draw is among the words. `unread`: ink that no word covers.
    """

    number: int
    width: float
    height: float
    facts: PageFacts
    text: str = ""
    fields: tuple[BoxedToken, ...] = ()
    notes: tuple[tuple[str, BoxedToken], ...] = ()
    unread: Unread | None = None
    empty: bool = False
    fault: Reason | None = None
    detail: str = ""


def scan_page(document: pypdfium2.PdfDocument, number: int) -> PdfPage:
    """A page that cannot be loaded has a fault. The document's forms are initialised."""
    try:
        page = load_pdf_page(document, number)
        try:
            seen, annotated = _read_page(document, page, number)
            if annotated:  # in memory: what annotations draw becomes part of the page, so that its words can be read
                pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)
                page.close()
                page = load_pdf_page(document, number)
            return seen if seen.fault or seen.empty else _look_at(page, seen)
        finally:
            page.close()
    except DocumentFault as fault:
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=fault.reason, detail=fault.detail)
    except pypdfium2.PdfiumError as error:
        detail = caused(f"Seite {number} ist nicht lesbar", error)
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=Reason.RENDER_FAILED, detail=detail)


def _read_page(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: int) -> tuple[PdfPage, bool]:
    """The page without what annotations draw, and whether there are any."""
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=Reason.RENDER_FAILED, detail="Seite ohne Fläche"), False
    objects = _objects(page)
    shown = functools.partial(_shown, page)
    found, said = tuple(fields(document, page, shown)), tuple(notes(page, shown))
    annotated = pdfium.FPDFPage_GetAnnotCount(page.raw) > 0
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in objects.pictures)
    facts = PageFacts((), min(1.0, area), objects.hidden, pictures=objects.pictures)
    seen = PdfPage(number, width, height, facts, _text(page), found, said, empty=not (objects.any or annotated))
    return seen, annotated


def _look_at(page: pypdfium2.PdfPage, seen: PdfPage) -> PdfPage:
    """Words and ink of the page as it is displayed, annotations included."""
    words = _words(page)
    scale = min(DPI / POINTS_PER_INCH, _LONGEST_SIDE / max(seen.width, seen.height))
    image = page.render(scale=scale, grayscale=True).to_pil().convert("L")
    share, unread = ink_outside(image, [word.box for word in words], seen.facts.pictures)
    return replace(seen, facts=replace(seen.facts, words=words, ink_outside=share), unread=unread)


# --- words

_LINE_END_HYPHEN = frozenset({"\x02", "\ufffe"})


def _words(page: pypdfium2.PdfPage) -> tuple[BoxedToken, ...]:
    """Runs of characters without white space (the renderer puts in the blanks that the eye sees)."""
    textpage = page.get_textpage()
    try:
        return tuple(_runs(page, textpage.raw, textpage.count_chars()))
    finally:
        textpage.close()


def _text(page: pypdfium2.PdfPage) -> str:
    textpage = page.get_textpage()
    try:
        return _tidy_marks(textpage.get_text_range())
    finally:
        textpage.close()


def _runs(page: pypdfium2.PdfPage, handle: Any, count: int) -> Iterator[BoxedToken]:
    fonts = _Fonts(handle)
    font = ""
    letters: list[str] = []
    boxes: list[Box] = []  # in the page's own coordinates
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(count):
        character = _character(handle, index)
        if character.isspace() or not character:
            yield from _finished(page, letters, boxes, font)
            letters, boxes = [], []
            continue
        if not letters:
            font = fonts.of(index)
        letters.append("-" if character in _LINE_END_HYPHEN else character)
        if pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top):
            boxes.append((left.value, bottom.value, right.value, top.value))
        if character in _LINE_END_HYPHEN:  # what follows stands on the next line
            yield from _finished(page, letters, boxes, font)
            letters, boxes = [], []
    yield from _finished(page, letters, boxes, font)


class _Fonts:
    """Names of a page's embedded fonts; "" for one that the file does not bring."""

    def __init__(self, textpage: Any) -> None:
        self._textpage = textpage
        self._names: dict[int, str] = {}

    def of(self, index: int) -> str:
        item = pdfium.FPDFText_GetTextObject(self._textpage, index)
        font = pdfium.FPDFTextObj_GetFont(item) if item else None
        if not font:
            return ""
        place = ctypes.cast(font, ctypes.c_void_p).value or 0
        if place not in self._names:
            self._names[place] = _font_name(font) if pdfium.FPDFFont_GetIsEmbedded(font) == 1 else ""
        return self._names[place]


def _font_name(font: Any) -> str:
    size = pdfium.FPDFFont_GetBaseFontName(font, None, 0)
    buffer = ctypes.create_string_buffer(max(1, size))
    pdfium.FPDFFont_GetBaseFontName(font, buffer, size)
    return buffer.value.decode("utf-8", "replace") or "ohne Namen"


def _tidy_marks(text: str) -> str:
    """The renderer's mark for a hyphen at a line's end swallows the line's end."""
    return tidy(text.replace("\x02", "-\n").replace("\ufffe", "-\n").replace("\x00", ""))


def _character(handle: Any, index: int) -> str:
    code = pdfium.FPDFText_GetUnicode(handle, index)
    if code in {0, 0xFFFF} or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "" if code == 0 else "\ufffd"
    return chr(code)


def _shown(page: pypdfium2.PdfPage, left: float, bottom: float, right: float, top: float) -> Box:
    """Page coordinates -> fractions of the page as shown: rotation and crop box are the renderer's business."""
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for across, up in ((left, bottom), (right, top)):
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, _GRID, _GRID, 0, across, up, x, y)
        corners.append((x.value / _GRID, y.value / _GRID))
    (x0, y0), (x1, y1) = corners
    low_x, high_x, low_y, high_y = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return (_clip(low_x), _clip(low_y), _clip(high_x), _clip(high_y))


def _clip(value: float) -> float:
    return min(1.0, max(0.0, value))


def _finished(page: pypdfium2.PdfPage, letters: list[str], boxes: list[Box], font: str) -> Iterator[BoxedToken]:
    if letters and boxes:
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        yield BoxedToken("".join(letters), _shown(page, min(lefts), min(bottoms), max(rights), max(tops)), font)


# --- pictures, drawings, hidden text


@dataclass(frozen=True)
class _Objects:
    pictures: tuple[Box, ...]
    hidden: float
    any: bool


def _objects(page: pypdfium2.PdfPage) -> _Objects:
    """Places of pictures, share of invisible text objects, whether anything is there at all."""
    pictures: list[Box] = []
    texts, hidden, count = 0, 0, 0
    for count, item in enumerate(page.get_objects(max_depth=5), start=1):
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
            hidden += pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            pictures += _place(page, item)
        if count >= _MOST_OBJECTS:
            break
    return _Objects(tuple(pictures), hidden / texts if texts else 0.0, count > 0)


def _place(page: pypdfium2.PdfPage, item: Any) -> list[Box]:
    try:
        left, bottom, right, top = item.get_bounds()
    except pypdfium2.PdfiumError:
        return []
    return [_shown(page, left, bottom, right, top)]
