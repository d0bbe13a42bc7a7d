"""Loads a document's pages from the derived store into the index and reads them back.

The first load, the reload after a changed cover sheet and the rebuild of a lost index are this one function.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import DocumentRow, PageRow
from casefile.database.sessions import read_session
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter, ItemOutcome
from casefile.model import CaseFile, State, page_id
from casefile.storage.derived import DerivedStore
from indexer import enrich
from indexer.index_records import (
    LoadedPage,
    case_record,
    document_record,
    page_record,
)
from indexer.inference import settle_inference
from indexer.ledger.documents import close_document, set_page_states
from indexer.loadable import loadable_pages

LOADABLE = (State.EXTRACTED, State.SENT, State.CONFIRMED, State.PARTIAL)


@dataclass(frozen=True)
class LoadResult:
    """`missing`: pages whose text the derived store no longer has; the file must be read again."""

    state: State
    missing: tuple[int, ...] = ()


def load_document(
    sessions: sessionmaker[Session], store: IndexWriter, derived: DerivedStore, case: CaseFile, identifier: str
) -> LoadResult:
    """Send all pages that have text; each is confirmed (or partial) only after it has been read back."""
    with read_session(sessions) as session:
        document = session.get_one(DocumentRow, identifier)
        query = select(PageRow).where(PageRow.document_id == identifier, PageRow.state.in_(LOADABLE))
        rows = list(session.scalars(query.order_by(PageRow.number)))
    loadable = loadable_pages(sessions, derived, document, rows)
    if loadable.missing:
        return LoadResult(State.FOUND, loadable.missing)
    pages = list(loadable.pages)
    _settle_language(sessions, document, pages)
    document = settle_inference(sessions, document, case, pages)
    numbers = [page.number for page in pages]
    set_page_states(sessions, identifier, State.SENT, numbers)
    errors = _send_pages(store, case, document, pages)
    store.delete_ids(IndexKind.PAGES, [page_id(identifier, number) for number in errors])  # an older version of them
    set_page_states(sessions, identifier, State.CONFIRMED, numbers, errors)
    refused = _send_whole(store, case, document, pages)
    return LoadResult(close_document(sessions, identifier, refused))


def load_cases(store: IndexWriter, cases: list[CaseFile]) -> list[ItemOutcome]:
    """Send cover sheets; returns the outcomes that are errors."""
    outcomes = store.index_bulk(IndexKind.CASES, ((case.id, case_record(case)) for case in cases))
    return [outcome for outcome in outcomes if outcome.error]


def unload_documents(store: IndexWriter, pages: dict[str, int]) -> None:
    """Remove documents from the index; `pages` gives the highest page number of each."""
    ids = [page_id(document, number) for document, count in pages.items() for number in range(1, count + 1)]
    store.delete_ids(IndexKind.PAGES, ids)
    store.delete_ids(IndexKind.DOCUMENTS, list(pages))


def _send_pages(store: IndexWriter, case: CaseFile, document: DocumentRow, pages: list[LoadedPage]) -> dict[int, str]:
    """Errors by page number; a page that was accepted but cannot be read back is an error too."""
    by_id = {page_id(document.id, page.number): page for page in pages}
    records = ((identifier, page_record(case, document, page)) for identifier, page in by_id.items())
    errors = {by_id[o.id].number: o.error for o in store.index_bulk(IndexKind.PAGES, records) if o.error}
    present = store.present_ids(IndexKind.PAGES, list(by_id))
    lost = {page.number: "nach dem Laden nicht auffindbar" for i, page in by_id.items() if i not in present}
    return lost | errors


def _send_whole(store: IndexWriter, case: CaseFile, document: DocumentRow, pages: list[LoadedPage]) -> str:
    """The engine's error for the record of the whole document, "" where it accepted it."""
    if not pages:
        return ""
    outcomes = store.index_bulk(IndexKind.DOCUMENTS, [(document.id, document_record(case, document, pages))])
    return outcomes[0].error


def _settle_language(sessions: sessionmaker[Session], document: DocumentRow, pages: list[LoadedPage]) -> None:
    document.language = enrich.document_language(page.language for page in pages)
    with sessions.begin() as session:
        session.execute(update(DocumentRow).where(DocumentRow.id == document.id).values(language=document.language))
