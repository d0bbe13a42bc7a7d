"""Every file and page that is not searchable, or not all of it, with reason and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
    ShortfallRow,
)
from casefile.errors import Reason, remedy
from casefile.model import CoverState, FileRole, State
from casefile.wording import counted
from casefile.wording import number as in_german
from indexer.ledger import deliveries


@dataclass(frozen=True)
class Failure:
    """`page` is None for what has no pages of its own: cover sheets, registers, links, cases."""

    root: str
    path: str
    page: int | None
    code: str
    remedy: str
    detail: str
    case: str


def failures(session: Session) -> Iterator[Failure]:
    yield from _pages(session)
    yield from _shortfalls(session)
    yield from _refused_documents(session)
    yield from _files(session)
    yield from _lost_sheets(session)
    yield from _undelivered(session)


def invalid_sheets(session: Session, root_id: int) -> int:
    """Sheets and registers with mistakes, and cases whose sheet has vanished."""
    broken = (FileRow.root_id == root_id) & (FileRow.reason == Reason.COVER_SHEET_INVALID.value)
    lost = (CaseRow.root_id == root_id) & (CaseRow.cover_state == CoverState.VANISHED)
    return sum(session.scalar(select(func.count()).where(condition)) or 0 for condition in (broken, lost))


def _pages(session: Session) -> Iterator[Failure]:
    query = (
        select(RootRow.name, DocumentRow.path, PageRow.number, PageRow.reason, PageRow.detail, CaseRow.aktenzeichen)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .join(FileRow, FileRow.id == DocumentRow.file_id)
        .join(RootRow, RootRow.id == FileRow.root_id)
        .join(CaseRow, CaseRow.id == DocumentRow.case_id)
        .where(PageRow.state == State.FAILED)
        .order_by(RootRow.name, DocumentRow.path, PageRow.number)
    )
    for root, path, number, reason, detail, case in session.execute(query):
        yield Failure(root, path, number, reason, remedy(reason), detail, case)


def _shortfalls(session: Session) -> Iterator[Failure]:
    """Of each page that is searchable only in part, everything it lacks."""
    page = (PageRow.document_id == ShortfallRow.document_id) & (PageRow.number == ShortfallRow.number)
    query = (
        select(RootRow.name, DocumentRow.path, PageRow.number, ShortfallRow.reason, ShortfallRow.detail)
        .add_columns(CaseRow.aktenzeichen)
        .join_from(ShortfallRow, PageRow, page)
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .join(FileRow, FileRow.id == DocumentRow.file_id)
        .join(RootRow, RootRow.id == FileRow.root_id)
        .join(CaseRow, CaseRow.id == DocumentRow.case_id)
        .where(PageRow.state == State.PARTIAL)
        .order_by(RootRow.name, DocumentRow.path, PageRow.number, ShortfallRow.position)
    )
    for root, path, number, reason, detail, case in session.execute(query):
        yield Failure(root, path, number, reason, remedy(reason), detail, case)


def _refused_documents(session: Session) -> Iterator[Failure]:
    """Documents all of whose pages are searchable, but not the document as a whole."""
    query = (
        select(RootRow.name, DocumentRow.path, DocumentRow.reason, DocumentRow.detail, CaseRow.aktenzeichen)
        .join(FileRow, FileRow.id == DocumentRow.file_id)
        .join(RootRow, RootRow.id == FileRow.root_id)
        .join(CaseRow, CaseRow.id == DocumentRow.case_id)
        .where(DocumentRow.state == State.PARTIAL, DocumentRow.reason == Reason.REJECTED.value)
        .order_by(RootRow.name, DocumentRow.path)
    )
    for root, path, reason, detail, case in session.execute(query):
        yield Failure(root, path, None, reason, remedy(reason), detail, case)


def _files(session: Session) -> Iterator[Failure]:
    """Files that have no pages: cover sheets and registers with mistakes, links that are not followed, files whose
    crash could not be recorded any better.
    """
    reasons = (Reason.COVER_SHEET_INVALID.value, Reason.SYMLINK.value)
    unrecorded = (FileRow.state == State.FAILED) & ~exists().where(DocumentRow.file_id == FileRow.id)
    query = (
        select(RootRow.name, FileRow.path, FileRow.reason, FileRow.detail)
        .join(RootRow, RootRow.id == FileRow.root_id)
        .where(FileRow.reason.in_(reasons) | unrecorded, FileRow.role != FileRole.REMOVED)
        .order_by(RootRow.name, FileRow.path)
    )
    for root, path, reason, detail in session.execute(query):
        yield Failure(root, path, None, reason, remedy(reason), detail, "")


def _lost_sheets(session: Session) -> Iterator[Failure]:
    """Cases without the sheet or register row that they had; named by their folder."""
    query = select(RootRow.name, CaseRow.folder, CaseRow.cover_problem, CaseRow.aktenzeichen)
    lost = query.join(RootRow, RootRow.id == CaseRow.root_id).where(CaseRow.cover_state == CoverState.VANISHED)
    code = Reason.COVER_SHEET_VANISHED.value
    for root, folder, detail, case in session.execute(lost.order_by(RootRow.name, CaseRow.folder)):
        yield Failure(root, f"{folder}/", None, code, remedy(code), detail, case)


def _undelivered(session: Session) -> Iterator[Failure]:
    """What the delivery list names and the source tree lacks."""
    code = Reason.NOT_DELIVERED.value
    for root, path in deliveries.not_delivered(session):
        yield Failure(root, path, None, code, remedy(code), "", "")
    code = Reason.PAGES_NOT_DELIVERED.value
    for root, path, listed, there in deliveries.pages_not_delivered(session):
        detail = f"{counted(there, 'Seite', 'Seiten')} von {in_german(listed)}"
        yield Failure(root, path, None, code, remedy(code), detail, "")
