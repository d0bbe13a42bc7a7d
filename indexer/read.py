"""Stage: one document (a source file or an attachment) from bytes to texts in the derived store.

Extraction, then recognition of the pages that need it. Every page is in the ledger before the work on it begins.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, replace
from pathlib import Path

from casefile.database.ledger import FileRow
from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.imaging.media import is_mail
from casefile.model import CaseFile, State
from casefile.names import one_line
from casefile.pagetext import PageText, TextSource
from casefile.storage.packs import Manifest
from casefile.text.pages import searched_page
from indexer.context import Context
from indexer.enrich import enrich_page
from indexer.extract import Allowance, Extracted, ExtractedPage, Recognised, extract
from indexer.extract.mail.header import local_day
from indexer.extract.parts.merge import merge, shortfalls
from indexer.ledger.documents import record_document, store_keys, update_pages
from indexer.ledger.entries import DocumentEntry, PageEntry
from indexer.source.open import OpenedFile

MAX_HEADER = 1000
WINDOW = 2  # pages per worker that wait for recognition; more would only starve the documents beside


@dataclass(frozen=True)
class Origin:
    """Where a document comes from: its place in the root, its bytes on disk and their hash.

    `opened`: a file of the source tree, which may have changed since it was copied; an attachment has none.
    `entry`: an attachment's name in what it came in. The path does not tell it: any name may have a "!".
    """

    path: str
    local: Path
    sha256: str
    parent_id: str | None = None
    depth: int = 0
    opened: OpenedFile | None = None
    entry: str = ""

    @property
    def name(self) -> str:
        return one_line((self.entry or self.path).rstrip("/").rpartition("/")[2])


@dataclass(frozen=True)
class ReadDocument:
    """`id`: the document's id in the ledger; `extracted` is None where the document as a whole failed."""

    id: str
    extracted: Extracted | None


def read_document(ctx: Context, file: FileRow, case: CaseFile, origin: Origin, allowance: Allowance) -> ReadDocument:
    """After this every page has a text in the derived store, or is blank, or failed with its reason.

    Raises SourceChanged, or EnvironmentFault `root_lost`, where it is not the document that is to blame.
    """
    try:
        extracted = extract(origin.local, ctx.settings, ctx.tika, ctx.pool, depth=origin.depth, allowance=allowance)
    except DocumentFault as fault:
        _check_source(origin)
        return ReadDocument(record_failure(ctx, file, case, origin, fault), None)
    texts = {page.number: page.text for page in extracted.pages if page.text is not None and not page.needs_ocr}
    entries = {page.number: _entry(page) for page in extracted.pages}
    identifier = _record(ctx, file, case, origin, extracted, entries)
    parts: set[str] = set()
    for entry in _recognise(ctx, origin, extracted, parts):
        entries[entry.number] = entry
        update_pages(ctx.sessions, identifier, [entry])
    _check_source(origin)
    _pack(ctx, origin, extracted, entries, texts, parts)
    update_pages(ctx.sessions, identifier, _with_text(entries, texts))
    return ReadDocument(identifier, extracted)


def _check_source(origin: Origin) -> None:
    """What was read is a copy, and true of its bytes. Whether they still are the file's decides if they count."""
    if origin.opened is not None:
        origin.opened.check()


def record_failure(ctx: Context, file: FileRow, case: CaseFile, origin: Origin, fault: DocumentFault) -> str:
    """A document whose number of pages cannot be known counts one failed page."""
    page = PageEntry(1, State.FAILED, fault.reason.value, fault.detail)
    entry = DocumentEntry(origin.path, origin.sha256, "", origin.name, (page,), origin.parent_id, fault.detail)
    return record_document(ctx.sessions, file, ctx.root.name, case, entry)


def text_key(text: PageText) -> str:
    """Key of a page's own text in the derived store; recognised pages have the key of their pixels instead."""
    return hashlib.sha256(repr((text.text, text.words)).encode("utf-8", "surrogatepass")).hexdigest()


def _record(
    ctx: Context,
    file: FileRow,
    case: CaseFile,
    origin: Origin,
    extracted: Extracted,
    entries: Mapping[int, PageEntry],
) -> str:
    pages = tuple(entries[number] for number in sorted(entries))
    notes = "; ".join(extracted.notes)
    # A mail's subject is its title; titles inside PDF and office files are mostly leftovers of templates.
    title = extracted.title if is_mail(extracted.media_type) and extracted.title else origin.name
    entry = DocumentEntry(
        origin.path, origin.sha256, extracted.media_type, title, pages, origin.parent_id, notes, _mail_header(extracted)
    )
    return record_document(ctx.sessions, file, ctx.root.name, case, entry)


def _mail_header(extracted: Extracted) -> dict[str, str]:
    if not is_mail(extracted.media_type):
        return {}
    said = {"subject": extracted.title, "sent": local_day(extracted.created), "sender": extracted.author}
    return {name: one_line(value)[:MAX_HEADER] for name, value in said.items() if value}


