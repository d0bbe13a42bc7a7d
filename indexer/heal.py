"""Makes the index what the ledger says, from the derived store: no OCR, no Tika.

For a lost or damaged index, a new mapping version, or leftovers of a kill.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database import read_session
from casefile.derived import DerivedStore
from casefile.ledger import CaseRow, DocumentRow, FileRow, PageRow, RootRow
from casefile.mappings import IndexKind
from casefile.model import State, page_id
from casefile.store import Store
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup, documents
from indexer.load import load_cases, load_document

BATCH = 200


@dataclass(frozen=True)
class Healed:
    """Numbers of documents and cases loaded again, of leftovers removed, and of files that must be read again."""

    documents: int
    cases: int
    removed: int
    reread: int


def is_whole(sessions: sessionmaker[Session], store: Store, root: RootRow) -> bool:
    """A quick look by numbers alone; `verify` is the full one."""
    with read_session(sessions) as session:
        pages = len(_confirmed(session, root))
        cases = len(_cases(session, root))
    return store.count(IndexKind.PAGES, root.name) == pages and store.count(IndexKind.CASES, root.name) == cases


def heal_root(sessions: sessionmaker[Session], store: Store, derived: DerivedStore, root: RootRow) -> Healed:
    store.create_indices()
    store.refresh()
    with read_session(sessions) as session:
        pages = {page_id(document, number): document for document, number in _confirmed(session, root)}
        cases = _cases(session, root)
    wanted = {IndexKind.PAGES: set(pages), IndexKind.DOCUMENTS: set(pages.values()), IndexKind.CASES: set(cases)}
    present = {kind: set(store.ids(kind, root.name)) for kind in IndexKind}
    removed = sum(_remove(store, kind, present[kind] - wanted[kind]) for kind in IndexKind)
    lost_pages = {pages[identifier] for identifier in wanted[IndexKind.PAGES] - present[IndexKind.PAGES]}
    lost = sorted(lost_pages | (wanted[IndexKind.DOCUMENTS] - present[IndexKind.DOCUMENTS]))
    reread = [document for document in lost if not _reload(sessions, store, derived, root, document)]
    lost_cases = sorted(wanted[IndexKind.CASES] - present[IndexKind.CASES])
    _reload_cases(sessions, store, root, lost_cases)
    store.refresh()
    return Healed(len(lost) - len(reread), len(lost_cases), removed, len(reread))


def _confirmed(session: Session, root: RootRow) -> list[tuple[str, int]]:
    query = select(PageRow.document_id, PageRow.number).join(DocumentRow).join(FileRow)
    rows = session.execute(query.where(FileRow.root_id == root.id, PageRow.state == State.CONFIRMED.value))
    return [(row.document_id, row.number) for row in rows]


def _cases(session: Session, root: RootRow) -> list[str]:
    return list(session.scalars(select(CaseRow.id).where(CaseRow.root_id == root.id)))


def _remove(store: Store, kind: IndexKind, ids: set[str]) -> int:
    store.delete_ids(kind, sorted(ids))
    return len(ids)


def _reload(sessions: sessionmaker[Session], store: Store, derived: DerivedStore, root: RootRow, document: str) -> bool:
    case = documents.case_of_document(sessions, document, root.name)
    result = load_document(sessions, store, derived, case, document)
    if result.missing:
        cleanup.reset_files(sessions, [documents.file_of(sessions, document)])
    return not result.missing


def _reload_cases(sessions: sessionmaker[Session], store: Store, root: RootRow, ids: list[str]) -> None:
    for start in range(0, len(ids), BATCH):
        with read_session(sessions) as session:
            part = [case_ledger.load_case(session, identifier, root.name) for identifier in ids[start : start + BATCH]]
        load_cases(store, part)
