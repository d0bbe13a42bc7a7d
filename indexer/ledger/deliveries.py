"""What was to be delivered, in the ledger, and what of it has not arrived."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Select, and_, delete, insert, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import DeliveryRow, DocumentRow, FileRow, RootRow
from casefile.model import FileRole
from indexer.covers.delivery import ListedFile

BATCH = 2000


def store_delivery(sessions: sessionmaker[Session], root_id: int, listed: Iterable[ListedFile]) -> None:
    """Replaces the root's list. Of a file that is listed twice the larger number of pages holds."""
    pages: dict[str, int | None] = {}
    for file in listed:
        before = pages.get(file.path)
        pages[file.path] = file.pages if before is None else max(before, file.pages or 0)
    with sessions.begin() as session:
        session.execute(delete(DeliveryRow).where(DeliveryRow.root_id == root_id))
    for part in batches(list(pages.items()), BATCH):
        with sessions.begin() as session:
            session.execute(
                insert(DeliveryRow), [{"root_id": root_id, "path": path, "pages": count} for path, count in part]
            )


def not_delivered(session: Session) -> Iterator[tuple[str, str]]:
    """(root, path) of every listed file that the source tree does not hold."""
    query = _listed().where(FileRow.id.is_(None)).order_by(RootRow.name, DeliveryRow.path)
    yield from ((root, path) for root, path, _, _ in session.execute(query))


def pages_not_delivered(session: Session) -> Iterator[tuple[str, str, int, int]]:
    """(root, path, pages listed, pages there) of every file that has fewer pages than the list says."""
    query = _listed().where(_has_fewer_pages()).order_by(RootRow.name, DeliveryRow.path)
    rows = session.execute(query)
    yield from ((root, path, listed or 0, there) for root, path, listed, there in rows)


def _has_fewer_pages() -> ColumnElement[bool]:
    return and_(DeliveryRow.pages.is_not(None), DocumentRow.page_count < DeliveryRow.pages)


def _listed() -> Select[str, str, int | None, int]:
    file = and_(
        FileRow.root_id == DeliveryRow.root_id, FileRow.path == DeliveryRow.path, FileRow.role != FileRole.REMOVED
    )
    document = and_(DocumentRow.file_id == FileRow.id, DocumentRow.parent_id.is_(None))
    return (
        select(RootRow.name, DeliveryRow.path, DeliveryRow.pages, DocumentRow.page_count)
        .join_from(DeliveryRow, RootRow, RootRow.id == DeliveryRow.root_id)
        .outerjoin(FileRow, file)
        .outerjoin(DocumentRow, document)
    )