def _entry(page: ExtractedPage) -> PageEntry:
    if page.fault is not None:
        return PageEntry(page.number, State.FAILED, page.fault.value, page.detail)
    state = State.OCR if page.needs_ocr else State.FOUND
    return PageEntry(page.number, state, detail=page.detail, shortfalls=page.shortfalls)


def _recognise(ctx: Context, origin: Origin, extracted: Extracted, parts: set[str]) -> Iterator[PageEntry]:
    """Entries of recognised pages as they come in; each text is durable in the derived store before its entry.

    `parts` takes the keys of what was recognised and is only a part of some page's text.
    """
    waiting = [page for page in extracted.pages if page.needs_ocr][::-1]
    cached = functools.partial(ctx.derived.get_page, origin.sha256)
    running: dict[Future[Recognised], ExtractedPage] = {}
    try:
        while waiting or running:
            ctx.check()
            while waiting and len(running) < WINDOW * ctx.settings.worker_count:
                page = waiting.pop()
                future = ctx.pool.submit(origin.local, extracted.media_type, page.number, cached, page.region)
                running[future] = page
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield _recognised(ctx, origin, running.pop(future), future, parts)
    finally:
        for future in running:
            future.cancel()


def _recognised(
    ctx: Context, origin: Origin, page: ExtractedPage, future: Future[Recognised], parts: set[str]
) -> PageEntry:
    try:
        result = future.result()
    except DocumentFault as fault:
        return _not_recognised(ctx, origin, page, fault)
    if not result.cached:
        ctx.derived.put_page(origin.sha256, result.key, result.text)
    text = merge(page, result.text)
    lacking = (*page.shortfalls, *result.shortfalls, *shortfalls(page, result.text, text))
    if text is result.text:
        return _text_entry(page.number, result.key, text, lacking)
    parts.add(result.key)
    return _own_text_entry(ctx, origin, page, text, lacking)


def _not_recognised(ctx: Context, origin: Origin, page: ExtractedPage, fault: DocumentFault) -> PageEntry:
    """What was read of the page without recognition counts all the same."""
    if page.text is None or not page.text.text.strip():
        return PageEntry(page.number, State.FAILED, fault.reason.value, fault.detail)
    missing = Shortfall(fault.reason, fault.detail)
    return _own_text_entry(ctx, origin, page, page.text, (*page.shortfalls, missing))


def _own_text_entry(
    ctx: Context, origin: Origin, page: ExtractedPage, text: PageText, shortfalls: tuple[Shortfall, ...]
) -> PageEntry:
    """Of a text that is not (only) what was recognised."""
    key = text_key(text)
    ctx.derived.put_page(origin.sha256, key, text)
    return _text_entry(page.number, key, text, shortfalls)


def _text_entry(number: int, key: str, text: PageText, shortfalls: tuple[Shortfall, ...]) -> PageEntry:
    entry = PageEntry(
        number,
        State.EXTRACTED,
        source=text.source.value,
        store_key=key,
        quality=text.quality,
        chars=len(text.text),
        shortfalls=shortfalls,
        enrichment=enrich_page(searched_page(text).text),
    )
    return _with_first_reason(entry) if text.text.strip() else _without_text(entry, text.source)


def _without_text(entry: PageEntry, source: TextSource) -> PageEntry:
    """Nothing was read: the page is blank only where nothing is known to be on it."""
    if entry.shortfalls:
        return replace(_with_first_reason(entry), state=State.FAILED, shortfalls=())
    if source is TextSource.OCR:
        return replace(entry, state=State.FAILED, reason=Reason.NO_TEXT.value)
    return replace(entry, state=State.BLANK)


def _with_first_reason(entry: PageEntry) -> PageEntry:
    first = next(iter(entry.shortfalls), None)
    return entry if first is None else replace(entry, reason=first.reason.value, detail=first.detail)


def _with_text(entries: Mapping[int, PageEntry], texts: Mapping[int, PageText]) -> list[PageEntry]:
    """The pages with a text of their own, now that the derived store holds it."""
    return [_text_entry(number, text_key(text), text, entries[number].shortfalls) for number, text in texts.items()]


def _pack(
    ctx: Context,
    origin: Origin,
    extracted: Extracted,
    entries: Mapping[int, PageEntry],
    texts: Mapping[int, PageText],
    parts: set[str],
) -> None:
    fresh = {text_key(text): text for text in texts.values()}
    keys = {number: entry.store_key for number, entry in entries.items() if entry.store_key}
    keys |= {number: text_key(text) for number, text in texts.items()}
    manifest = Manifest(extracted.media_type, extracted.page_count, keys)
    ctx.derived.pack(origin.sha256, manifest, fresh, keep=store_keys(ctx.sessions, origin.sha256) | parts)
