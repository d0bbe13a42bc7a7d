"""The numbers of audit rows have no gaps, on either database and whoever writes at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal
from time import monotonic

import pytest
from sqlalchemy import create_engine, delete, select, text
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditRow
from casefile.database.events import Action, Channel
from casefile.database.sessions import (
    database_url,
    migrate,
    open_database,
    read_session,
)
from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from oversight import audit
from oversight.audit import Actor, Event, append, record
from oversight.log.check.checking import check_log
from oversight.log.check.findings import Flaw
from oversight.log.keys import open_key
from tests.logs import sequence_all
from tests.postgres import Cluster

EVENT = Event(Actor("vogt", Channel.WEB), Action.SEARCH, text="Miete")
THREADS = 4
ROWS_EACH = 10
ROW_BEFORE = (
    'INSERT INTO audit (id, at, "user", os_user, channel, action, outcome, purpose, text, case_id, document_id, '
    "detail) VALUES (:id, '2026-01-01 00:00:00', 'vogt', '', 'web', 'search', 'ok', '', 'Miete', '', '', '{}')"
)


@pytest.fixture
def accounts(either_database: Settings) -> Iterator[sessionmaker[Session]]:
    sessions = open_database(either_database, "accounts")
    yield sessions
    sessions.kw["bind"].dispose()


def numbers(accounts: sessionmaker[Session]) -> list[int]:
    with read_session(accounts) as session:
        return list(session.scalars(select(AuditRow.id).order_by(AuditRow.id)))


def missing(settings: Settings, accounts: sessionmaker[Session]) -> list[int | None]:
    """Numbers without a row, as `audit verify` tells them."""
    open_key(settings, accounts)
    found = check_log(settings, accounts, [], datetime.now(UTC).date()).findings
    return [finding.row for finding in found if finding.flaw is Flaw.ROW_MISSING]


def test_what_was_rolled_back_leaves_no_gap(either_database: Settings, accounts: sessionmaker[Session]) -> None:
    record(accounts, EVENT)
    with accounts() as session:
        append(session, EVENT, EVENT)
        session.flush()
        session.rollback()
    record(accounts, EVENT, EVENT)
    assert numbers(accounts) == [1, 2, 3]
    assert missing(either_database, accounts) == []


def test_rows_become_visible_in_their_order(either_database: Settings, accounts: sessionmaker[Session]) -> None:
    """Whoever comes second waits for the first; a check in between misses nothing."""
    open_key(either_database, accounts)
    with ThreadPoolExecutor() as threads:
        with accounts.begin() as session:
            append(session, EVENT)
            session.flush()
            second = threads.submit(record, accounts, EVENT)
            Signal().wait(0.3)
            assert (numbers(accounts), missing(either_database, accounts)) == ([], [])
        second.result()
    assert numbers(accounts) == [1, 2]


def test_many_at_once(either_database: Settings, accounts: sessionmaker[Session]) -> None:
    open_key(either_database, accounts)

    def write() -> None:
        for _ in range(ROWS_EACH):
            record(accounts, EVENT)
            assert missing(either_database, accounts) == []

    with ThreadPoolExecutor() as threads:
        for future in [threads.submit(write) for _ in range(THREADS)]:
            future.result()
    assert numbers(accounts) == list(range(1, THREADS * ROWS_EACH + 1))


@pytest.mark.parametrize("gone", [2, 3])
def test_a_deleted_row_is_named_the_last_one_too(
    either_database: Settings, accounts: sessionmaker[Session], gone: int
) -> None:
    record(accounts, EVENT, EVENT, EVENT)
    with accounts.begin() as session:
        session.execute(delete(AuditRow).where(AuditRow.id == gone))
    assert missing(either_database, accounts) == [gone]


def test_nobody_waits_long_for_a_number(postgres: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "LOCK_WAIT_S", 1)
    accounts = open_database(postgres.settings(tmp_path), "accounts")
    with accounts.begin() as session:
        append(session, EVENT)
        session.flush()
        began = monotonic()
        with pytest.raises(EnvironmentFault) as fault:
            record(accounts, EVENT)
        assert monotonic() - began < 10
    assert fault.value.code == "database_down"
    assert numbers(accounts) == [1]
    accounts.kw["bind"].dispose()


def test_rows_from_before_are_kept(either_database: Settings) -> None:
    """With the gaps that PostgreSQL's sequence left: they are no alarm."""
    of_a_sequence = either_database.accounts_url is not None
    before = [1, 2, 5] if of_a_sequence else [1, 2, 3]
    (either_database.home / "db").mkdir()
    migrate(either_database, "accounts", "0001")
    engine = create_engine(database_url(either_database, "accounts"))
    with engine.begin() as connection:
        connection.execute(text(ROW_BEFORE), [{"id": number} for number in before])
    engine.dispose()
    accounts = open_database(either_database, "accounts")
    record(accounts, EVENT)
    assert numbers(accounts) == [*before, before[-1] + 1]
    assert missing(either_database, accounts) == []
    leaves = sequence_all(accounts, open_key(either_database, accounts))
    assert leaves == (1 if of_a_sequence else 4)
    found = check_log(either_database, accounts, [], datetime.now(UTC).date())
    assert (found.rows, found.findings) == (4, [])
    accounts.kw["bind"].dispose()
