"""Notes on a page: comments, free text, what a highlight says. Runs in a worker process only.

What an annotation draws (stamps, visible signatures, filled-in fields) is read by the renderer after it has been
flattened into the page; here is what only its dictionary holds and a viewer shows beside the page.
"""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from indexer.extract.markup import tidy
from indexer.extract.pdf.align import Box, BoxedToken
from indexer.extract.pdf.forms import annotation_handles, rectangle, utf16

# Fields are read as such; a popup repeats its note; a link has a target, no text.
_OTHERS = frozenset({pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK})
_TAG = re.compile(r"<[^<>]*>")


def notes(
    page: pypdfium2.PdfPage, shown: Callable[[float, float, float, float], Box]
) -> Iterator[tuple[str, BoxedToken]]:
    """(author, note with its box) of every annotation that says something."""
    for annotation in annotation_handles(page):
        if pdfium.FPDFAnnot_GetSubtype(annotation) in _OTHERS:
            continue
        text = tidy(_string(annotation, b"Contents") or _plain(_string(annotation, b"RC")))
        place = rectangle(annotation)
        if text and place is not None:
            yield tidy(_string(annotation, b"T")), BoxedToken(text, shown(*place))


def _string(annotation: Any, key: bytes) -> str:
    return utf16(functools.partial(pdfium.FPDFAnnot_GetStringValue, annotation, key))


def _plain(rich: str) -> str:
    """Rich text is XHTML."""
    return html.unescape(_TAG.sub(" ", rich))
