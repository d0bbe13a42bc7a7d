"""Several threads and processes write the ledger at once, on either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import (
    AclRow,
    CaseRow,
    FileRow,
    RootRow,
)
from casefile.database.sessions import open_database, read_session
from casefile.model import CaseFile, CoverSheet, CoverState, FileRole, ListedDocument, State
from casefile.settings import Settings
from indexer.ledger.documents import record_document
from indexer.ledger.entries import DocumentEntry
from indexer.ledger.runs import ensure_root

KIND = "Bescheid"
OVERLAP_S = 0.5


@pytest.fixture
def sessions(either_database: Settings) -> Iterator[sessionmaker[Session]]:
    sessions = open_database(either_database, "ledger")
    yield sessions
    sessions.kw["bind"].dispose()


@contextmanager
def first_holds_its_row(sessions: sessionmaker[Session], table: str) -> Iterator[Event]:
    """The first transaction that inserts into the table ends only after the second had the time to try."""
    inserted = Event()

    def hold(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(f"INSERT INTO {table}") and not inserted.is_set():
            inserted.set()
            Event().wait(OVERLAP_S)

    event.listen(sessions.kw["bind"], "after_cursor_execute", hold)
    yield inserted
    event.remove(sessions.kw["bind"], "after_cursor_execute", hold)


def run_both(sessions: sessionmaker[Session], table: str, *calls: Callable[[], object]) -> list[object]:
    with first_holds_its_row(sessions, table) as inserted, ThreadPoolExecutor() as threads:
        first = threads.submit(calls[0])
        assert inserted.wait(30)
        others = [threads.submit(call) for call in calls[1:]]
        return [future.result() for future in (first, *others)]


def test_a_new_kind_is_met_by_two_documents_at_once(sessions: sessionmaker[Session]) -> None:
    names = ("a.pdf", "b.pdf")
    case = CaseFile("c" * 32, "bestand", "Akte", CoverState.PRESENT, _cover(names))
    files = _files(sessions, case, names)
    run_both(
        sessions,
        "acls",
        *(
            lambda file=file: record_document(  # type: ignore[misc]
                sessions, file, "bestand", case, DocumentEntry(file.path, "0" * 64, "application/pdf", "", ())
            )
            for file in files
        ),
    )
    with read_session(sessions) as session:
        assert session.scalar(select(func.count()).select_from(AclRow)) == 1


def test_a_new_root_is_met_by_two_commands_at_once(sessions: sessionmaker[Session], tmp_path: Path) -> None:
    roots = run_both(sessions, "roots", *[lambda: ensure_root(sessions, "bestand", tmp_path).id] * 2)
    assert roots[0] == roots[1]


def _cover(names: tuple[str, ...]) -> CoverSheet:
    return CoverSheet(stelle="Team 1", dokumente=tuple(ListedDocument(name, art=KIND) for name in names))


def _files(sessions: sessionmaker[Session], case: CaseFile, names: tuple[str, ...]) -> list[FileRow]:
    with sessions.begin() as session:
        session.add(RootRow(id=1, name="bestand", path="/"))
        session.flush()
        session.add(CaseRow(id=case.id, root_id=1, folder=case.folder, cover_state=case.cover_state, cover={}))
        session.flush()
        rows = [_file_row(f"{case.folder}/{name}", case.id) for name in names]
        session.add_all(rows)
    return rows


def _file_row(path: str, case: str) -> FileRow:
    stamp = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
    return FileRow(
        root_id=1, path=path, raw_path=path.encode(), role=FileRole.DOCUMENT, state=State.FOUND, case_id=case, **stamp
    )
