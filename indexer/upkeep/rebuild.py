"""Builds a newer version of the indices beside the one in use, from ledger and derived store: no OCR, no Tika.

Searches go on against the version in use, and runs write both. The build only ever adds what is absent: what a run has
written meanwhile is newer. It compares the whole ledger with the new version again and again until a look finds nothing
left to do; only then the versions are swapped. A kill at any point leaves a version that the next call goes on with.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import CaseRow, DocumentRow, PageRow, RootRow
from casefile.database.sessions import read_session
from casefile.errors import DocumentFault, EnvironmentFault
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.index.versions import IndexVersions
from casefile.index.writer import Record
from casefile.model import CaseFile, page_id
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from casefile.wording import caused, counted
from indexer.crash import stage
from indexer.index_records import LoadedPage, case_record, document_record, page_record
from indexer.ledger import cases as case_ledger
from indexer.ledger import cleanup
from indexer.load import LOADABLE
from indexer.loadable import loadable_pages
from indexer.upkeep.compare import SEARCHABLE, Comparison, Difference, Problem, in_batches
from indexer.work.lease import Lease

# Pages that were sent when a run was killed may be in the index in use; the new version has them as well.
FILLED = [*SEARCHABLE, "sent"]
PAGES_AT_ONCE = 500
MOST_LOOKS = 50


@dataclass(frozen=True)
class Built:
    """`kinds`: indices that were swapped. `reread`: documents whose lost text must be read again before a swap."""

    kinds: tuple[IndexKind, ...] = ()
    records: int = 0
    reread: int = 0
    old_removed: bool = True


def migration_due(settings: Settings) -> bool:
    """Whether an index in use is older than this program; False also where the engine does not answer."""
    try:
        reader = IndexReader.open(settings)
    except EnvironmentFault:
        return False
    with closing(reader), suppress(EnvironmentFault):
        return reader.migration_due()
    return False


def build_due(
    sessions: sessionmaker[Session], versions: IndexVersions, derived: DerivedStore, lease: Lease, grace: float
) -> Built:
    """Brings every index to the program's version. `grace`: seconds before an old index is removed.

    Raises EnvironmentFault `build_refused` where the new version does not take a record, `build_overtaken` where
    changes never paused for as long as one look takes; the index in use stays, and the next call goes on.
    """
    due = versions.due()
    versions.begin(due)
    build = _Build(sessions, versions, derived, lease, due)
    build.complete()
    lease.check()
    if build.reread:
        return Built(records=build.records, reread=len(build.reread))
    if due:
        versions.swap(due)
    return Built(tuple(due), build.records, old_removed=versions.remove_old(grace))


@dataclass
class _Build:
    sessions: sessionmaker[Session]
    versions: IndexVersions
    derived: DerivedStore
    lease: Lease
    due: Mapping[IndexKind, int]
    records: int = 0
    reread: set[str] = field(default_factory=set)

    def complete(self) -> None:
        for _ in range(MOST_LOOKS):
            if not sum(self._look(kind) for kind in self.due):
                return
        raise EnvironmentFault(
            "build_overtaken",
            "Der neue Stand des Suchindex wurde nicht fertig, weil sich der Bestand ständig ändert.",
            "„aktensuche migrate“ wiederholen, wenn gerade nichts eingelesen wird. Gesucht wird weiter im alten Stand.",
        )

    def _look(self, kind: IndexKind) -> int:
        """Compare everything once and mend; the number of records that had to be added or removed."""

        def find(after: str) -> Generator[Difference]:
            with read_session(self.sessions) as session:
                yield from Comparison(session, self.versions, version=self.due[kind]).differences(kind, after)

        return sum(self._mend(kind, batch) for batch in in_batches(find))

    def _mend(self, kind: IndexKind, batch: Sequence[Difference]) -> int:
        self.lease.check()
        orphaned = [found.id for found in batch if found.problem is Problem.ORPHANED]
        altered = [found.id for found in batch if found.problem is Problem.ALTERED]
        missing = sorted({found.owner for found in batch if found.problem is Problem.MISSING} - self.reread)
        # Written over, an altered record could hide what a run writes at this moment; removed, the next look adds it.
        unwanted = [*self._unknown(kind, orphaned), *altered]
        self.versions.delete_version_ids(kind, self.due[kind], unwanted)
        added = self._add_cases(missing) if kind is IndexKind.CASES else self._add_documents(missing)
        self.records += added
        return len(unwanted) + added

    def _unknown(self, kind: IndexKind, ids: Sequence[str]) -> list[str]:
        """Those that the ledger does not know even now and the new version still holds."""
        with read_session(self.sessions) as session:
            known = {identifier for part in batches(ids, 500) for identifier in _known(session, kind, part)}
        rest = [identifier for identifier in ids if identifier not in known]
        return sorted(self.versions.present_ids(kind, rest, self.due[kind]))

    def _add_cases(self, ids: Sequence[str]) -> int:
        with read_session(self.sessions) as session:
            query = select(CaseRow.id, RootRow.name).join(RootRow, RootRow.id == CaseRow.root_id)
            rows = list(session.execute(query.where(CaseRow.id.in_(ids))))
            found = [case_ledger.load_case(session, identifier, root) for identifier, root in rows]
        return self._add(IndexKind.CASES, ((case.id, case_record(case)) for case in found))

    def _add_documents(self, ids: Sequence[str]) -> int:
        """Pages and whole documents together: the texts are read once for both."""
        added = 0
        pages: list[Record] = []
        whole: list[Record] = []
        for case, document, loaded in self._documents(ids):
            pages += [(page_id(document.id, page.number), page_record(case, document, page)) for page in loaded]
            whole.append((document.id, document_record(case, document, loaded)))
            if len(pages) >= PAGES_AT_ONCE:
                added += self._add(IndexKind.PAGES, pages) + self._add(IndexKind.DOCUMENTS, whole)
                pages, whole = [], []
        return added + self._add(IndexKind.PAGES, pages) + self._add(IndexKind.DOCUMENTS, whole)

    def _add(self, kind: IndexKind, records: Iterable[Record]) -> int:
        if kind not in self.due:
            return 0
        outcomes = self.versions.fill(kind, self.due[kind], list(records))
        refused = [outcome for outcome in outcomes if outcome.error]
        if refused:
            number = counted(len(refused), "Eintrag", "Einträge")
            raise EnvironmentFault(
                "build_refused",
                caused(
                    f"Der neue Stand des Suchindex nimmt {number} nicht an, den ersten davon für {refused[0].id}",
                    refused[0].error,
                ),
                "Gesucht wird weiter im alten Stand. Die Meldung dem Hersteller des Programms geben.",
            )
        return len(outcomes)

    def _documents(self, ids: Sequence[str]) -> Iterator[tuple[CaseFile, DocumentRow, tuple[LoadedPage, ...]]]:
        """Documents with their pages, ready to be sent; those whose texts are lost are to be read again."""
        for identifier in ids:
            with read_session(self.sessions) as session:
                document = session.get(DocumentRow, identifier)
                if document is None:
                    continue
                case = self._case(session, document.case_id)
                query = select(PageRow).where(PageRow.document_id == identifier, PageRow.state.in_(FILLED))
                rows = list(session.scalars(query.order_by(PageRow.number)))
            pages = self._loaded(document, rows)
            if pages is None:
                self.reread.add(identifier)
                cleanup.reset_files(self.sessions, [document.file_id])
            elif pages:
                yield case, document, pages

    def _loaded(self, document: DocumentRow, rows: Sequence[PageRow]) -> tuple[LoadedPage, ...] | None:
        """None where a text is lost or this document crashes the program: reading it again records what is wrong."""
        with suppress(DocumentFault), stage("Laden in den Suchindex", self.derived.folder):
            loadable = loadable_pages(self.sessions, self.derived, document, rows)
            return None if loadable.missing else loadable.pages
        return None

    def _case(self, session: Session, identifier: str) -> CaseFile:
        root = select(RootRow.name).join(CaseRow, CaseRow.root_id == RootRow.id).where(CaseRow.id == identifier)
        return case_ledger.load_case(session, identifier, session.scalars(root).one())


def _known(session: Session, kind: IndexKind, ids: Sequence[str]) -> set[str]:
    """Those of the ids whose page, document or case the ledger has, on its way into the index or in it."""
    if kind is IndexKind.CASES:
        return set(session.scalars(select(CaseRow.id).where(CaseRow.id.in_(ids))))
    documents = [identifier.partition("-")[0] for identifier in ids]
    query = select(PageRow.document_id, PageRow.number)
    rows = session.execute(query.where(PageRow.document_id.in_(documents), PageRow.state.in_(LOADABLE)))
    if kind is IndexKind.DOCUMENTS:
        return {document for document, _ in rows}
    return {page_id(document, number) for document, number in rows}
