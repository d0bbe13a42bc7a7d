"""A PDF's pages: what each page alone gives, checked across the document, and no page missing on either side."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.pagetext import PageText, TextSource
from casefile.settings import Settings
from casefile.wording import caused, counted, number
from indexer.extract.ocr.recognise import RecognitionPool
from indexer.extract.ocr.sample import LEAST_AGREEMENT, layer_agreement
from indexer.extract.pdf import compose, ending, witness
from indexer.extract.pdf.compose import Draft, Lookup
from indexer.extract.pdf.ending import PdfOverview
from indexer.extract.pdf.layer import UNRELIABLE
from indexer.extract.pdf.witness import Verdict
from indexer.extract.result import ExtractedPage, Repair
from indexer.extract.tika.client import Parsed
from indexer.extract.tika.traces import describe, innermost, reason_of
from indexer.extract.tika.xhtml import PdfText, pdf_text

log = logging.getLogger(__name__)

# Pages read per task: short enough for the time limit, long enough that opening the file does not count.
_CHUNK = 40
# A page takes some bytes in the file, however it is packed; a small file that has more shows the same ones again.
_LEAST_PAGE = 4
_ALWAYS = 100
# Unreadable pages at the end that are entries of their own.
_MOST_MISSING = 20


@dataclass(frozen=True)
class PdfResult:
    pages: tuple[ExtractedPage, ...]
    notes: tuple[str, ...]


def read_pdf(path: Path, parsed: Parsed, settings: Settings, pool: RecognitionPool) -> PdfResult:
    """Raises DocumentFault only where neither Tika nor the renderer can read anything."""
    text = pdf_text(parsed.xhtml)
    try:
        seen = pool.run(ending.overview, path, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault as fault:
        return _without_renderer(_ending(path, settings, pool), text, parsed, fault, settings.max_pages)
    count = max(len(text.pages), seen.pages)
    most = min(settings.max_pages, max(_ALWAYS, path.stat().st_size // _LEAST_PAGE))
    numbers = range(1, min(count, most) + 1)
    drafts = _read(path, [_at(text.pages, n) for n in numbers], seen, settings, pool)
    pages, sampled = _doubt_old_recognition(path, [drafts[n].page for n in numbers], drafts, pool)
    pages = _doubt_letters(path, pages, drafts, pool)
    pages = _with_form(pages, text.form, seen)
    notes = [*sampled]
    if parsed.exception:
        notes.append(caused("Tika konnte die Datei nicht vollständig lesen", innermost(parsed.exception)))
    if len(text.pages) != seen.pages and not parsed.exception and parsed.xhtml:
        found, rendered = (counted(count, "Seite", "Seiten") for count in (len(text.pages), seen.pages))
        notes.append(f"Tika zählt {found}, der Renderer {rendered}.")
    pages = _without_empty_end(pages, count)
    rest = _beyond(count, most) if len(pages) == most else ()
    return PdfResult((*pages, *rest, *_missing(len(pages) + len(rest), seen)), tuple(notes))


def _without_empty_end(pages: list[ExtractedPage], count: int) -> list[ExtractedPage]:
    """Pages that the file counts but does not have are one entry, not thousands. `count`: how many it counts."""
    there = len(pages)
    while there and pages[there - 1].fault in {Reason.RENDER_FAILED, Reason.PAGES_MISSING}:
        there -= 1
    if len(pages) - there <= _MOST_MISSING:
        return pages
    detail = f"Die Seiten {number(there + 1)} bis {number(count)} sind in der Datei nicht zu finden"
    return [*pages[:there], ExtractedPage(there + 1, fault=Reason.PAGES_MISSING, detail=detail)]


def _doubt_old_recognition(
    path: Path, pages: list[ExtractedPage], drafts: Mapping[int, Draft], pool: RecognitionPool
) -> tuple[list[ExtractedPage], tuple[str, ...]]:
    """Hidden text over page images comes from an earlier recognition; a poor one is done again."""
    layers = {page.number: page.text.text for page in pages if page.text is not None and drafts[page.number].recognised}
    if not layers:
        return pages, ()
    number, share = layer_agreement(path, layers, pool)
    if share >= LEAST_AGREEMENT:
        return pages, ()
    detail = f"Vorhandene Texterkennung ungenau (Seite {number}: {share:.0%} der sicheren Wörter)"
    doubted = {n: ExtractedPage(n, text=drafts[n].beside, needs_ocr=True, detail=detail) for n in layers}
    return [doubted.get(page.number, page) for page in pages], (detail,)


def _doubt_letters(
    path: Path, pages: list[ExtractedPage], drafts: Mapping[int, Draft], pool: RecognitionPool
) -> list[ExtractedPage]:
    """Pages with a font whose letters are mapped wrongly are recognised, to mend their text."""
    lines = witness.choose((line for draft in drafts.values() for line in draft.lines), witness.MOST_LINES)
    if not lines:
        return pages
    try:
        read = pool.read_lines(path, [(line.number, line.box) for line in lines])
    except DocumentFault as fault:
        log.info("no sample of the text layer: %s", fault)
        return pages
    verdict = witness.judge(lines, read)
    return [_mended(page, drafts[page.number], verdict) if verdict.pairs else page for page in pages]


def _mended(page: ExtractedPage, draft: Draft, verdict: Verdict) -> ExtractedPage:
    if page.text is None or not draft.fonts & verdict.fonts:
        return page
    return replace(page, needs_ocr=True, detail=UNRELIABLE, region=None, repair=Repair(verdict.pairs))


def _at(texts: Sequence[str], number: int) -> str:
    return texts[number - 1] if number <= len(texts) else ""


def _read(
    path: Path, texts: Sequence[str], seen: PdfOverview, settings: Settings, pool: RecognitionPool
) -> dict[int, Draft]:
    """All pages, by number. Where a chunk fails as a whole, its pages are tried one by one."""
    drawn = min(seen.pages, len(texts))
    timeout = settings.ocr_timeout
    chunks = {first: texts[first - 1 : min(first - 1 + _CHUNK, drawn)] for first in range(1, drawn + 1, _CHUNK)}
    futures = {
        first: pool.schedule(
            compose.read_pages, path, first, part, seen.cut_off, timeout=timeout, reason=Reason.TIMEOUT
        )
        for first, part in chunks.items()
    }
    found: list[Draft] = []
    for first, future in futures.items():
        try:
            found += future.result()
        except DocumentFault:
            found += [_read_one(path, first + n, text, seen, settings, pool) for n, text in enumerate(chunks[first])]
    found += [_without_image(number, texts[number - 1]) for number in range(drawn + 1, len(texts) + 1)]
    return {draft.page.number: draft for draft in found}


def _read_one(
    path: Path, number: int, text: str, seen: PdfOverview, settings: Settings, pool: RecognitionPool
) -> Draft:
    timeout, reason = settings.ocr_timeout, Reason.TIMEOUT
    try:
        return pool.run(compose.read_pages, path, number, [text], seen.cut_off, timeout=timeout, reason=reason)[0]
    except DocumentFault as fault:
        return Draft(compose.text_only(number, text, fault.reason, fault.detail))


def _without_image(number: int, text: str) -> Draft:
    detail = "Der Renderer findet diese Seite nicht"
    return Draft(compose.text_only(number, text, Reason.PAGES_MISSING, detail))


def _with_form(pages: list[ExtractedPage], form: str, seen: PdfOverview) -> list[ExtractedPage]:
    """Form data that stand on no page: of an XFA form, and of fields without a place. They go to the first page."""
    said = Lookup("\n".join(page.text.text for page in pages if page.text is not None))
    missing = [line for line in seen.form.splitlines() if not said.has(line)]
    said = Lookup("\n".join((*missing, *(page.text.text for page in pages if page.text is not None))))
    missing += [line for line in form.splitlines() if not said.has(line.partition(": ")[2] or line)]
    first = next((n for n, page in enumerate(pages) if page.fault is None), None)
    if first is None or not (missing or seen.form_fault):
        return pages
    lacking = (Shortfall(Reason.FORM_NOT_READ, seen.form_fault),) if seen.form_fault else ()
    page = pages[first]
    page = replace(page, text=_with_lines(page.text, missing), shortfalls=(*page.shortfalls, *lacking))
    return [*pages[:first], page, *pages[first + 1 :]]


def _with_lines(text: PageText | None, lines: Sequence[str]) -> PageText | None:
    if not lines:
        return text
    before = text or PageText("", TextSource.LAYER)
    return replace(before, text="\n".join(filter(None, (before.text, *lines))), source=TextSource.LAYER, quality=100.0)


def _beyond(count: int, most: int) -> tuple[ExtractedPage, ...]:
    """One entry for all pages that a document has beyond the limit."""
    if count <= most:
        return ()
    detail = f"Das Dokument zählt {number(count)} Seiten; gelesen sind die ersten {number(most)} (AKTENSUCHE_MAX_PAGES)"
    return (ExtractedPage(most + 1, fault=Reason.TOO_LARGE, detail=detail),)


def _missing(count: int, seen: PdfOverview) -> tuple[ExtractedPage, ...]:
    """One entry for all pages that a cut-off file announces but no longer has; it may announce any number."""
    if not seen.cut_off:
        return ()
    missing = None if seen.expected is None else seen.expected - count
    if missing is not None and missing <= 0:
        return ()
    known = "Wie viele Seiten fehlen, ist unbekannt"
    if missing is not None:
        known = f"Angekündigt sind {number(count + missing)} Seiten; davon fehlen hier {number(missing)}"
    return (ExtractedPage(count + 1, fault=Reason.TRUNCATED, detail=known),)


def _ending(path: Path, settings: Settings, pool: RecognitionPool) -> PdfOverview:
    try:
        return pool.run(ending.ending, path, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault:
        return PdfOverview(0, None, cut_off=False)


def _without_renderer(seen: PdfOverview, text: PdfText, parsed: Parsed, fault: DocumentFault, most: int) -> PdfResult:
    """Tika repairs more than the renderer does; what it could read counts, though nothing can be shown."""
    if not any(text.pages):
        if fault.reason is Reason.ENCRYPTED:
            raise fault
        known = reason_of(parsed.exception) if parsed.exception else fault.reason
        if known is Reason.CORRUPT and seen.cut_off:
            raise DocumentFault(Reason.TRUNCATED) from fault
        raise DocumentFault(known, describe(parsed.exception) or fault.detail) from fault
    reason = Reason.TRUNCATED if seen.cut_off else Reason.RENDER_FAILED
    pages = [compose.text_only(n, page, reason, fault.detail) for n, page in enumerate(text.pages[:most], start=1)]
    rest = _beyond(len(text.pages), most)
    return PdfResult((*pages, *rest, *_missing(len(pages) + len(rest), seen)), ())
