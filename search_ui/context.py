"""What a request works with, as an argument and never as a module global: databases, engine, derived store."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.sessions import Databases, open_database
from casefile.index.client import PEOPLE, Patience
from casefile.index.reader import IndexReader
from casefile.instance import opensearch_url
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore


class EngineLink:
    """The store of the engine that runs now. It may start after the interface, and at another port after a restart."""

    def __init__(self, settings: Settings, patience: Patience = PEOPLE) -> None:
        self._settings = settings
        self._patience = patience
        self._lock = Lock()
        self._url = ""
        self._store: IndexReader | None = None

    def store(self) -> IndexReader:
        """Raises EnvironmentFault `engine_down` where no engine is configured or running."""
        url = opensearch_url(self._settings)
        with self._lock:
            if self._store is None or url != self._url:
                self._store, self._url = IndexReader.open(self._settings, self._patience), url
            return self._store

    def close(self) -> None:
        with self._lock:
            if self._store is not None:
                self._store.close()
            self._store = None


@dataclass(frozen=True)
class Context:
    settings: Settings
    ledger: sessionmaker[Session]
    accounts: sessionmaker[Session]
    derived: DerivedStore
    engine: EngineLink = field(repr=False)

    @property
    def databases(self) -> Databases:
        return Databases(self.ledger, self.accounts)

    def close(self) -> None:
        self.engine.close()
        for sessions in (self.ledger, self.accounts):
            sessions.kw["bind"].dispose()


def open_context(settings: Settings, patience: Patience = PEOPLE) -> Context:
    """Raises EnvironmentFault where a database cannot be opened; the engine may be down."""
    return Context(
        settings=settings,
        ledger=open_database(settings, "ledger"),
        accounts=open_database(settings, "accounts"),
        derived=DerivedStore(settings.home / "derived"),
        engine=EngineLink(settings, patience),
    )
