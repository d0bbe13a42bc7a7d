"""Documents and pages in the ledger: their states while one source file is worked on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import DocumentRow, FileRow, PageRow, ShortfallRow
from casefile.database.sessions import read_session
from casefile.errors import DocumentFault, Reason
from casefile.model import PENDING_STATES, SEARCHABLE_STATES, CaseFile, FileRole, State, document_id
from casefile.names import one_line
from indexer.enrich import Enrichment
from indexer.ledger.cases import apply_cover, listed_documents, load_case
from indexer.ledger.entries import DocumentEntry, PageEntry, enriched, fitting, page_row, shortfall_rows

T = TypeVar("T")
# Rows of one transaction: in SQLite a writer holds all others off, so a document of many thousand pages must let go of
# the lock in between, or another root's run meets "database is locked".
BATCH = 500
# Between two of them. SQLite gives the lock to whoever asks first, and those who wait for it ask every 100 ms: without
# a pause the next batch would always be first.
PAUSE_S = 0.15


def pending_files(sessions: sessionmaker[Session], root_id: int) -> list[FileRow]:
    """Files with work left, in no particular order."""
    unfinished = PENDING_STATES
    with read_session(sessions) as session:
        return list(session.scalars(select(FileRow).where(FileRow.root_id == root_id, FileRow.state.in_(unfinished))))


def set_file(sessions: sessionmaker[Session], file_id: int, **values: object) -> None:
    with sessions.begin() as session:
        session.execute(update(FileRow).where(FileRow.id == file_id).values(**values))


def all_files(sessions: sessionmaker[Session], root_id: int) -> list[FileRow]:
    """The root's files as they are now in its source tree."""
    with read_session(sessions) as session:
        query = select(FileRow).where(FileRow.root_id == root_id, FileRow.role != FileRole.REMOVED)
        return list(session.scalars(query.order_by(FileRow.path)))


def case_of(sessions: sessionmaker[Session], identifier: str, root: str) -> CaseFile:
    with read_session(sessions) as session:
        return load_case(session, identifier, root)


def case_of_document(sessions: sessionmaker[Session], document: str, root: str) -> CaseFile:
    with read_session(sessions) as session:
        return load_case(session, session.get_one(DocumentRow, document).case_id, root)


def file_of(sessions: sessionmaker[Session], document: str) -> int:
    with read_session(sessions) as session:
        return session.get_one(DocumentRow, document).file_id


def is_read(sessions: sessionmaker[Session], document: str) -> bool:
    """Whether all the document's pages are recorded and have been read, so that it can be loaded from the derived
    store. A kill may have left the document with a part of its pages.
    """
    pages = select(func.count()).where(PageRow.document_id == document)
    with read_session(sessions) as session:
        unread = session.scalar(pages.where(PageRow.state.in_((State.FOUND, State.OCR))))
        return not unread and session.scalar(pages) == session.get_one(DocumentRow, document).page_count


def store_keys(sessions: sessionmaker[Session], sha256: str) -> frozenset[str]:
    """All keys under which pages of this content are known, whichever copy of it they were read from."""
    with read_session(sessions) as session:
        query = select(PageRow.store_key).join(DocumentRow).where(DocumentRow.sha256 == sha256, PageRow.store_key != "")
        return frozenset(session.scalars(query))


def record_document(
    sessions: sessionmaker[Session], file: FileRow, root: str, case: CaseFile, entry: DocumentEntry
) -> str:
    """Write the document and its pages, replacing what an earlier attempt left.

    Pages follow in several transactions. Until the last one the document has fewer than its `page_count`, and it
    stays unfinished: a kill in between repeats the work.
    """
    identifier = document_id(entry.sha256, root, entry.path)
    _delete_pages(sessions, [identifier])
    with sessions.begin() as session:
        row = session.get(DocumentRow, identifier) or DocumentRow(id=identifier, kind="", date="", language="")
        row.file_id, row.parent_id, row.case_id = file.id, entry.parent_id, case.id
        row.path, row.sha256, row.media_type = entry.path, entry.sha256, one_line(entry.media_type)[:200]
        row.own_title, row.detail, row.reason = one_line(entry.title)[:1000], fitting(entry.detail), ""
        row.header, row.inferred, row.inference = dict(entry.header), {}, 0
        row.page_count, row.state = len(entry.pages), State.EXTRACTED
        apply_cover(session, row, case, listed_documents(case), file.path)
        session.add(row)
    for part in _parts(entry.pages):
        with sessions.begin() as session:
            session.add_all(page_row(identifier, page) for page in part)
            session.flush()
            session.add_all(row for page in part for row in shortfall_rows(identifier, page))
    return identifier


