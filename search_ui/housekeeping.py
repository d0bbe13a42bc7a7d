"""Deletes expired searches, bounds the image cache and closes the counts of refused sign-ins."""

from __future__ import annotations

import logging

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from casefile.background import Background
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


class Housekeeper(Background):
    """Tidies beside the requests."""

    def __init__(self, services: Services, every_s: float = EVERY_S) -> None:
        super().__init__("housekeeper", every_s)
        self._context = services

    def turn(self) -> None:
        try:
            tidy(self._context)
        except (DBAPIError, EnvironmentFault, OSError) as error:  # nobody waits for it, and the next time will do
            log.warning("tidying failed: %s", type(error).__name__)
