"""Pages that are searchable though something on them is known to be missing, in the ledger, on either database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.counts import PageCounts, source_counts
from casefile.database.ledger import CaseRow, FileRow, PageRow, RootRow, ShortfallRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import REMEDIES, Reason, Shortfall
from casefile.model import CaseFile, CoverSheet, CoverState, FileRole, State
from casefile.settings import Settings
from indexer.ledger.cleanup import reset_failed
from indexer.ledger.documents import (
    DocumentEntry,
    PageEntry,
    close_document,
    close_file,
    drop_documents,
    record_document,
    set_page_states,
    update_pages,
)
from indexer.upkeep.failures import failures

NOTE = Shortfall(Reason.ANNOTATION_NOT_READ, "Stempel")
PICTURE = Shortfall(Reason.PICTURE_NOT_READ)
CASE = CaseFile("c" * 32, "bestand", "Akte", CoverState.PRESENT, CoverSheet())


@pytest.fixture
def sessions(either_database: Settings) -> Iterator[sessionmaker[Session]]:
    sessions = open_database(either_database, "ledger")
    yield sessions
    sessions.kw["bind"].dispose()


@pytest.fixture
def document(sessions: sessionmaker[Session]) -> str:
    """A document of two pages in its final state: the first lacks two things, the second nothing."""
    with sessions.begin() as session:
        session.add(RootRow(id=1, name="bestand", path="/"))
        session.flush()
        session.add(CaseRow(id=CASE.id, root_id=1, folder=CASE.folder, cover_state=CASE.cover_state, cover={}))
        session.flush()
        file = FileRow(
            root_id=1, path="Akte/a.pdf", raw_path=b"Akte/a.pdf", size=1, mtime_ns=1, ctime_ns=1, inode=1,
            role=FileRole.DOCUMENT, state=State.FOUND, case_id=CASE.id,
        )  # fmt: skip
        session.add(file)
    first = PageEntry(1, State.EXTRACTED, NOTE.reason.value, NOTE.detail, shortfalls=(NOTE, PICTURE))
    pages = (first, PageEntry(2, State.EXTRACTED))
    identifier = record_document(
        sessions, file, "bestand", CASE, DocumentEntry("Akte/a.pdf", "0" * 64, "application/pdf", "", pages)
    )
    finish(sessions, identifier)
    return identifier


def finish(sessions: sessionmaker[Session], document: str) -> None:
    set_page_states(sessions, document, State.SENT, [1, 2])
    set_page_states(sessions, document, State.CONFIRMED, [1, 2])
    close_document(sessions, document)
    close_file(sessions, 1)


def reported(sessions: sessionmaker[Session]) -> list[tuple[int | None, str, str, str]]:
    with read_session(sessions) as session:
        return [(f.page, f.code, f.remedy, f.detail) for f in failures(session)]


def test_what_lacks_something_is_partial_and_the_parts_add_up(sessions: sessionmaker[Session], document: str) -> None:
    with read_session(sessions) as session:
        counts = source_counts(session)
    assert counts.pages == PageCounts(total=2, pending=0, searchable=1, partial=1, blank=0, failed=0)
    assert (counts.files.total, counts.files.partial) == (1, 1)


def test_everything_a_page_lacks_is_reported_with_its_remedy(sessions: sessionmaker[Session], document: str) -> None:
    assert reported(sessions) == [
        (1, "annotation_not_read", REMEDIES[NOTE.reason], "Stempel"),
        (1, "picture_not_read", REMEDIES[PICTURE.reason], ""),
    ]


@pytest.mark.parametrize(("reason", "roots"), [(None, [1]), (PICTURE.reason, [1]), (Reason.CORRUPT, [])])
def test_partial_pages_are_read_again_by_any_of_their_reasons(
    sessions: sessionmaker[Session], document: str, reason: Reason | None, roots: list[int]
) -> None:
    assert reset_failed(sessions, reason, {1}) == roots


def test_a_page_that_was_read_in_full_later_lacks_nothing(sessions: sessionmaker[Session], document: str) -> None:
    update_pages(sessions, document, [PageEntry(1, State.EXTRACTED)])
    finish(sessions, document)
    assert reported(sessions) == []
    with read_session(sessions) as session:
        assert set(session.scalars(select(PageRow.state))) == {State.CONFIRMED}
        assert source_counts(session).files.searchable == 1


def test_a_dropped_document_leaves_no_shortfall(sessions: sessionmaker[Session], document: str) -> None:
    drop_documents(sessions, [document])
    with read_session(sessions) as session:
        assert session.scalars(select(ShortfallRow)).all() == []