def _parts(values: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Parts for one transaction each, with a pause in which other writers get the lock."""
    for position, part in enumerate(batches(values, size)):
        if position:
            time.sleep(PAUSE_S)
        yield part


def _delete_pages(sessions: sessionmaker[Session], ids: Sequence[str]) -> None:
    """The documents are unfinished from the start: a kill in between repeats the work."""
    with read_session(sessions) as session:
        highest = session.scalar(select(func.max(PageRow.number)).where(PageRow.document_id.in_(ids))) or 0
    if not highest:
        return
    with sessions.begin() as session:
        session.execute(update(DocumentRow).where(DocumentRow.id.in_(ids)).values(state=State.FOUND))
    for (above,) in _parts(range((highest - 1) // BATCH * BATCH, -1, -BATCH), 1):
        with sessions.begin() as session:
            session.execute(delete(ShortfallRow).where(ShortfallRow.document_id.in_(ids), ShortfallRow.number > above))
            session.execute(delete(PageRow).where(PageRow.document_id.in_(ids), PageRow.number > above))


def update_pages(sessions: sessionmaker[Session], document: str, pages: Iterable[PageEntry]) -> None:
    for part in _parts(pages):
        with sessions.begin() as session:
            earlier = delete(ShortfallRow).where(ShortfallRow.document_id == document)
            session.execute(earlier.where(ShortfallRow.number.in_([page.number for page in part])))
            for page in part:
                session.merge(page_row(document, page))
            session.flush()
            session.add_all(row for page in part for row in shortfall_rows(document, page))


def store_enrichments(sessions: sessionmaker[Session], document: str, enrichments: Mapping[int, Enrichment]) -> None:
    """Keep what was read out of pages' texts, by page number."""
    rows = [{"document_id": document, "number": n, **enriched(found)} for n, found in enrichments.items()]
    for part in _parts(rows):
        with sessions.begin() as session:
            session.execute(update(PageRow), part)


def set_page_states(
    sessions: sessionmaker[Session],
    document: str,
    state: State,
    numbers: Sequence[int],
    errors: Mapping[int, str] | None = None,
) -> None:
    """One state for many pages; pages named in `errors` fail as rejected by the engine instead.

    Of the pages to be confirmed, those that lack something become partial.
    """
    with read_session(sessions) as session:
        lacking = _pages_with_shortfalls(session, document) if state is State.CONFIRMED else frozenset()
    for part in _parts(numbers):
        with sessions.begin() as session:
            query = select(PageRow).where(PageRow.document_id == document, PageRow.number.in_(part))
            for row in session.scalars(query):
                _settle_page(row, State.PARTIAL if row.number in lacking else state, errors or {})


def _settle_page(row: PageRow, state: State, failed: Mapping[int, str]) -> None:
    row.state = state
    if row.number in failed:
        row.state, row.reason = State.FAILED, Reason.REJECTED.value
        row.detail = fitting(failed[row.number])


def _pages_with_shortfalls(session: Session, document: str) -> frozenset[int]:
    """Numbers of the document's pages that have shortfalls."""
    return frozenset(session.scalars(select(ShortfallRow.number).where(ShortfallRow.document_id == document)))


def close_document(sessions: sessionmaker[Session], document: str, refused: str = "") -> State:
    """The document's final state from its pages' states; `refused`: why the engine refused it as a whole."""
    with read_session(sessions) as session:
        query = select(PageRow.state, PageRow.reason).where(PageRow.document_id == document)
        pages = list(session.execute(query.order_by(PageRow.number)))
    state = combined_state([page.state for page in pages])
    values = {"reason": next((page.reason for page in pages if page.reason), "")}
    if refused and state is State.CONFIRMED:
        state = State.PARTIAL
        values = {"reason": Reason.REJECTED.value, "detail": fitting(refused)}
    with sessions.begin() as session:
        changed = update(DocumentRow).where(DocumentRow.id == document)
        session.execute(changed.values(state=state.value, **values))
    return state


def close_file(sessions: sessionmaker[Session], file_id: int) -> State:
    """The file's final state is its own document's; attachments count apart."""
    with sessions.begin() as session:
        query = select(DocumentRow).where(DocumentRow.file_id == file_id)
        documents = list(session.scalars(query))
        main = next(row for row in documents if row.parent_id is None)
        finished = all(row.state.final for row in documents)
        state = main.state if finished else State.FOUND
        values = {"state": state, "reason": main.reason, "detail": main.detail}
        session.execute(update(FileRow).where(FileRow.id == file_id).values(**values))
    return state


def fail_file(sessions: sessionmaker[Session], file_id: int, fault: DocumentFault) -> State:
    """A file whose failure cannot be recorded as a document with a page."""
    values = {"state": State.FAILED, "reason": fault.reason.value, "detail": fitting(fault.detail)}
    set_file(sessions, file_id, **values)
    return State.FAILED


def drop_documents(sessions: sessionmaker[Session], ids: Sequence[str]) -> None:
    """Only after their records have left the index. Attachments first: they point at their parents."""
    _delete_pages(sessions, ids)
    with sessions.begin() as session:
        session.execute(delete(DocumentRow).where(DocumentRow.id.in_(ids), DocumentRow.parent_id.is_not(None)))
        session.execute(delete(DocumentRow).where(DocumentRow.id.in_(ids)))


def combined_state(states: Sequence[State]) -> State:
    """Of a whole from its parts: any unfinished → unfinished; searchable, but not all of it → partial."""
    if not states or any(not state.final for state in states):
        return State.EXTRACTED
    if State.FAILED in states:
        return State.PARTIAL if SEARCHABLE_STATES.intersection(states) else State.FAILED
    if State.PARTIAL in states:
        return State.PARTIAL
    return State.CONFIRMED if State.CONFIRMED in states else State.BLANK
