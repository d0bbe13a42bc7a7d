"""Deletes expired searches, bounds the image cache and closes the counts of refused sign-ins."""

from __future__ import annotations

import logging
from threading import Event, Thread

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from casefile.database.accounts import SearchRow
from casefile.database.sessions import read_session
from casefile.errors import EnvironmentFault
from casefile.storage.filelock import locked
from oversight.signin.refused import close_windows
from search_ui import ledgerview
from search_ui.reading.image_cache import image_folder, tidy_images
from search_ui.retrieval.kept import oldest_kept
from search_ui.services import Services

EVERY_S = 600.0
BATCH = 500  # rows in one transaction, so that no answer waits for the lock
log = logging.getLogger("search_ui")


def tidy(services: Services) -> None:
    """Deletes old page images and searches. Returns at once while another process of this machine does the same."""
    folder = image_folder(services.settings.home)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(folder.parent / "tidy.lock", wait=False) as first:
        if first:
            most = services.settings.image_cache_mb * 1024 * 1024
            tidy_images(folder, most, lambda contents: _existing(services, contents))
            drop_old_searches(services)
            close_windows(services.accounts)


def _existing(services: Services, contents: set[str]) -> set[str]:
    with read_session(services.ledger) as ledger:
        return ledgerview.existing_contents(ledger, contents)


def drop_old_searches(services: Services) -> None:
    expired = SearchRow.created < oldest_kept(services.settings)
    old = select(SearchRow.id).where(SearchRow.name == "", expired).limit(BATCH)
    dropped = BATCH
    while dropped == BATCH:
        with services.accounts.begin() as session:
            ids = list(session.scalars(old))
            session.execute(delete(SearchRow).where(SearchRow.id.in_(ids)))
        dropped = len(ids)


class Housekeeper:
    """Tidies from time to time beside the requests, from `start` to `stop`."""

    def __init__(self, services: Services, every_s: float = EVERY_S) -> None:
        self._context = services
        self._every_s = every_s
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="housekeeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                tidy(self._context)
            except (DBAPIError, EnvironmentFault, OSError) as error:  # nobody waits for it, and the next time will do
                log.warning("tidying failed: %s", type(error).__name__)
            self._stopped.wait(self._every_s)
