"""Alembic's entry for both databases; `casefile.database.migrate` sets `url` and `kind`."""

from alembic import context
from sqlalchemy import create_engine, pool

from casefile.accounts import AccountsBase
from casefile.ledger import LedgerBase

config = context.config
metadata = LedgerBase.metadata if config.attributes["kind"] == "ledger" else AccountsBase.metadata
engine = create_engine(config.attributes["url"], poolclass=pool.NullPool)

with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA busy_timeout=30000")
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.commit()
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
