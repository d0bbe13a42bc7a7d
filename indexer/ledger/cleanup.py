"""What the ledger still holds of files that have gone, changed their content, or turned out to be no documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import DocumentRow, FileRow, PageRow, ShortfallRow
from casefile.database.sessions import read_session
from casefile.errors import Reason
from casefile.model import PENDING_STATES, FileRole, State

BATCH = 500


def obsolete_documents(sessions: sessionmaker[Session], root_id: int, removed: Sequence[int]) -> dict[str, int]:
    """Documents whose file is gone or no document any more, with their highest page numbers."""
    with read_session(sessions) as session:
        wrong_role = select(DocumentRow.id).join(FileRow, FileRow.id == DocumentRow.file_id)
        ids = set(session.scalars(wrong_role.where(FileRow.root_id == root_id, FileRow.role != FileRole.DOCUMENT)))
        for part in batches(removed, BATCH):
            ids.update(session.scalars(select(DocumentRow.id).where(DocumentRow.file_id.in_(part))))
        return _highest(session, sorted(ids))


def outdated_documents(sessions: sessionmaker[Session], file_id: int, path: str, sha256: str) -> dict[str, int]:
    """Documents of one file (attachments included) that belong to an earlier content of it."""
    with read_session(sessions) as session:
        rows = list(session.scalars(select(DocumentRow).where(DocumentRow.file_id == file_id)))
        if any(row.parent_id is None and row.sha256 == sha256 and row.path == path for row in rows):
            return {}
        return _highest(session, [row.id for row in rows])


def stray_documents(sessions: sessionmaker[Session], file_id: int, kept: Set[str]) -> dict[str, int]:
    """Documents an earlier attempt found in this file and the last one did not."""
    with read_session(sessions) as session:
        ids = session.scalars(select(DocumentRow.id).where(DocumentRow.file_id == file_id))
        return _highest(session, [identifier for identifier in ids if identifier not in kept])


def contents_of(sessions: sessionmaker[Session], ids: Sequence[str]) -> set[str]:
    """The contents of these documents; "" where a file could not even be hashed."""
    found: set[str] = set()
    with read_session(sessions) as session:
        for part in batches(ids, BATCH):
            found.update(session.scalars(select(DocumentRow.sha256).where(DocumentRow.id.in_(part))))
    return found


def unknown_contents(sessions: sessionmaker[Session], contents: Iterable[str]) -> set[str]:
    """Those of them that no document of any root has."""
    unknown: set[str] = set()
    for part in batches(contents, BATCH):
        with read_session(sessions) as session:
            unknown |= set(part) - set(session.scalars(select(DocumentRow.sha256).where(DocumentRow.sha256.in_(part))))
    return unknown


def highest_pages(sessions: sessionmaker[Session], ids: Sequence[str]) -> dict[str, int]:
    """The highest page number of each document."""
    with read_session(sessions) as session:
        return _highest(session, ids)


def _highest(session: Session, ids: Sequence[str]) -> dict[str, int]:
    highest = dict.fromkeys(ids, 0)
    for part in batches(ids, BATCH):
        query = select(PageRow.document_id, func.max(PageRow.number)).where(PageRow.document_id.in_(part))
        highest.update((document, number) for document, number in session.execute(query.group_by(PageRow.document_id)))
    return highest


def reset_failed(sessions: sessionmaker[Session], reason: Reason | None, roots: Set[int]) -> list[int]:
    """Make files of these roots with failed or partial results (of that reason) pending again.

    Returns the roots concerned.
    """
    bad = (State.FAILED, State.PARTIAL)
    with sessions.begin() as session:
        documents = select(DocumentRow.file_id).where(DocumentRow.state.in_(bad))
        pages = select(DocumentRow.file_id).join(PageRow).where(PageRow.state.in_(bad))
        lacking = select(DocumentRow.file_id).join(ShortfallRow, ShortfallRow.document_id == DocumentRow.id)
        files = select(FileRow.id).where(FileRow.state.in_(bad), FileRow.role == FileRole.DOCUMENT)
        if reason is not None:
            documents = documents.where(DocumentRow.reason == reason.value)
            pages = pages.where(PageRow.reason == reason.value)
            lacking = lacking.where(ShortfallRow.reason == reason.value)
            files = files.where(FileRow.reason == reason.value)
        ids = {found for query in (documents, pages, lacking, files) for found in session.scalars(query)}
        inside = set(session.scalars(select(FileRow.id).where(FileRow.root_id.in_(roots))))
        return _reset(session, sorted(ids & inside))


def reset_files(sessions: sessionmaker[Session], file_ids: Sequence[int]) -> None:
    """Make these files pending again, whatever state they were in."""
    with sessions.begin() as session:
        _reset(session, file_ids)


def is_unfinished(sessions: sessionmaker[Session], file_id: int) -> bool:
    """Whether any of the file's documents still has work left, or none was recorded yet."""
    pending = PENDING_STATES
    with read_session(sessions) as session:
        states = list(session.scalars(select(DocumentRow.state).where(DocumentRow.file_id == file_id)))
        return not states or any(state in pending for state in states)


def _reset(session: Session, file_ids: Sequence[int]) -> list[int]:
    roots: set[int] = set()
    for part in batches(file_ids, BATCH):
        session.execute(update(FileRow).where(FileRow.id.in_(part)).values(state=State.FOUND))
        session.execute(update(DocumentRow).where(DocumentRow.file_id.in_(part)).values(state=State.FOUND))
        roots.update(session.scalars(select(FileRow.root_id).where(FileRow.id.in_(part))))
    return sorted(roots)
