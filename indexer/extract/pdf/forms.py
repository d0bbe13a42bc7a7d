"""What was filled in: neither the parser's page text nor the renderer's has it. Runs in a worker process only."""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.extract.pdf.align import Box, BoxedToken

MOST_ANNOTATIONS = 20_000
_CHOICES = frozenset({pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX})
_VALUES = _CHOICES | {pdfium.FPDF_FORMFIELD_TEXTFIELD}
_MOST_OPTIONS = 5000
_NOTHING = 2  # bytes of an empty UTF-16 string


def annotation_handles(page: pypdfium2.PdfPage) -> Iterator[Any]:
    """Handles of the page's annotations, form fields included; each is valid until the next one."""
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), MOST_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            yield annotation
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def rectangle(annotation: Any) -> tuple[float, float, float, float] | None:
    """Left, bottom, right, top in the page's own coordinates."""
    found = pdfium.FS_RECTF()
    if not pdfium.FPDFAnnot_GetRect(annotation, found):
        return None
    return (found.left, found.bottom, found.right, found.top)


def fields(
    document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, shown: Callable[[float, float, float, float], Box]
) -> Iterator[BoxedToken]:
    """Values of text and choice fields; of a choice what is shown as well as what is stored."""
    form = document.formenv.raw if document.formenv else None
    if form is None:
        return
    for annotation in annotation_handles(page):
        place = rectangle(annotation)
        if place is not None:
            for value in _values(form, annotation):
                yield BoxedToken(value, shown(*place))


def _values(form: Any, annotation: Any) -> list[str]:
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind not in _VALUES:
        return []
    value = utf16(functools.partial(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))
    labels = list(_chosen(form, annotation)) if kind in _CHOICES else []
    return [text for text in dict.fromkeys((*labels, value)) if text]


def _chosen(form: Any, annotation: Any) -> Iterator[str]:
    """Labels of the options that are chosen: a list shows one text and stores another."""
    for index in range(min(pdfium.FPDFAnnot_GetOptionCount(form, annotation), _MOST_OPTIONS)):
        if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, index):
            yield utf16(functools.partial(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, index))


def utf16(read: Callable[[Any, int], int]) -> str:
    """A string of the renderer, asked for twice: for its size in bytes, then for its content."""
    size = read(None, 0)
    if size <= _NOTHING:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[: size - _NOTHING].decode("utf-16-le", "replace").strip()
