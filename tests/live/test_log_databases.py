"""The transparency log on either database, kept by a thread as in interface and worker, and through its commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Signal

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from aktensuche.cli import LazyGroup
from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditCheckpointRow, AuditTreeRow
from casefile.database.events import Channel
from casefile.database.sessions import open_database, read_session
from casefile.settings import PREFIX, Settings
from oversight.audit import Actor, record
from oversight.log.check.checking import check_log
from oversight.log.keeper import LogKeeper
from oversight.log.keys import open_key
from oversight.log.retention import erase_fields
from tests.logs import WITNESS, search_of, sequence_all

THREADS, ROWS_EACH = 4, 15
PATIENCE_S = 60
TODAY = datetime.now(UTC).date()


@pytest.fixture
def accounts(either_database: Settings) -> Iterator[sessionmaker[Session]]:
    sessions = open_database(either_database, "accounts")
    yield sessions
    sessions.kw["bind"].dispose()


@pytest.fixture
def run(either_database: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """A command of this instance, with a second place and a list of witnesses."""
    (tmp_path / "zweite").mkdir()
    (tmp_path / "zeugen").write_text("")
    values = {"HOME": either_database.home, "AUDIT_COPY": tmp_path / "zweite", "AUDIT_WITNESSES": tmp_path / "zeugen"}
    values |= {"ACCOUNTS_URL": either_database.accounts_url, "LEDGER_URL": either_database.ledger_url}
    for name, value in values.items():
        if value is not None:
            monkeypatch.setenv(PREFIX + name, str(value))
    commands = LazyGroup()

    def invoke(*arguments: object, stdin: str = "") -> Result:
        return CliRunner().invoke(
            commands, list(map(str, arguments)), input=stdin, catch_exceptions=False, standalone_mode=False
        )

    return invoke


def tree_size(accounts: sessionmaker[Session]) -> int:
    with read_session(accounts) as session:
        return session.scalar(select(AuditTreeRow.size)) or 0


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_S * 20):
        if condition():
            return
        Signal().wait(0.05)
    raise AssertionError("it did not come about")


def test_rows_are_taken_in_while_many_write_and_two_keep(
    either_database: Settings, accounts: sessionmaker[Session]
) -> None:
    """Two keepers and two more sequencers: no fork, no gap, no row twice."""
    keepers = [LogKeeper(either_database, lambda: accounts) for _ in range(2)]
    for keeper in keepers:
        keeper.start()
    wait_for(lambda: (either_database.home / "secrets" / "audit-log.key").exists() and tree_known(accounts))
    key = open_key(either_database, accounts)

    def write(thread: int) -> None:
        for number in range(ROWS_EACH):
            record(accounts, search_of(thread * ROWS_EACH + number))
            sequence_all(accounts, key)

    with ThreadPoolExecutor() as threads:
        for future in [threads.submit(write, thread) for thread in range(THREADS)]:
            future.result()
    wait_for(lambda: tree_size(accounts) == THREADS * ROWS_EACH)
    for keeper in keepers:
        keeper.stop()
    found = check_log(either_database, accounts, [], TODAY)
    assert (found.findings, found.signed) == ([], THREADS * ROWS_EACH)
    with read_session(accounts) as session:
        assert session.scalars(select(AuditCheckpointRow.size)).all()


def tree_known(accounts: sessionmaker[Session]) -> bool:
    with read_session(accounts) as session:
        return session.scalar(select(AuditTreeRow.key)) is not None


def test_a_change_is_found_and_an_erasure_is_none(either_database: Settings, accounts: sessionmaker[Session]) -> None:
    record(accounts, *map(search_of, range(9)))
    key = open_key(either_database, accounts)
    sequence_all(accounts, key)
    assert erase_fields(accounts, Actor("", Channel.CLI, "root"), [4], ["user", "detail"]) == 1
    sequence_all(accounts, key)
    assert check_log(either_database, accounts, [], TODAY).findings == []
    with accounts.begin() as session:
        session.execute(update(AuditRow).where(AuditRow.id == 6).values(detail={}))
    assert [finding.row for finding in check_log(either_database, accounts, [], TODAY).findings] == [6]


def test_the_commands_from_the_first_row_to_the_witness(
    accounts: sessionmaker[Session], run: Callable[..., Result], tmp_path: Path
) -> None:
    record(accounts, *map(search_of, range(5)))
    key = run("audit", "key").output.strip()
    witness_key = run("witness", "init", tmp_path / "zeuge", "--name", WITNESS, "--log", key).output
    (tmp_path / "zeugen").write_text(witness_key)
    before = run("audit", "verify", "--json")
    assert (before.return_value, json.loads(before.stdout)["findings"][0]["flaw"]) == (1, "witness")

    request = run("audit", "request", "--witness", WITNESS).stdout
    answer = run("witness", "cosign", tmp_path / "zeuge", "-", stdin=request).stdout
    assert f"{WITNESS} bezeugt 5 Einträge" in run("audit", "cosigned", "-", stdin=answer).output
    (tmp_path / "punkt").write_text(run("witness", "checkpoint", tmp_path / "zeuge").stdout)
    whole = run("audit", "verify", "--checkpoint", tmp_path / "punkt")
    assert (whole.return_value, "Das Protokoll ist unversehrt." in whole.output) == (0, True)

    assert run("audit", "prove", 3).stdout.startswith("c2sp.org/tlog-proof@v1\n")
    assert "Einträge in" in run("audit", "export", tmp_path / "aus").output
    assert "In 1 Zeile gelöscht: text." in run("audit", "erase", "--row", 2, "--field", "text").output
    assert "nichts zu löschen" in run("audit", "expire").output
    assert run("audit", "verify").return_value == 0
    with accounts.begin() as session:
        actions = list(session.scalars(select(AuditRow.action).where(AuditRow.id > 5).order_by(AuditRow.id)))
        session.execute(update(AuditRow).where(AuditRow.id == 4).values(user="niemand"))
    assert [str(action) for action in actions] == ["audit_proof", "audit_export", "audit_erased"]
    changed = run("audit", "verify")
    assert (changed.return_value, "Zeile 4: Zeile geändert" in changed.output) == (1, True)

    again = run("audit", "request", "--witness", WITNESS, "--old", 1).stdout
    refused = run("witness", "cosign", tmp_path / "zeuge", "-", stdin=again)
    assert (refused.return_value, "--old 5" in refused.output) == (1, True)
