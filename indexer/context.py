"""What every stage needs, opened once for a run and handed on as an argument."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import FileRow, RootRow
from casefile.database.sessions import open_database
from casefile.index.schema import PUBLISHED, Schema
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from indexer.extract import RecognitionPool, TikaClient
from indexer.source.steady import RootIdentity, root_identity
from indexer.work.locks import ContentLocks


class Interrupted(Exception):
    """The run was asked to stop; all that is done is kept."""


class RunStop:
    """Whether this run is to stop: by itself, after a fault, or because the caller asks.

    The caller's event is only listened to: a worker that goes from root to root outlives the fault of one run.
    """

    def __init__(self, caller: threading.Event | None = None) -> None:
        self._own, self._caller = threading.Event(), caller

    def set(self) -> None:
        self._own.set()

    def is_set(self) -> bool:
        return self._own.is_set() or (self._caller is not None and self._caller.is_set())


class Progress(Protocol):
    """Is told how many files are to come, then of each that is finished (from several threads)."""

    def expect(self, files: int) -> None: ...

    def __call__(self, file: FileRow) -> None: ...


@dataclass(frozen=True)
class Context:
    """One run over one root. `place`: where the root's folder is, to notice a share that drops out."""

    settings: Settings
    sessions: sessionmaker[Session]
    store: IndexWriter
    derived: DerivedStore
    tika: TikaClient
    pool: RecognitionPool
    root: RootRow
    progress: Progress
    contents: ContentLocks
    place: RootIdentity | None
    stop: RunStop = field(default_factory=RunStop)

    def check(self) -> None:
        """Raises Interrupted where the run was asked to stop."""
        if self.stop.is_set():
            raise Interrupted


def derived_store(settings: Settings) -> DerivedStore:
    return DerivedStore(settings.home / "derived")


def open_ledger(settings: Settings) -> sessionmaker[Session]:
    return open_database(settings, "ledger")


@contextmanager
def open_context(
    settings: Settings,
    root: RootRow,
    progress: Progress,
    stop: threading.Event | None = None,
    schema: Schema = PUBLISHED,
) -> Iterator[Context]:
    """Raises EnvironmentFault where engine, Tika or the recognition model is missing, before any work."""
    with ExitStack() as stack:
        store = IndexWriter.open(settings, schema=schema)
        stack.callback(store.close)
        store.create_indices()
        tika = TikaClient(settings)
        tika.check()
        pool = stack.enter_context(RecognitionPool(settings))
        sessions, derived, contents = open_ledger(settings), derived_store(settings), ContentLocks(settings.home)
        place = root_identity(Path(root.path))
        yield Context(settings, sessions, store, derived, tika, pool, root, progress, contents, place, RunStop(stop))
