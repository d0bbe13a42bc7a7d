"""What the renderer sees in a PDF: pages, word boxes, pictures, form fields. Runs in a worker process only."""

from __future__ import annotations

import ctypes
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from casefile.errors import DocumentFault, Reason
from casefile.imaging.render import (
    POINTS_PER_INCH,
    init_forms,
    load_pdf_page,
    open_pdf,
)
from casefile.wording import caused
from indexer.extract.markup import tidy
from indexer.extract.ocr.blank import ink_mask
from indexer.extract.pdf.align import Box, BoxedToken
from indexer.extract.pdf.layer import PageFacts

_TAIL = 4096
_HEAD = 2048
_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,500}?/N\s+(\d{1,6})")
_PAGE_TREE = re.compile(rb"(>)[^/]*|(/Type\s*/Pages\b)|/Count\s+(\d{1,6})")
_LONGEST_PAGE_TREE = 4000  # between the two names of one dictionary
_INK_DPI = 72.0
# Ink outside the words is measured only where a picture or drawing could hold the text; it costs a rendering.
_FEW_LETTERS = 400
_MOST_OBJECTS = 20_000
_GRID = 1 << 20  # device units for boxes; the renderer's conversion gives integers


@dataclass(frozen=True)
class PdfOverview:
    """`expected`: pages the file itself announces, None where it does not say; `cut_off`: its end is missing."""

    pages: int
    expected: int | None
    cut_off: bool


@dataclass(frozen=True)
class PdfPage:
    """One page; size in points as shown. `empty`: the page has no content at all. `fields`: filled-in form fields.

    `text`: as the renderer reads it, the second choice where the parser's is no good.
    """

    number: int
    width: float
    height: float
    facts: PageFacts
    text: str = ""
    fields: tuple[BoxedToken, ...] = ()
    empty: bool = False
    fault: Reason | None = None
    detail: str = ""


def overview(path: Path) -> PdfOverview:
    with open_pdf(path) as document:
        pages = len(document)
    return replace(ending(path), pages=pages)


def ending(path: Path) -> PdfOverview:
    """What the bytes tell of a file that the renderer cannot open."""
    cut_off = is_cut_off(path)
    return PdfOverview(0, announced_pages(path) if cut_off else None, cut_off)


def is_cut_off(path: Path) -> bool:
    """A PDF ends with its end mark; a little garbage behind it is common."""
    with path.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, 2) - _TAIL))
        return b"%%EOF" not in stream.read()


