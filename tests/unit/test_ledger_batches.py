"""No transaction of the ledger grows with a document: other writers come in between, and a kill there loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import DocumentRow, FileRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.model import State
from casefile.settings import load_settings
from indexer.ledger import documents
from indexer.ledger.documents import BATCH
from indexer.ledger.entries import DocumentEntry, PageEntry
from tests.material import ledger_of_one_document

PAGES = 3 * BATCH + 7
SHA256 = "0" * 64


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    return ledger_of_one_document(tmp_path, "1" * 64, state=State.FOUND, pages=0)


def entry(pages: int = PAGES) -> DocumentEntry:
    found = tuple(PageEntry(number, State.EXTRACTED) for number in range(1, pages + 1))
    return DocumentEntry("b", SHA256, "application/pdf", "b", found)


def record(sessions: sessionmaker[Session], pages: int = PAGES) -> str:
    with read_session(sessions) as session:
        file = session.scalars(select(FileRow)).one()
    return documents.record_document(
        sessions, file, "bestand", documents.case_of(sessions, "c", "bestand"), entry(pages)
    )


def unfinished(sessions: sessionmaker[Session], document: str) -> bool:
    with read_session(sessions) as session:
        return not State(session.get_one(DocumentRow, document).state).final


def count(sessions: sessionmaker[Session], document: str) -> int:
    with read_session(sessions) as session:
        return session.scalar(select(func.count()).where(PageRow.document_id == document)) or 0


@contextmanager
def written_rows(sessions: sessionmaker[Session]) -> Iterator[list[int]]:
    """Rows that each transaction has written."""
    engine, transactions = sessions.kw["bind"], [0]

    def executed(_connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SELECT", "BEGIN", "PRAGMA")):
            transactions[-1] += max(0, cursor.rowcount)  # type: ignore[attr-defined]

    def committed(_connection: object) -> None:
        transactions.append(0)

    event.listen(engine, "after_cursor_execute", executed)
    event.listen(engine, "commit", committed)
    try:
        yield transactions
    finally:
        event.remove(engine, "after_cursor_execute", executed)
        event.remove(engine, "commit", committed)


def test_no_transaction_is_longer_than_a_batch(sessions: sessionmaker[Session]) -> None:
    with written_rows(sessions) as transactions:
        document = record(sessions)
        numbers = list(range(1, PAGES + 1))
        documents.update_pages(sessions, document, entry().pages)
        documents.set_page_states(sessions, document, State.CONFIRMED, numbers)
        assert documents.close_document(sessions, document) is State.CONFIRMED
        record(sessions, 3)
        record(sessions)
        documents.drop_documents(sessions, [document])
    assert sum(transactions) > 4 * PAGES
    assert max(transactions) <= BATCH + 2


def test_between_two_batches_there_is_time_for_those_who_wait(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite is not fair: a writer that comes back at once is before all who wait, and they give up after 30 s."""
    pauses: list[float] = []
    monkeypatch.setattr(documents.time, "sleep", pauses.append)
    record(sessions)
    assert pauses == [documents.PAUSE_S] * (PAGES // BATCH)
    assert documents.PAUSE_S > 0.1  # the longest time between two tries of SQLite's busy handler


@pytest.mark.parametrize("batch", range(5))
def test_a_kill_between_two_batches_leaves_the_document_unfinished(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    document = record(sessions, 5)
    documents.set_page_states(sessions, document, State.CONFIRMED, range(1, 6))
    documents.close_document(sessions, document)
    begin, left = sessions.begin, [batch]

    def until_killed() -> object:
        if not left[0]:
            raise Killed
        left[0] -= 1
        return begin()

    monkeypatch.setattr(sessions, "begin", until_killed)
    with pytest.raises(Killed):
        record(sessions)
    monkeypatch.undo()
    assert bool(batch) == unfinished(sessions, document)  # before the first one, nothing has been touched
    assert documents.is_read(sessions, document) == (count(sessions, document) == 5)  # the old pages, or not all
    record(sessions)
    assert count(sessions, document) == PAGES
    assert documents.is_read(sessions, document)


def test_another_writer_comes_in_between(tmp_path: Path, sessions: sessionmaker[Session]) -> None:
    """A second connection writes after every batch, as another root's run does."""
    other = open_database(load_settings(home=tmp_path), "ledger")
    engine, written = sessions.kw["bind"], []

    def returned(*_: object) -> None:
        documents.set_file(other, 1, detail=f"Fassung {len(written)}")
        written.append(1)

    event.listen(engine, "checkin", returned)  # the connection is back: its transaction has ended
    record(sessions)
    event.remove(engine, "checkin", returned)
    assert len(written) > PAGES // BATCH
    with read_session(sessions) as session:
        assert session.scalars(select(DocumentRow.page_count).where(DocumentRow.sha256 == SHA256)).one() == PAGES
