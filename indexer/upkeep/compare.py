"""Where the index differs from what the ledger says it should hold: the material of verify, heal and a new version.

Both sides are read in the same order and compared as they stream by, so that neither has to fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from casefile.database.ledger import CaseRow, DocumentRow, FileRow, PageRow, RootRow
from casefile.index import fields
from casefile.index.reader import LAST, SORTED_BY
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.model import PENDING_STATES, SEARCHABLE_STATES, CoverSheet, State, acl_id, page_id
from casefile.storage.derived import DerivedStore

STREAM = 2000
SEARCHABLE = sorted(SEARCHABLE_STATES)
BATCH = 200


class Problem(StrEnum):
    MISSING = "missing"
    ORPHANED = "orphaned"
    ALTERED = "altered"


@dataclass(frozen=True)
class Difference:
    """One record that is missing, has no right to be there, or holds another right or text than the ledger's.

    `owner`: its document or case. `label`: what it is called for people.
    """

    kind: IndexKind
    problem: Problem
    id: str
    owner: str
    label: str


@dataclass(frozen=True)
class _Expected:
    key: tuple[str, int]
    id: str
    right: str
    label: str
    sha256: str = ""
    store_key: str = ""


@dataclass(frozen=True)
class _Held:
    key: tuple[str, int]
    id: str
    right: str
    text: str


@dataclass(frozen=True)
class Comparison:
    """What to compare. `root`: None for all. `version`: an index that is being built, instead of the one in use.

    `derived`: compares every text of a page as well.
    """

    session: Session
    store: IndexWriter
    root: RootRow | None = None
    version: int | None = None
    derived: DerivedStore | None = None

    def differences(self, kind: IndexKind, after: str = "") -> Generator[Difference]:
        """In the order of their owners, from the first after `after`.

        The ledger is asked first and the index then, after a refresh: a page that was confirmed before the question
        is in the index unless it is missing. What arrives in between may look orphaned; whoever deletes looks again.
        """
        rows = self.session.execute(_queries[kind](self.root, after).execution_options(yield_per=STREAM))
        yield from _merged(kind, map(_expected[kind], rows), self._held(kind, after), self._is_altered)

    def _held(self, kind: IndexKind, after: str) -> Iterator[_Held]:
        if self.version is None and self.store.states()[kind].live is None:
            return
        self.store.refresh()
        source = [*SORTED_BY[kind], fields.ACL_ID]
        if self.derived is not None and kind is IndexKind.PAGES:
            source.append(fields.TEXT)
        for identifier, found in self.store.scan(kind, _held_query(kind, self.root, after), source, self.version):
            yield _held_record(kind, identifier, found)

    def _is_altered(self, expected: _Expected, held: _Held) -> bool:
        if held.right != expected.right:
            return True
        if self.derived is None or not expected.store_key:
            return False
        text = self.derived.searched_page(expected.sha256, expected.key[1], expected.store_key)
        return text is not None and text.text != held.text


def in_batches(find: Callable[[str], Generator[Difference]], size: int = BATCH) -> Iterator[list[Difference]]:
    """Differences of some owners at a time; the look at the index is closed before each batch is handed out.

    So the caller may take as long as it likes to mend them. `find` takes the owner after which to go on.
    """
    after = ""
    while batch := _first_batch(find, after, size):
        yield batch
        after = batch[-1].owner


def _first_batch(find: Callable[[str], Generator[Difference]], after: str, size: int) -> list[Difference]:
    batch: list[Difference] = []
    with closing(find(after)) as found:
        for difference in found:
            if len(batch) >= size and difference.owner != batch[-1].owner:
                break
            batch.append(difference)
    return batch


def searchable_pages(root: RootRow | None, after: str = "") -> Select[Any]:
    """Searchable pages with what is needed to check them, by document."""
    columns = (PageRow.document_id, PageRow.number, PageRow.store_key)
    query: Any = select(*columns, DocumentRow.path, DocumentRow.sha256, DocumentRow.acl_id).join(DocumentRow)
    query = query.where(PageRow.state.in_(SEARCHABLE), PageRow.document_id > after)
    ordered: Select[Any] = _of_root(query, root).order_by(PageRow.document_id, PageRow.number)
    return ordered


def count_searchable_pages(session: Session, root: RootRow) -> int:
    query = select(func.count()).select_from(PageRow).join(DocumentRow).where(PageRow.state.in_(SEARCHABLE))
    return session.scalar(_of_root(query, root)) or 0


def count_cases(session: Session, root: RootRow) -> int:
    return session.scalar(select(func.count()).select_from(CaseRow).where(CaseRow.root_id == root.id)) or 0


def _of_root(query: Any, root: RootRow | None) -> Any:
    if root is None:
        return query
    return query.join(FileRow, FileRow.id == DocumentRow.file_id).where(FileRow.root_id == root.id)


def _expected_documents(root: RootRow | None, after: str) -> Select[Any]:
    """Documents with at least one searchable page."""
    searchable = select(PageRow.number).where(PageRow.document_id == DocumentRow.id, PageRow.state.in_(SEARCHABLE))
    query: Any = select(DocumentRow.id, DocumentRow.path, DocumentRow.acl_id)
    query = query.where(searchable.exists(), DocumentRow.id > after)
    ordered: Select[Any] = _of_root(query, root).order_by(DocumentRow.id)
    return ordered


def _expected_cases(root: RootRow | None, after: str) -> Select[Any]:
    query = select(CaseRow.id, CaseRow.folder, CaseRow.cover).where(CaseRow.id > after).order_by(CaseRow.id)
    return query if root is None else query.where(CaseRow.root_id == root.id)


def _expected_page(row: Any) -> _Expected:
    identifier, label = page_id(row.document_id, row.number), f"{row.path}#{row.number}"
    return _Expected((row.document_id, row.number), identifier, row.acl_id, label, row.sha256, row.store_key)


def _expected_document(row: Any) -> _Expected:
    return _Expected((row.id, 0), row.id, row.acl_id, row.path)


def _expected_case(row: Any) -> _Expected:
    cover = CoverSheet.from_json(row.cover)
    return _Expected((row.id, 0), row.id, acl_id(cover.stelle, cover.vertraulichkeit, ""), row.folder)


_queries: Mapping[IndexKind, Callable[[RootRow | None, str], Select[Any]]] = {
    IndexKind.PAGES: searchable_pages,
    IndexKind.DOCUMENTS: _expected_documents,
    IndexKind.CASES: _expected_cases,
}
_expected: Mapping[IndexKind, Callable[[Any], _Expected]] = {
    IndexKind.PAGES: _expected_page,
    IndexKind.DOCUMENTS: _expected_document,
    IndexKind.CASES: _expected_case,
}


def _held_query(kind: IndexKind, root: RootRow | None, after: str) -> dict[str, Any]:
    clauses: list[dict[str, Any]] = [{"term": {fields.ROOT: root.name}}] if root is not None else []
    if after:
        owner = next(iter(SORTED_BY[kind]))
        unowned = {"bool": {"must_not": [{"exists": {"field": owner}}]}}
        clauses.append({"bool": {"should": [{"range": {owner: {"gt": after}}}, unowned]}})
    return {"bool": {"filter": clauses}} if clauses else {"match_all": {}}


def _held_record(kind: IndexKind, identifier: str, source: Mapping[str, Any]) -> _Held:
    owner = str(source.get(next(iter(SORTED_BY[kind])), LAST))
    number = int(source.get(fields.PAGE, 0)) if kind is IndexKind.PAGES else 0
    return _Held((owner, number), identifier, str(source.get(fields.ACL_ID, "")), str(source.get(fields.TEXT, "")))


def _merged(
    kind: IndexKind,
    expected: Iterator[_Expected],
    held: Iterator[_Held],
    is_altered: Callable[[_Expected, _Held], bool],
) -> Iterator[Difference]:
    """Like merging two sorted lists; a record whose id does not fit its own fields is orphaned."""
    wanted, found = next(expected, None), next(held, None)
    while wanted is not None or found is not None:
        if found is not None and (wanted is None or found.key < wanted.key or _is_misnamed(wanted, found)):
            yield Difference(kind, Problem.ORPHANED, found.id, found.key[0], found.id)
            found = next(held, None)
        elif wanted is not None and (found is None or wanted.key < found.key):
            yield Difference(kind, Problem.MISSING, wanted.id, wanted.key[0], wanted.label)
            wanted = next(expected, None)
        elif wanted is not None and found is not None:
            if is_altered(wanted, found):
                yield Difference(kind, Problem.ALTERED, wanted.id, wanted.key[0], wanted.label)
            wanted, found = next(expected, None), next(held, None)


def _is_misnamed(wanted: _Expected, found: _Held) -> bool:
    return found.key == wanted.key and found.id != wanted.id


def interrupted_documents(session: Session, root: RootRow, after: str = "", limit: int = BATCH) -> list[str]:
    """Read documents whose loading was cut short after their file had been closed: a killed repair."""
    loading = PageRow.state.in_((State.EXTRACTED, State.SENT))
    pending = PENDING_STATES
    query = select(PageRow.document_id).distinct().join(DocumentRow).where(loading, PageRow.document_id > after)
    query = _of_root(query, root).where(FileRow.state.not_in(pending))
    return list(session.scalars(query.order_by(PageRow.document_id).limit(limit)))


def records_of_unknown_roots(store: IndexWriter, kind: IndexKind, roots: list[str]) -> Iterator[str]:
    """Ids of records that belong to none of these roots."""
    query = {"bool": {"must_not": [{"terms": {fields.ROOT: roots}}]}}
    return (identifier for identifier, _ in store.scan(kind, query, ()))
