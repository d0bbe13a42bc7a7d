"""Leases in the ledger: one process at a time, on whichever machine, does what only one may do.

A holder renews its lease while it works. One that is killed is recognised at once on its own machine, by its process
being gone, and from another machine by its lease not being renewed.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import LeaseRow
from casefile.database.sessions import insert_if_absent
from casefile.errors import EnvironmentFault

LEASE_S = 60.0
RENEW_S = 10.0


@dataclass
class Lease:
    name: str
    token: str
    renewed: float
    released: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Raises EnvironmentFault where the lease could not be renewed in time: another process may have it by now."""
        if time.monotonic() - self.renewed > LEASE_S:
            raise EnvironmentFault(
                "lease_lost",
                f"Der Vorgang „{self.name}“ hat seine Sperre im Seitennachweis verloren.",
                "Verbindung zur Datenbank prüfen, dann denselben Befehl wiederholen.",
            )


@contextmanager
def leased(sessions: sessionmaker[Session], name: str) -> Iterator[Lease]:
    """Hold the lease. Raises EnvironmentFault `lease_held` naming host and process of who has it."""
    lease = Lease(name, uuid.uuid4().hex, time.monotonic())
    _take(sessions, lease)
    renewing = threading.Thread(target=_keep, args=(sessions, lease), name=f"lease-{name}", daemon=True)
    renewing.start()
    try:
        yield lease
    finally:
        lease.released.set()
        renewing.join()
        with sessions.begin() as session:
            mine = (LeaseRow.name == name) & (LeaseRow.token == lease.token)
            session.execute(update(LeaseRow).where(mine).values(token=""))


def _take(sessions: sessionmaker[Session], lease: Lease) -> None:
    me = psutil.Process()
    mine = {"token": lease.token, "host": socket.gethostname(), "pid": me.pid, "pid_started": me.create_time()}
    with sessions.begin() as session:
        empty = {"token": "", "host": "", "pid": 0, "pid_started": 0.0, "renewed": 0.0}
        insert_if_absent(session, LeaseRow, name=lease.name, **empty)
        row = session.scalars(select(LeaseRow).where(LeaseRow.name == lease.name).with_for_update()).one()
        if _is_held(row):
            raise EnvironmentFault(
                "lease_held",
                f"Der Vorgang „{lease.name}“ läuft schon: Rechner {row.host}, Prozess {row.pid}.",
                "Warten, bis er fertig ist. Nach einem Absturz auf einem anderen Rechner wird die Sperre nach einer"
                " Minute frei.",
            )
        session.execute(update(LeaseRow).where(LeaseRow.name == lease.name).values(renewed=time.time(), **mine))


def _is_held(row: LeaseRow) -> bool:
    if not row.token or time.time() - row.renewed > LEASE_S:
        return False
    return row.host != socket.gethostname() or _lives(row)


def _lives(row: LeaseRow) -> bool:
    try:
        return abs(psutil.Process(row.pid).create_time() - row.pid_started) < 1
    except psutil.NoSuchProcess:
        return False


def _keep(sessions: sessionmaker[Session], lease: Lease) -> None:
    """A database that does not answer is asked again; `check` says when that has gone on for too long."""
    mine = (LeaseRow.name == lease.name) & (LeaseRow.token == lease.token)
    while not lease.released.wait(RENEW_S):
        began = time.monotonic()
        with contextlib.suppress(DBAPIError), sessions.begin() as session:
            session.execute(update(LeaseRow).where(mine).values(renewed=time.time()))
            if session.scalar(select(LeaseRow.token).where(mine)):
                lease.renewed = began