def announced_pages(path: Path) -> int | None:
    """The number of pages a cut-off file still names: its linearisation dictionary or a page tree's root."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        linear = _LINEARIZED.search(content, 0, _HEAD)
        if linear:
            return int(linear.group(1))
        return max(_counts(content), default=None)


def _counts(content: mmap.mmap) -> Iterator[int]:
    """/Count of every dictionary that is a page tree, in whichever order its names stand. Reads each byte once."""
    tree: int | None = None
    count: tuple[int, int] | None = None
    for found in _PAGE_TREE.finditer(content):
        if found.group(1):
            tree = count = None
        elif found.group(2):
            tree = found.end()
        else:
            count = found.end(), int(found.group(3))
        if tree is not None and count is not None:
            if abs(tree - count[0]) <= _LONGEST_PAGE_TREE:
                yield count[1]
            tree = count = None


def scan_pages(path: Path, first: int, last: int) -> list[PdfPage]:
    """Pages `first` to `last` (from 1, both included). A page that cannot be loaded has a fault."""
    with open_pdf(path) as document:
        init_forms(document)
        return [_scan_page(document, number) for number in range(first, last + 1)]


def _scan_page(document: pypdfium2.PdfDocument, number: int) -> PdfPage:
    try:
        page = load_pdf_page(document, number)
        try:
            return _read_page(document, page, number)
        finally:
            page.close()
    except DocumentFault as fault:
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=fault.reason, detail=fault.detail)
    except pypdfium2.PdfiumError as error:
        detail = caused(f"Seite {number} ist nicht lesbar", error)
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=Reason.RENDER_FAILED, detail=detail)


def _read_page(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, number: int) -> PdfPage:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=Reason.RENDER_FAILED, detail="Seite ohne Fläche")
    words, text = _words(page)
    objects = _objects(page)
    letters = sum(c.isalnum() for word in words for c in word.text)
    ink = _ink_outside(page, words) if objects.drawings and letters < _FEW_LETTERS else None
    facts = PageFacts(words, min(1.0, objects.picture), objects.hidden, ink)
    fields = tuple(_fields(document, page))
    return PdfPage(number, width, height, facts, text, fields, empty=not (objects.any or fields))


# --- words

_LINE_END_HYPHEN = frozenset({"\x02", "\ufffe"})


def _words(page: pypdfium2.PdfPage) -> tuple[tuple[BoxedToken, ...], str]:
    """Runs of characters without white space (the renderer puts in the blanks that the eye sees), and the text."""
    textpage = page.get_textpage()
    try:
        return tuple(_runs(page, textpage.raw, textpage.count_chars())), _tidy_marks(textpage.get_text_range())
    finally:
        textpage.close()


def _runs(page: pypdfium2.PdfPage, handle: Any, count: int) -> Iterator[BoxedToken]:
    letters: list[str] = []
    boxes: list[Box] = []  # in the page's own coordinates
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(count):
        character = _character(handle, index)
        if character.isspace() or not character:
            yield from _finished(page, letters, boxes)
            letters, boxes = [], []
            continue
        letters.append("-" if character in _LINE_END_HYPHEN else character)
        if pdfium.FPDFText_GetCharBox(handle, index, left, right, bottom, top):
            boxes.append((left.value, bottom.value, right.value, top.value))
        if character in _LINE_END_HYPHEN:  # what follows stands on the next line
            yield from _finished(page, letters, boxes)
            letters, boxes = [], []
    yield from _finished(page, letters, boxes)


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


def _finished(page: pypdfium2.PdfPage, letters: list[str], boxes: list[Box]) -> Iterator[BoxedToken]:
    if letters and boxes:
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        yield BoxedToken("".join(letters), _shown(page, min(lefts), min(bottoms), max(rights), max(tops)))


# --- pictures, drawings, hidden text


@dataclass(frozen=True)
class _Objects:
    picture: float
    hidden: float
    drawings: bool
    any: bool


def _objects(page: pypdfium2.PdfPage) -> _Objects:
    """Area of pictures (share of the page), share of invisible text objects, whether anything is drawn at all."""
    picture, texts, hidden, drawings, count = 0.0, 0, 0, False, 0
    for count, item in enumerate(page.get_objects(max_depth=5), start=1):
        if item.type == pdfium.FPDF_PAGEOBJ_TEXT:
            texts += 1
            hidden += pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        elif item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            drawings = True
            picture += _area(page, item)
        elif item.type in {pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING}:
            drawings = True
        if count >= _MOST_OBJECTS:
            break
    return _Objects(picture, hidden / texts if texts else 0.0, drawings, count > 0)


def _area(page: pypdfium2.PdfPage, item: Any) -> float:
    try:
        left, bottom, right, top = item.get_bounds()
    except pypdfium2.PdfiumError:
        return 0.0
    x0, y0, x1, y1 = _shown(page, left, bottom, right, top)
    return (x1 - x0) * (y1 - y0)


def _ink_outside(page: pypdfium2.PdfPage, words: tuple[BoxedToken, ...]) -> float:
    width, height = page.get_size()
    scale = min(_INK_DPI / POINTS_PER_INCH, 1200 / max(width, height))
    dark = ink_mask(page.render(scale=scale, grayscale=True).to_pil().convert("L")).copy()
    rows, columns = dark.shape
    for word in words:
        left, top, right, bottom = word.box
        grow = 0.003
        dark[
            int(max(0.0, top - grow) * rows) : int((bottom + grow) * rows) + 1,
            int(max(0.0, left - grow) * columns) : int((right + grow) * columns) + 1,
        ] = False
    return float(np.mean(dark))


# --- form fields


def _fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> Iterator[BoxedToken]:
    """What was filled in; neither the parser's page text nor the renderer's has it."""
    form = document.formenv.raw if document.formenv else None
    if form is None:
        return
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_OBJECTS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            value = _field_value(form, annotation)
            rectangle = pdfium.FS_RECTF()
            if value and pdfium.FPDFAnnot_GetRect(annotation, rectangle):
                box = _shown(page, rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
                yield BoxedToken(value, box)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _field_value(form: Any, annotation: Any) -> str:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind not in {pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX}:
        return ""
    size = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace").strip()
