"""The two databases: SQLite files in the home folder, or PostgreSQL. Everything else uses sessions made here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from casefile.wording import caused

Kind = Literal["ledger", "accounts"]
BUSY_TIMEOUT_S = 30


@dataclass(frozen=True)
class Databases:
    """Sessions on both databases: what rights are read from."""

    ledger: sessionmaker[Session]
    accounts: sessionmaker[Session]


def database_url(settings: Settings, kind: Kind) -> str:
    """With the password from its file, where one is set: a URL in the environment is shown by `ps` and `inspect`."""
    url, secret = _configured(settings, kind)
    if secret is None:
        return url
    password = secret.read_text(encoding="utf-8").strip()
    return make_url(url).set(password=password).render_as_string(hide_password=False)


def _configured(settings: Settings, kind: Kind) -> tuple[str, Path | None]:
    if kind == "ledger":
        return settings.ledger_database, settings.ledger_password_file
    return settings.accounts_database, settings.accounts_password_file


def open_database(settings: Settings, kind: Kind) -> sessionmaker[Session]:
    """Sessions on the migrated database; it is created where it does not exist.

    Raises EnvironmentFault `database_down` where it cannot be reached or written.
    """
    url = database_url(settings, kind)
    try:
        if make_url(url).get_backend_name() == "sqlite":
            Path(make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        migrate(settings, kind)
        return sessionmaker(_engine(url), expire_on_commit=False)
    except (DBAPIError, sqlite3.Error) as error:
        raise database_fault(error, kind) from error


def migrate(settings: Settings, kind: Kind, revision: str = "head") -> None:
    """Bring the database to the newest schema (or an older one); quick where it is there already."""
    config = Config()
    folder = str(Path(__file__).parent / "migrations").replace("%", "%%")
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", folder)
    config.set_main_option("version_locations", f"{folder}/{kind}")
    config.attributes["url"] = database_url(settings, kind)
    config.attributes["kind"] = kind
    command.upgrade(config, revision)


def database_fault(error: Exception, kind: Kind) -> EnvironmentFault:
    what = "des Seitennachweises (Ledger)" if kind == "ledger" else "der Konten und Protokolle"
    cause = str(getattr(error, "orig", None) or error).partition("\n")[0]  # what follows may be the statement's values
    return EnvironmentFault(
        "database_down",
        caused(f"Die Datenbank {what} antwortet nicht.", cause),
        "Speicherplatz, Schreibrechte und Verbindung prüfen, dann denselben Befehl wiederholen.",
    )


def _engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _sqlite_pragmas)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would defer the write lock and fail instead of waiting
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    """Readers say so with `execution_options(read_only=True)` and never wait for a writer."""
    deferred = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")


def read_session(sessions: sessionmaker[Session]) -> Session:
    """A session that only reads: in SQLite it takes no write lock."""
    engine = sessions.kw["bind"]
    return Session(engine.execution_options(read_only=True), expire_on_commit=False)


def insert_if_absent(session: Session, table: type[DeclarativeBase], **values: object) -> None:
    """Several threads and processes may meet the same new thing: the first makes the row, the others find it."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


@contextmanager
def database_errors(kind: Kind) -> Iterator[None]:
    """The driver's failures (disk full, server gone) as environment faults."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        raise database_fault(error, kind) from error
