"""Alembic's entry for both databases; `casefile.database.migrate` sets `url` and `kind`.

A migration is one transaction, so that one cut short leaves nothing behind. One process at a time migrates; the others
wait, and then find nothing left to do.
"""

from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, event, pool

from casefile.database.accounts import AccountsBase
from casefile.database.auditlog import AuditTreeRow  # noqa: F401 - its tables belong to the accounts
from casefile.database.ledger import LedgerBase

MIGRATION_LOCK = 0x616B7465  # any number that the program uses for nothing else
config = context.config
metadata = LedgerBase.metadata if config.attributes["kind"] == "ledger" else AccountsBase.metadata


def at_head(engine: Engine) -> bool:
    """Asked first, so that a start with nothing to migrate never waits for a writer."""
    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == set(context.script.get_heads())


def wait_on_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=30000")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()
    connection.isolation_level = None  # the driver's own BEGIN comes after CREATE TABLE, which would not be undone


def begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            context.run_migrations()


engine = create_engine(config.attributes["url"], poolclass=pool.NullPool)
if engine.dialect.name == "sqlite":
    event.listen(engine, "connect", wait_on_sqlite)
try:
    if not at_head(engine):
        if engine.dialect.name == "sqlite":
            event.listen(engine, "begin", begin_immediate)
        migrate(engine)
finally:
    engine.dispose()
