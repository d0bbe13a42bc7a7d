"""Migrations are all or nothing, and one process at a time makes them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import monotonic

from sqlalchemy import create_engine, inspect, select, text

from casefile.database.accounts import AccountsBase
from casefile.database.ledger import CaseRow, DocumentRow, LedgerBase, RunRow
from casefile.database.sessions import Kind, database_url, migrate, open_database
from casefile.settings import Settings, load_settings

OPEN = """
import sys
from pathlib import Path
from casefile.database.sessions import open_database
from casefile.settings import load_settings

sys.stdin.readline()  # all begin at once
settings = load_settings(home=Path(sys.argv[1]), ledger_url=sys.argv[2] or None, accounts_url=sys.argv[3] or None)
for kind in ("ledger", "accounts"):
    open_database(settings, kind)
"""
KILLED_AT_THE_FOURTH_TABLE = """
import os, signal
from sqlalchemy import Engine, event

made = []

@event.listens_for(Engine, "before_cursor_execute")
def count(connection, cursor, statement, *rest):
    made.extend([statement] if "CREATE TABLE" in statement else [])
    if len(made) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
"""
AT_ONCE = 4


def start(settings: Settings, prelude: str = "") -> subprocess.Popen[str]:
    addresses = [settings.ledger_url or "", settings.accounts_url or ""]
    command = [sys.executable, "-c", prelude + OPEN, str(settings.home), *addresses]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def tables(settings: Settings, kind: Kind) -> set[str]:
    engine = open_database(settings, kind).kw["bind"]
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_a_migration_that_was_killed_is_made_again(either_database: Settings) -> None:
    killed = start(either_database, KILLED_AT_THE_FOURTH_TABLE)
    _, errors = killed.communicate("\n", timeout=60)
    assert killed.returncode == -9, errors
    assert tables(either_database, "ledger") == {*LedgerBase.metadata.tables, "alembic_version"}
    assert tables(either_database, "accounts") == {*AccountsBase.metadata.tables, "alembic_version"}


def test_processes_that_start_at_once_do_not_break_each_other(either_database: Settings) -> None:
    processes = [start(either_database) for _ in range(AT_ONCE)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    ends = [(process.communicate(timeout=60)[1], process.returncode) for process in processes]
    assert [code for _, code in ends] == [0] * AT_ONCE, ends


def test_a_start_with_nothing_to_migrate_waits_for_no_writer(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    sessions = open_database(settings, "ledger")
    with sessions.begin() as session:
        session.execute(text("SELECT 1"))
        began = monotonic()
        open_database(settings, "ledger").kw["bind"].dispose()
        assert monotonic() - began < 20
    sessions.kw["bind"].dispose()


BEFORE_COVER_COLUMNS = "0008"
STORED_COVER = {
    "laufzeit_von": "2018-03-01",
    "aussonderung": "2031-12-31",
    "dokumente": [{"datei": "a.eml", "absender": "Amt"}, {"datei": "b.pdf"}],
}
STORED = (
    "INSERT INTO roots (id, name, path) VALUES (1, 'bestand', 'bestand')",
    "INSERT INTO cases (id, root_id, folder, cover_state, cover, cover_problem, aktenzeichen, unit, confidentiality,"
    " version, indexed_version) VALUES ('c', 1, 'akte', 'present', :cover, '', '', '', 0, 1, 1)",
    "INSERT INTO files (id, root_id, path, raw_path, size, mtime_ns, ctime_ns, inode, role, state, reason, detail,"
    " attempts, case_id, vorgang, updated)"
    " VALUES (1, 1, 'akte/a.eml', 'x', 1, 1, 1, 1, 'document', 'confirmed', '', '',"
    " 0, 'c', '', '2026-01-01')",
    "INSERT INTO runs (id, started, host, pid, pid_started) VALUES (1, '2026-01-01 10:00:00', 'x', 1, 1)",
)
STORED_DOCUMENT = (
    "INSERT INTO documents (id, file_id, parent_id, case_id, path, sha256, media_type, title, own_title, kind, date,"
    " language, page_count, acl_id, state, reason, detail)"
    " VALUES (:id, 1, :parent, 'c', :path, 'x', '', '', '', '', '', '', 1, 'a', 'confirmed', '', '')"
)


def test_what_cover_sheets_say_moves_into_the_new_columns(either_database: Settings) -> None:
    (either_database.home / "db").mkdir(parents=True, exist_ok=True)
    migrate(either_database, "ledger", BEFORE_COVER_COLUMNS)
    engine = create_engine(database_url(either_database, "ledger"))
    with engine.begin() as connection:
        for statement in STORED:
            connection.execute(text(statement), {"cover": json.dumps(STORED_COVER)} if ":cover" in statement else {})
        for number, parent, path in (("1", None, "akte/a.eml"), ("2", "1", "akte/a.eml!b.pdf")):
            connection.execute(text(STORED_DOCUMENT), {"id": number, "parent": parent, "path": path})
    engine.dispose()
    sessions = open_database(either_database, "ledger")
    with sessions() as session:
        case = session.get_one(CaseRow, "c")
        assert (case.period_from, case.period_to, case.retention) == (date(2018, 3, 1), None, date(2031, 12, 31))
        assert list(session.scalars(select(DocumentRow.sender).order_by(DocumentRow.id))) == ["Amt", "Amt"]
        run = session.get_one(RunRow, 1)
        assert run.heartbeat == run.started
    sessions.kw["bind"].dispose()
