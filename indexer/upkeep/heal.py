"""Makes the index what the ledger says, from the derived store: no OCR, no Tika.

For a lost or damaged index, or leftovers of a kill.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import RootRow
from casefile.database.sessions import read_session
from casefile.errors import DocumentFault
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.storage.derived import DerivedStore
from indexer.crash import stage
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup, documents
from indexer.load import load_cases, load_document
from indexer.upkeep.compare import (
    STREAM,
    Comparison,
    Difference,
    Problem,
    count_cases,
    count_searchable_pages,
    in_batches,
    interrupted_documents,
    searchable_pages,
)
from indexer.upkeep.damage import find_damage, reread_damaged


@dataclass(frozen=True)
class Healed:
    """Numbers of documents and cases loaded again, of leftovers removed, and of files that must be read again."""

    documents: int
    cases: int
    removed: int
    reread: int


def is_whole(sessions: sessionmaker[Session], store: IndexWriter, root: RootRow) -> bool:
    """Compares numbers of records only, which is fast; `verify` compares the records."""
    with read_session(sessions) as session:
        if interrupted_documents(session, root, limit=1):
            return False
        pages, cases = count_searchable_pages(session, root), count_cases(session, root)
    return store.count(IndexKind.PAGES, root.name) == pages and store.count(IndexKind.CASES, root.name) == cases


def heal_root(
    sessions: sessionmaker[Session], store: IndexWriter, derived: DerivedStore, root: RootRow, *, deep: bool = False
) -> Healed:
    """The caller holds the root's run. `deep` also compares every indexed text and reads the whole derived store."""
    store.create_indices()
    repair = _Repair(sessions, store, derived, root)
    repair.reload_interrupted()
    for kind in (IndexKind.PAGES, IndexKind.DOCUMENTS, IndexKind.CASES):
        repair.mend(kind, deep=deep)
    repair.reload_lost_texts()
    damaged = repair.reread_damaged() if deep else 0
    store.refresh()
    return Healed(repair.documents, repair.cases, repair.removed, len(repair.reread) + damaged)


@dataclass
class _Repair:
    sessions: sessionmaker[Session]
    store: IndexWriter
    derived: DerivedStore
    root: RootRow
    documents: int = 0
    cases: int = 0
    removed: int = 0
    reread: set[str] = field(default_factory=set)

    def mend(self, kind: IndexKind, *, deep: bool) -> None:
        def find(after: str) -> Generator[Difference]:
            with read_session(self.sessions) as session:
                texts = self.derived if deep else None
                yield from Comparison(session, self.store, self.root, derived=texts).differences(kind, after)

        for batch in in_batches(find):
            orphaned = [found.id for found in batch if found.problem is Problem.ORPHANED]
            self.store.delete_ids(kind, orphaned)
            self.removed += len(orphaned)
            owners = sorted({found.owner for found in batch if found.problem is not Problem.ORPHANED})
            self._reload_cases(owners) if kind is IndexKind.CASES else self._reload(owners)

    def reload_interrupted(self) -> None:
        after = ""
        while ids := self._interrupted(after):
            self._reload(ids)
            after = ids[-1]

    def reload_lost_texts(self) -> None:
        """Also of pages that the index still holds: the next rebuild would lose them."""
        with read_session(self.sessions) as session:
            lost = {owner for owner, _ in lost_texts(session, self.derived, self.root)}
        self._reload(sorted(lost))

    def reread_damaged(self) -> int:
        with read_session(self.sessions) as session:
            self.derived.mark_damaged({found.sha256 for found in find_damage(session, self.derived, self.root)})
        return reread_damaged(self.sessions, self.derived, self.root)

    def _interrupted(self, after: str) -> list[str]:
        with read_session(self.sessions) as session:
            return interrupted_documents(session, self.root, after)

    def _reload(self, ids: Iterable[str]) -> None:
        for identifier in ids:
            if identifier not in self.reread and self._is_reloaded(identifier):
                self.documents += 1

    def _is_reloaded(self, identifier: str) -> bool:
        """False where the texts are lost or the load crashes: the file is read again, which records what is wrong."""
        case = documents.case_of_document(self.sessions, identifier, self.root.name)
        with contextlib.suppress(DocumentFault), stage("Laden in den Suchindex", self.derived.folder):
            if not load_document(self.sessions, self.store, self.derived, case, identifier).missing:
                return True
        cleanup.reset_files(self.sessions, [documents.file_of(self.sessions, identifier)])
        self.reread.add(identifier)
        return False

    def _reload_cases(self, ids: list[str]) -> None:
        with read_session(self.sessions) as session:
            found = [case_ledger.load_case(session, identifier, self.root.name) for identifier in ids]
        load_cases(self.store, found)
        self.cases += len(ids)


def lost_texts(session: Session, derived: DerivedStore, root: RootRow) -> Iterator[tuple[str, str]]:
    """(id, path) of documents with a searchable page whose text the derived store no longer has."""
    rows = session.execute(searchable_pages(root).execution_options(yield_per=STREAM))
    for document, pages in groupby(rows, key=lambda row: row.document_id):
        group = list(pages)
        keys = derived.packed_keys(group[0].sha256)
        if any(row.store_key not in keys for row in group):
            yield document, group[0].path
