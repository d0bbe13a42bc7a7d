"""Migrations are all or nothing, and one process at a time makes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from time import monotonic

from sqlalchemy import inspect, text

from casefile.database.accounts import AccountsBase
from casefile.database.ledger import LedgerBase
from casefile.database.sessions import Kind, open_database
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
