"""A PDF's pages: Tika's text, the renderer's boxes, and the check that no page is missing on either side."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings
from casefile.wording import caused, counted
from indexer.extract.markup import tidy
from indexer.extract.ocr.recognise import RecognitionPool
from indexer.extract.ocr.sample import LEAST_AGREEMENT, layer_agreement
from indexer.extract.pdf import scan
from indexer.extract.pdf.align import BoxedToken, place_words
from indexer.extract.pdf.layer import (
    DISAGREE,
    PageFacts,
    is_recognised,
    why_unusable,
)
from indexer.extract.pdf.scan import PdfOverview, PdfPage
from indexer.extract.result import ExtractedPage
from indexer.extract.tika.client import Parsed
from indexer.extract.tika.traces import describe, innermost, reason_of
from indexer.extract.tika.xhtml import PdfText, pdf_text

log = logging.getLogger(__name__)

# Pages scanned per task: short enough for the time limit, long enough that opening the file does not count.
_CHUNK = 40
# A damaged file may announce any number.
_MOST_PAGES = 100_000


@dataclass(frozen=True)
class PdfResult:
    pages: tuple[ExtractedPage, ...]
    notes: tuple[str, ...]


def read_pdf(path: Path, parsed: Parsed, settings: Settings, pool: RecognitionPool) -> PdfResult:
    """Raises DocumentFault only where neither Tika nor the renderer can read anything."""
    text = pdf_text(parsed.xhtml)
    try:
        seen = pool.run(scan.overview, path, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault as fault:
        return _without_renderer(_ending(path, settings, pool), text, parsed, fault)
    scanned = _scan(path, seen.pages, settings, pool)
    pages = [_page(number, _at(text.pages, number), scanned.get(number), seen) for number in _numbers(text, seen)]
    pages, sampled = _doubt_old_recognition(path, pages, scanned, pool)
    if text.form and not any(page.fields for page in scanned.values()):
        pages = _append_form(pages, text.form)
    notes = [*sampled]
    if parsed.exception:
        notes.append(caused("Tika konnte die Datei nicht vollständig lesen", innermost(parsed.exception)))
    if len(text.pages) != seen.pages and not parsed.exception and parsed.xhtml:
        found, rendered = (counted(count, "Seite", "Seiten") for count in (len(text.pages), seen.pages))
        notes.append(f"Tika zählt {found}, der Renderer {rendered}.")
    return PdfResult((*pages, *_missing(len(pages), seen)), tuple(notes))


def _doubt_old_recognition(
    path: Path, pages: list[ExtractedPage], scanned: dict[int, PdfPage], pool: RecognitionPool
) -> tuple[list[ExtractedPage], tuple[str, ...]]:
    """Hidden text over page images comes from an earlier recognition; a poor one is done again."""
    layers = {
        page.number: page.text.text
        for page in pages
        if page.text is not None and page.number in scanned and is_recognised(scanned[page.number].facts)
    }
    if not layers:
        return pages, ()
    number, share = layer_agreement(path, layers, pool)
    if share >= LEAST_AGREEMENT:
        return pages, ()
    detail = f"Vorhandene Texterkennung ungenau (Seite {number}: {share:.0%} der sicheren Wörter)"
    return [
        ExtractedPage(page.number, needs_ocr=True, detail=detail) if page.number in layers else page for page in pages
    ], (detail,)


def _numbers(text: PdfText, seen: PdfOverview) -> range:
    return range(1, max(len(text.pages), seen.pages) + 1)


def _at(texts: Sequence[str], number: int) -> str:
    return texts[number - 1] if number <= len(texts) else ""


def _scan(path: Path, count: int, settings: Settings, pool: RecognitionPool) -> dict[int, PdfPage]:
    """All pages as the renderer sees them. Where a chunk fails as a whole, its pages are tried one by one."""
    chunks = [(first, min(first + _CHUNK - 1, count)) for first in range(1, count + 1, _CHUNK)]
    timeout = settings.ocr_timeout
    futures = [
        pool.schedule(scan.scan_pages, path, first, last, timeout=timeout, reason=Reason.TIMEOUT)
        for first, last in chunks
    ]
    found: dict[int, PdfPage] = {}
    for (first, last), future in zip(chunks, futures, strict=True):
        try:
            pages = future.result()
        except DocumentFault:
            pages = [_scan_one(path, number, settings, pool) for number in range(first, last + 1)]
        found.update((page.number, page) for page in pages)
    return found


def _scan_one(path: Path, number: int, settings: Settings, pool: RecognitionPool) -> PdfPage:
    try:
        task = pool.run(scan.scan_pages, path, number, number, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault as fault:
        return PdfPage(number, 0.0, 0.0, PageFacts(()), fault=fault.reason, detail=fault.detail)
    return task[0]


def _page(number: int, text: str, scanned: PdfPage | None, seen: PdfOverview) -> ExtractedPage:
    if scanned is None:
        return _text_only(number, text, Reason.PAGES_MISSING, "Der Renderer findet diese Seite nicht")
    if scanned.fault is not None:
        return _text_only(number, text, scanned.fault, scanned.detail)
    if scanned.empty and seen.cut_off:
        return ExtractedPage(number, fault=Reason.TRUNCATED, detail="Der Inhalt der Seite fehlt in der Datei")
    best, boxed, why = _best_text(text, scanned)
    if why:
        log.debug("page %d needs recognition: %s", number, why)
        return ExtractedPage(number, needs_ocr=True, detail=why)
    words = place_words(best, boxed)
    return ExtractedPage(number, text=PageText(best, TextSource.LAYER, words, 100.0, scanned.width, scanned.height))


def _best_text(text: str, scanned: PdfPage) -> tuple[str, tuple[BoxedToken, ...], str]:
    """Tika's text; where it is no good the renderer's; where both are not, why. Where they differ, only the image
    tells which is right.
    """
    full, boxed = _with_fields(text, scanned)
    facts = replace(scanned.facts, words=boxed)
    why = why_unusable(full, facts)
    if why and why != DISAGREE:
        other, _ = _with_fields(scanned.text, scanned)
        if not why_unusable(other, facts):
            return other, boxed, ""
    return full, boxed, why


def _text_only(number: int, text: str, reason: Reason, detail: str) -> ExtractedPage:
    """A page that cannot be rendered: its text counts where it is sound, but what else is on it is not known."""
    if why_unusable(text, PageFacts(())):
        return ExtractedPage(number, fault=reason, detail=detail)
    own = PageText(text, TextSource.LAYER, quality=100.0)
    return ExtractedPage(number, text=own, shortfalls=(Shortfall(reason, detail),))


def _with_fields(text: str, scanned: PdfPage) -> tuple[str, tuple[BoxedToken, ...]]:
    """Filled-in fields follow the page's text, one a line; every word of a field has the field's box."""
    if not scanned.fields:
        return text, tuple(scanned.facts.words)
    values = [tidy(field.text) for field in scanned.fields]
    boxed = [BoxedToken(word, field.box) for field in scanned.fields for word in tidy(field.text).split()]
    return "\n".join(filter(None, [text, *values])), (*scanned.facts.words, *boxed)


def _append_form(pages: list[ExtractedPage], form: str) -> list[ExtractedPage]:
    """Form data of a kind the renderer does not know (XFA): on the last page that has a text of its own."""
    for index in range(len(pages) - 1, -1, -1):
        page = pages[index]
        if page.text is not None:
            text = PageText(
                f"{page.text.text}\n\n{form}".strip(),
                TextSource.LAYER,
                page.text.words,
                100.0,
                page.text.width,
                page.text.height,
            )
            return [*pages[:index], ExtractedPage(page.number, text=text), *pages[index + 1 :]]
    return pages


def _missing(count: int, seen: PdfOverview) -> tuple[ExtractedPage, ...]:
    """Pages that a cut-off file announces but no longer has; one for all where it does not say how many."""
    if not seen.cut_off:
        return ()
    if seen.expected is None:
        return (ExtractedPage(count + 1, fault=Reason.TRUNCATED, detail="Wie viele Seiten fehlen, ist unbekannt"),)
    expected = min(seen.expected, _MOST_PAGES)
    return tuple(ExtractedPage(number, fault=Reason.TRUNCATED) for number in range(count + 1, expected + 1))


def _ending(path: Path, settings: Settings, pool: RecognitionPool) -> PdfOverview:
    try:
        return pool.run(scan.ending, path, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault:
        return PdfOverview(0, None, cut_off=False)


def _without_renderer(seen: PdfOverview, text: PdfText, parsed: Parsed, fault: DocumentFault) -> PdfResult:
    """Tika repairs more than the renderer does; what it could read counts, though nothing can be shown."""
    if not any(text.pages):
        if fault.reason is Reason.ENCRYPTED:
            raise fault
        known = reason_of(parsed.exception) if parsed.exception else fault.reason
        if known is Reason.CORRUPT and seen.cut_off:
            raise DocumentFault(Reason.TRUNCATED) from fault
        raise DocumentFault(known, describe(parsed.exception) or fault.detail) from fault
    reason = Reason.TRUNCATED if seen.cut_off else Reason.RENDER_FAILED
    pages = [_text_only(number, page, reason, fault.detail) for number, page in enumerate(text.pages, start=1)]
    return PdfResult((*pages, *_missing(len(pages), seen)), ())
