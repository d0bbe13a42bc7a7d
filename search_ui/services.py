"""What answering needs, as an argument and never as a module global: settings, databases, index, texts, page images."""

from __future__ import annotations

from threading import Lock

from casefile.database.sessions import Databases, open_database
from casefile.index.client import PEOPLE, Patience
from casefile.index.reader import IndexReader
from casefile.instance import opensearch_url
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from search_ui.reading.rendering import Renderer


class Services:
    """One of them serves all requests of a process, or one command.

    Raises EnvironmentFault where a database cannot be opened; the engine may be down, and the renderer starts its
    process at the first page.
    """

    def __init__(self, settings: Settings, patience: Patience = PEOPLE) -> None:
        self.settings = settings
        self.ledger = open_database(settings, "ledger")
        self.accounts = open_database(settings, "accounts")
        self.databases = Databases(self.ledger, self.accounts)
        self.derived = DerivedStore(settings.home / "derived")
        self.renderer = Renderer()
        self._patience = patience
        self._lock = Lock()
        self._index: IndexReader | None = None
        self._index_url = ""

    def index(self) -> IndexReader:
        """Of the engine that runs now: it may start after the interface, and at another port after a restart.

        Raises EnvironmentFault `engine_down` where no engine is configured or running.
        """
        url = opensearch_url(self.settings)
        with self._lock:
            if self._index is None or url != self._index_url:
                self._index, self._index_url = IndexReader.open(self.settings, self._patience), url
            return self._index

    def close(self) -> None:
        self.renderer.close()
        with self._lock:
            if self._index is not None:
                self._index.close()
            self._index = None
        for sessions in (self.ledger, self.accounts):
            sessions.kw["bind"].dispose()
