"""Keeps the log going beside other work: in the interface or the worker, whichever comes first on this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from casefile.background import Background
from casefile.database.auditlog import AuditTreeRow
from casefile.database.sessions import read_session
from casefile.errors import AktensucheError
from casefile.settings import Settings
from casefile.storage.filelock import locked
from oversight.log.copies import bring_up_to_date, check_not_rolled_back
from oversight.log.formats.note import SigningKey
from oversight.log.keys import open_key
from oversight.log.sequencer import BATCH, sequence

CHECKPOINT_EVERY_S = 1.0
AGAIN_AFTER_S = 10.0  # where another process keeps the log, or something is in the way
LOCK_FILE = "audit-log.lock"
log = logging.getLogger("oversight")


class LogKeeper(Background):
    """Takes rows in. A fault (database or second place away) is logged, then tried again."""

    def __init__(self, settings: Settings, open_accounts: Callable[[], sessionmaker[Session]]) -> None:
        super().__init__("audit-log", AGAIN_AFTER_S)
        self._settings = settings
        self._open_accounts = open_accounts
        self._said = ""

    def turn(self) -> None:
        try:
            with locked(self._settings.home / "run" / LOCK_FILE, wait=False) as mine:
                if mine:
                    self._keep()
        except (AktensucheError, DBAPIError, OSError) as error:
            self._say(error.code if isinstance(error, AktensucheError) else type(error).__name__)

    def _keep(self) -> None:
        accounts = self._open_accounts()
        key = open_key(self._settings, accounts)
        while not self._stopped.is_set():
            taken = take_in(self._settings, accounts, key)
            self._say("copy" if taken.copy_fault else "")
            if taken.leaves < BATCH:
                self._stopped.wait(CHECKPOINT_EVERY_S)

    def _say(self, fault: str) -> None:
        """Once, until another fault comes or it goes well again."""
        if fault and fault != self._said:
            log.warning("audit log: %s", "the second place cannot be written" if fault == "copy" else fault)
        self._said = fault


@dataclass(frozen=True)
class Taken:
    """`copy_fault`: why the second place is not up to date; the log itself has gone on."""

    leaves: int
    copy_fault: OSError | None = None


def take_in(settings: Settings, accounts: sessionmaker[Session], key: SigningKey) -> Taken:
    """One batch, and the second place brought up to date. Raises EnvironmentFault where the log cannot go on."""
    folder = settings.audit_copy
    if folder is None:
        return Taken(sequence(accounts, key))
    fault = _fault_of(lambda: check_not_rolled_back(folder, _tree_size(accounts)))
    leaves = sequence(accounts, key)
    return Taken(leaves, fault or _fault_of(lambda: bring_up_to_date(accounts, key, folder)))


def take_in_all(settings: Settings, accounts: sessionmaker[Session], key: SigningKey) -> Taken:
    while (taken := take_in(settings, accounts, key)).leaves:
        pass
    return taken


def _fault_of(step: Callable[[], None]) -> OSError | None:
    try:
        step()
    except OSError as error:
        return error
    return None


def _tree_size(accounts: sessionmaker[Session]) -> int:
    with read_session(accounts) as session:
        return session.scalars(select(AuditTreeRow.size)).one()
