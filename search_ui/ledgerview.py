"""What the ledger says about documents, cases and pages, read for people. Rights are the caller's business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from casefile.batches import batches
from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
    ShortfallRow,
)
from casefile.errors import DocumentFault, Reason
from casefile.model import PENDING_STATES, SEARCHABLE_STATES, CaseFile, CoverSheet, FileRole, State

IN_CHUNK = 500  # ids in one query
MOST_UNREAD = 8  # pages that are named one by one
T = TypeVar("T")
PENDING = tuple(sorted(PENDING_STATES))
SEARCHABLE = tuple(sorted(state.value for state in SEARCHABLE_STATES))
READABLE = (*SEARCHABLE, State.BLANK)


@dataclass(frozen=True)
class Coverage:
    """Pages of a case: all, those that are not searchable (failed, or not ready yet), those searchable in part."""

    total: int = 0
    missing: int = 0
    partial: int = 0


class UnreadPage(NamedTuple):
    document: DocumentRow
    number: int
    state: State
    reason: str


@dataclass(frozen=True)
class FailedItem:
    case_id: str
    case_title: str
    path: str
    page: int | None
    reason: str
    detail: str


def documents(ledger: Session, ids: Iterable[str]) -> dict[str, DocumentRow]:
    found: dict[str, DocumentRow] = {}
    for part in _parts(ids):
        found.update({row.id: row for row in ledger.scalars(select(DocumentRow).where(DocumentRow.id.in_(part)))})
    return found


class DocumentRight(NamedTuple):
    case_id: str
    acl_id: str


def document_rights(ledger: Session, ids: Iterable[str]) -> dict[str, DocumentRight]:
    found: dict[str, DocumentRight] = {}
    for part in _parts(ids):
        query = select(DocumentRow.id, DocumentRow.case_id, DocumentRow.acl_id).where(DocumentRow.id.in_(part))
        found.update({key: DocumentRight(case_id, acl_id) for key, case_id, acl_id in ledger.execute(query)})
    return found


def document_title(row: DocumentRow) -> str:
    """Its own title, or else the name of its file."""
    return row.title or row.path.rsplit("/", 1)[-1]


def existing_contents(ledger: Session, contents: Iterable[str]) -> set[str]:
    """Which of these contents (SHA-256) some document has."""
    found: set[str] = set()
    for part in _parts(contents):
        found.update(ledger.scalars(select(DocumentRow.sha256).where(DocumentRow.sha256.in_(part))))
    return found


def with_parents(ledger: Session, known: dict[str, DocumentRow]) -> dict[str, DocumentRow]:
    """These documents and all that they are embedded in, as far as it is still there."""
    found, newest = dict(known), dict(known)
    while missing := {row.parent_id for row in newest.values() if row.parent_id} - set(found):
        newest = documents(ledger, missing)
        found |= newest
    return found


def family(ledger: Session, row: DocumentRow) -> tuple[list[DocumentRow], list[DocumentRow]]:
    """The document in which this one is embedded (none or one), and those embedded in it."""
    parents = select(DocumentRow).where(DocumentRow.id == row.parent_id)
    children = select(DocumentRow).where(DocumentRow.parent_id == row.id).order_by(DocumentRow.path)
    return list(ledger.scalars(parents)), list(ledger.scalars(children))


def cases(ledger: Session, ids: Iterable[str]) -> dict[str, CaseRow]:
    found: dict[str, CaseRow] = {}
    for part in _parts(ids):
        found.update({row.id: row for row in ledger.scalars(select(CaseRow).where(CaseRow.id.in_(part)))})
    return found


def cases_by_reference(ledger: Session, reference: str) -> list[CaseRow]:
    """With exactly this file reference; none for an empty one."""
    if not reference:
        return []
    return list(ledger.scalars(select(CaseRow).where(CaseRow.aktenzeichen == reference)))


def as_case(row: CaseRow) -> CaseFile:
    return CaseFile(row.id, "", row.folder, row.cover_state, CoverSheet.from_json(row.cover))


def case_documents(ledger: Session, case_id: str) -> list[DocumentRow]:
    return list(ledger.scalars(select(DocumentRow).where(DocumentRow.case_id == case_id).order_by(DocumentRow.path)))


def vorgaenge(ledger: Session, case_id: str) -> dict[int, str]:
    """The Vorgang of each file of the case that lies in one, by the file's id."""
    query = select(FileRow.id, FileRow.vorgang).where(FileRow.case_id == case_id, FileRow.vorgang != "")
    return dict(ledger.execute(query).all())


def unread_pages(ledger: Session, document_ids: Iterable[str]) -> tuple[UnreadPage, ...]:
    """The first pages of these documents that are not searchable (failed, or not ready yet)."""
    found: list[UnreadPage] = []
    for part in _parts(document_ids):
        query = (
            select(DocumentRow, PageRow.number, PageRow.state, PageRow.reason)
            .join(PageRow, PageRow.document_id == DocumentRow.id)
            .where(DocumentRow.id.in_(part), PageRow.state.not_in(READABLE))
            .order_by(DocumentRow.path, PageRow.number)
            .limit(MOST_UNREAD - len(found))
        )
        found += [UnreadPage(row, number, state, reason) for row, number, state, reason in ledger.execute(query)]
        if len(found) == MOST_UNREAD:
            break
    return tuple(found)


def page(ledger: Session, document_id: str, number: int) -> PageRow | None:
    return ledger.get(PageRow, (document_id, number))


def document_coverage(ledger: Session, case_id: str) -> dict[str, Coverage]:
    rows = ledger.execute(
        select(PageRow.document_id, PageRow.state, func.count())
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(DocumentRow.case_id == case_id)
        .group_by(PageRow.document_id, PageRow.state)
    ).all()
    return _coverage((key, state, count) for key, state, count in rows)


