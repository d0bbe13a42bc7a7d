"""Rows carry words and moments with their types, and one with an unknown word can still be read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import DateTime, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AccountsBase, AuditRow
from casefile.database.columns import UtcDateTime, WordColumn
from casefile.database.events import (
    ACTION_NAMES,
    CHANNEL_NAMES,
    EARLIER_KEYS,
    OUTCOME_NAMES,
    Action,
    Channel,
    Detail,
    Outcome,
    detail_value,
)
from casefile.database.ledger import FileRow, LedgerBase, RootRow
from casefile.database.sessions import Databases, open_database
from casefile.errors import REMEDIES, Reason, remedy
from casefile.model import FileRole, Role, State
from casefile.settings import load_settings
from oversight.accounts import add_user
from oversight.audit import Actor, Event, record
from oversight.rights import current_scope
from tests.web import PASSWORD


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    settings = load_settings(home=tmp_path)
    found = Databases(open_database(settings, "ledger"), open_database(settings, "accounts"))
    yield found
    for sessions in (found.ledger, found.accounts):
        sessions.kw["bind"].dispose()


@pytest.fixture
def ledger(databases: Databases) -> sessionmaker[Session]:
    with databases.ledger.begin() as session:
        session.add(RootRow(id=1, name="bestand", path="bestand"))
        session.flush()
        file = FileRow(root_id=1, path="a", raw_path=b"a", size=1, mtime_ns=1, ctime_ns=1, inode=1)
        file.role, file.state = FileRole.DOCUMENT, State.FOUND
        session.add(file)
    return databases.ledger


def only_file(ledger: sessionmaker[Session]) -> FileRow:
    with ledger() as session:
        return session.scalars(select(FileRow)).one()


def test_words_come_back_as_members_and_moments_in_utc(ledger: sessionmaker[Session]) -> None:
    row = only_file(ledger)
    assert row.state is State.FOUND and row.role is FileRole.DOCUMENT
    assert row.updated.tzinfo is UTC
    with ledger.begin() as session:
        summer = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=2)))
        session.get_one(FileRow, row.id).updated = summer
    assert only_file(ledger).updated == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_words_are_stored_as_before(ledger: sessionmaker[Session]) -> None:
    with ledger() as session:
        assert session.execute(text("SELECT role, state FROM files")).one() == ("document", "found")


def test_a_moment_without_a_time_zone_is_refused(ledger: sessionmaker[Session]) -> None:
    with pytest.raises(StatementError, match="without a time zone"), ledger.begin() as session:
        session.scalars(select(FileRow)).one().updated = datetime(2026, 7, 1)  # noqa: DTZ001 - that is the case


def test_an_unknown_word_is_read_and_is_no_member(ledger: sessionmaker[Session]) -> None:
    with ledger.begin() as session:
        session.execute(text("UPDATE files SET state = 'queued'"))
    state = only_file(ledger).state
    assert state == "queued" and state not in set(State) and not state.final
    with ledger.begin() as session:
        session.scalars(select(FileRow)).one().state = state
    assert only_file(ledger).state == "queued"


def test_an_unknown_role_has_no_rights(databases: Databases) -> None:
    add_user(databases.accounts, "a", Role.LEAD, ["*"], PASSWORD)
    with databases.accounts.begin() as session:
        session.execute(text("UPDATE users SET role = 'owner'"))
    scope = current_scope(databases, "a")
    assert not scope.sees_content and not scope.reads_audit and not scope.acl_ids
    assert not scope.permits_case("c", "Leistung 1", 0)


def test_an_unknown_reason_has_a_remedy() -> None:
    assert remedy("of_tomorrow") == "Der Grund ist nicht bekannt."
    assert [remedy(reason) for reason in Reason] == [REMEDIES[reason] for reason in Reason]


def test_every_word_of_the_log_has_its_german_name() -> None:
    assert set(ACTION_NAMES) == set(Action)
    assert set(OUTCOME_NAMES) == set(Outcome)
    assert set(CHANNEL_NAMES) == set(Channel)


def test_rows_of_earlier_programs_are_read_by_the_keys_of_today() -> None:
    for key, earlier in EARLIER_KEYS.items():
        assert detail_value({earlier: 1}, key) == detail_value({key: 1}, key) == 1
    assert detail_value({}, Detail.SEARCH) is None
    assert not set(EARLIER_KEYS.values()) & set(Detail)


def test_a_row_of_the_log_has_its_types(databases: Databases) -> None:
    record(databases.accounts, Event(Actor("a", Channel.WEB), Action.LOGIN, Outcome.DENIED))
    with databases.accounts() as session:
        row = session.scalars(select(AuditRow)).one()
    assert (row.action, row.channel, row.outcome) == (Action.LOGIN, Channel.WEB, Outcome.DENIED)
    assert isinstance(row.action, Action) and row.at.tzinfo is UTC


def test_every_word_fits_its_column() -> None:
    tables = [*LedgerBase.metadata.tables.values(), *AccountsBase.metadata.tables.values()]
    words = [column.type for table in tables for column in table.columns if isinstance(column.type, WordColumn)]
    assert len(words) >= 9
    for word in words:
        assert max(map(len, word.kind)) <= word.length


def test_every_moment_is_kept_in_utc() -> None:
    tables = [*LedgerBase.metadata.tables.values(), *AccountsBase.metadata.tables.values()]
    columns = [column for table in tables for column in table.columns]
    assert not [column for column in columns if isinstance(column.type, DateTime)]
    assert len([column for column in columns if isinstance(column.type, UtcDateTime)]) >= 8
