"""Makes the index what the ledger says, from the derived store: no OCR, no Tika.

For a lost or damaged index, a new mapping version, or leftovers of a kill.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import CaseRow, RootRow
from casefile.database.sessions import read_session
from casefile.errors import DocumentFault
from casefile.index.schema import IndexKind
from casefile.index.store import Store
from casefile.model import page_id
from casefile.storage.derived import DerivedStore
from indexer.crash import stage
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup, documents
from indexer.load import load_cases, load_document
from indexer.upkeep.indexed import IndexedRecords, confirmed_pages, is_altered

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
        pages = len(confirmed_pages(session, root))
        cases = len(_cases(session, root))
    return store.count(IndexKind.PAGES, root.name) == pages and store.count(IndexKind.CASES, root.name) == cases


def heal_root(
    sessions: sessionmaker[Session], store: Store, derived: DerivedStore, root: RootRow, *, deep: bool = False
) -> Healed:
    """The caller holds the root's run. `deep` also compares every indexed text."""
    store.create_indices()
    records = IndexedRecords(store, root.name, deep=deep)
    with read_session(sessions) as session:
        rows = confirmed_pages(session, root)
        cases = _cases(session, root)
    documents_wanted = {row.document_id for row in rows}
    removed = _remove(store, IndexKind.PAGES, set(records.pages) - {page_id(r.document_id, r.number) for r in rows})
    removed += _remove(store, IndexKind.DOCUMENTS, records.others[IndexKind.DOCUMENTS] - documents_wanted)
    removed += _remove(store, IndexKind.CASES, records.others[IndexKind.CASES] - set(cases))
    lost = _lost_documents(records, derived, rows) | (documents_wanted - records.others[IndexKind.DOCUMENTS])
    reread = [document for document in sorted(lost) if not _reload(sessions, store, derived, root, document)]
    lost_cases = sorted(set(cases) - records.others[IndexKind.CASES])
    _reload_cases(sessions, store, root, lost_cases)
    store.refresh()
    return Healed(len(lost) - len(reread), len(lost_cases), removed, len(reread))


def _lost_documents(records: IndexedRecords, derived: DerivedStore, rows: Sequence[Any]) -> set[str]:
    """Documents with a page that the index lacks or holds wrongly, or whose text the derived store has lost."""
    lost = set()
    for document, pages in groupby(rows, key=lambda row: row.document_id):
        group = list(pages)
        keys = derived.packed_keys(group[0].sha256)
        for row in group:
            absent = page_id(row.document_id, row.number) not in records.pages or row.store_key not in keys
            if absent or is_altered(records, derived, row):
                lost.add(document)
                break
    return lost


def _cases(session: Session, root: RootRow) -> list[str]:
    return list(session.scalars(select(CaseRow.id).where(CaseRow.root_id == root.id)))


def _remove(store: Store, kind: IndexKind, ids: set[str]) -> int:
    store.delete_ids(kind, sorted(ids))
    return len(ids)


def _reload(sessions: sessionmaker[Session], store: Store, derived: DerivedStore, root: RootRow, document: str) -> bool:
    """False where the texts are lost or the load crashes: the file is read again, which records what is wrong."""
    case = documents.case_of_document(sessions, document, root.name)
    with contextlib.suppress(DocumentFault), stage("Laden in den Suchindex", derived.folder):
        if not load_document(sessions, store, derived, case, document).missing:
            return True
    cleanup.reset_files(sessions, [documents.file_of(sessions, document)])
    return False


def _reload_cases(sessions: sessionmaker[Session], store: Store, root: RootRow, ids: list[str]) -> None:
    for part in batches(ids, BATCH):
        with read_session(sessions) as session:
            cases = [case_ledger.load_case(session, identifier, root.name) for identifier in part]
        load_cases(store, cases)