def coverage(ledger: Session, case_ids: Iterable[str]) -> dict[str, Coverage]:
    """By case. A file that could not be opened has one failed page in the ledger, so it counts here too."""
    counts: list[tuple[str, str, int]] = []
    for part in _parts(case_ids):
        counts += _page_states(ledger, part)
    return _coverage(counts)


def _coverage(counts: Iterable[tuple[str, str, int]]) -> dict[str, Coverage]:
    total: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    partial: Counter[str] = Counter()
    for key, state, number in counts:
        total[key] += number
        missing[key] += 0 if state in READABLE else number
        partial[key] += number if state == State.PARTIAL else 0
    return {key: Coverage(total[key], missing[key], partial[key]) for key in total}


def _page_states(ledger: Session, case_ids: Sequence[str]) -> list[tuple[str, str, int]]:
    rows = ledger.execute(
        select(DocumentRow.case_id, PageRow.state, func.count())
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .where(DocumentRow.case_id.in_(case_ids))
        .group_by(DocumentRow.case_id, PageRow.state)
    ).all()
    return [(case_id, state, count) for case_id, state, count in rows]


def states_by_right(ledger: Session) -> list[tuple[str, str, str, int]]:
    """(case id, acl id, page state, number of pages) over the whole stock."""
    rows = ledger.execute(
        select(DocumentRow.case_id, DocumentRow.acl_id, PageRow.state, func.count())
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .group_by(DocumentRow.case_id, DocumentRow.acl_id, PageRow.state)
    ).all()
    return [(case_id, acl_id, state, count) for case_id, acl_id, state, count in rows]


def all_cases(ledger: Session) -> list[CaseRow]:
    return list(ledger.scalars(select(CaseRow).order_by(CaseRow.aktenzeichen, CaseRow.folder)))


def unread_files(ledger: Session) -> list[tuple[str, int]]:
    """(case id, number of documents' files that are not read to their end); "" before its case is known."""
    rows = ledger.execute(
        select(FileRow.case_id, func.count())
        .where(FileRow.role == FileRole.DOCUMENT, FileRow.state.in_(PENDING))
        .group_by(FileRow.case_id)
    ).all()
    return [(case_id or "", count) for case_id, count in rows]


def any_confirmed(ledger: Session) -> bool:
    return ledger.scalar(select(PageRow.number).where(PageRow.state.in_(SEARCHABLE)).limit(1)) is not None


def failures(ledger: Session) -> Iterator[FailedItem]:
    """Files and pages that are not searchable for good, then what searchable pages lack."""
    titles = {row.id: as_case(row).title for row in ledger.scalars(select(CaseRow))}
    files = select(FileRow).where(FileRow.role == FileRole.DOCUMENT, FileRow.state == State.FAILED)
    for row in ledger.scalars(files.order_by(FileRow.path)):
        case_id = row.case_id or ""
        yield FailedItem(case_id, titles.get(case_id, ""), row.path, None, row.reason, row.detail)
    failed = (
        select(DocumentRow.case_id, DocumentRow.path, PageRow.number, PageRow.reason, PageRow.detail)
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .join(FileRow, FileRow.id == DocumentRow.file_id)
        .where(PageRow.state == State.FAILED, FileRow.state != State.FAILED)
        .order_by(DocumentRow.path, PageRow.number)
    )
    for query in (failed, _select_shortfalls()):
        for case_id, path, number, reason, detail in ledger.execute(query):
            yield FailedItem(case_id, titles.get(case_id, ""), path, number, reason, detail)


def _select_shortfalls() -> Select[str, str, int, str, str]:
    page = (PageRow.document_id == ShortfallRow.document_id) & (PageRow.number == ShortfallRow.number)
    return (
        select(DocumentRow.case_id, DocumentRow.path, PageRow.number, ShortfallRow.reason, ShortfallRow.detail)
        .join_from(ShortfallRow, PageRow, page)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .where(PageRow.state == State.PARTIAL)
        .order_by(DocumentRow.path, PageRow.number, ShortfallRow.position)
    )


def shortfalls(ledger: Session, document_id: str, number: int) -> list[ShortfallRow]:
    """What the page is known to lack though it is searchable."""
    query = select(ShortfallRow).where(ShortfallRow.document_id == document_id, ShortfallRow.number == number)
    return list(ledger.scalars(query.order_by(ShortfallRow.position)))


def source_place(ledger: Session, row: DocumentRow) -> tuple[Path, bytes] | None:
    """The root of the document's own file and its path below it; None for an embedded one, whose bytes are in the
    derived store.

    Raises DocumentFault `vanished` where the indexer has just dropped it.
    """
    if row.parent_id is not None:
        return None
    found = ledger.execute(
        select(RootRow.path, FileRow.raw_path)
        .join(FileRow, FileRow.root_id == RootRow.id)
        .where(FileRow.id == row.file_id)
    ).one_or_none()
    if found is None:
        raise DocumentFault(Reason.VANISHED)
    return Path(found[0]), found[1]


def file_paths(ledger: Session, file_ids: Iterable[int]) -> dict[int, str]:
    """Paths of source files, relative to their root."""
    found: dict[int, str] = {}
    for part in _parts(file_ids):
        for identifier, path in ledger.execute(select(FileRow.id, FileRow.path).where(FileRow.id.in_(part))):
            found[identifier] = path
    return found


def _parts(values: Iterable[T]) -> Iterator[list[T]]:
    return batches(dict.fromkeys(values), IN_CHUNK)
