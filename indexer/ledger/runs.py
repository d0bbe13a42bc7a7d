"""Roots and runs. One run at a time works on a root; a killed one is recognised by its process being gone."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import RootRow, RunRow, now
from casefile.database.runs import HEARTBEAT_S
from casefile.database.sessions import insert_if_absent, read_session
from casefile.errors import EnvironmentFault, UsageFault
from casefile.storage.filelock import locked


def ensure_root(sessions: sessionmaker[Session], name: str, path: Path) -> RootRow:
    """The root of that name, with `path` as it is to be read now; `save_root_path` makes a move permanent.

    Raises UsageFault where the name belongs to another folder that is still there.
    """
    with sessions.begin() as session:
        query = select(RootRow).where(RootRow.name == name)
        root = session.scalar(query)
        if root is None:
            insert_if_absent(session, RootRow, name=name, path=str(path))
            root = session.scalars(query).one()
    if Path(root.path) != path and Path(root.path).is_dir():
        raise UsageFault(
            "root_taken",
            f"Der Bestandsname „{name}“ gehört schon zum Ordner {root.path}.",
            "Mit „--root NAME“ einen anderen Namen angeben. Ist der Bestand umgezogen: den alten Ordner zuerst lösen.",
        )
    root.path = str(path)
    return root


def save_root_path(sessions: sessionmaker[Session], root: RootRow) -> None:
    """A share may be mounted elsewhere: keep the new place, once what lies there has proved to be the same stock."""
    with sessions.begin() as session:
        session.execute(update(RootRow).where(RootRow.id == root.id).values(path=root.path))


def all_roots(sessions: sessionmaker[Session]) -> list[RootRow]:
    with read_session(sessions) as session:
        return list(session.scalars(select(RootRow).order_by(RootRow.name)))


@contextmanager
def run_on(sessions: sessionmaker[Session], root: RootRow, home: Path) -> Iterator[RunRow]:
    """A run on this root. Raises EnvironmentFault `index_running` while another one holds it."""
    with _root_lock(home, root.name):
        me = psutil.Process()
        with sessions.begin() as session:
            run = RunRow(root_id=root.id, host=socket.gethostname(), pid=me.pid, pid_started=me.create_time())
            session.add(run)
        try:
            with _heartbeat(sessions, run.id):
                yield run
        finally:
            with sessions.begin() as session:
                session.merge(run).ended = now()


@contextmanager
def _heartbeat(sessions: sessionmaker[Session], run_id: int) -> Iterator[None]:
    """Says every `HEARTBEAT_S` that the run is alive, until it ends."""
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(sessions, run_id, ended), name="heartbeat", daemon=True)
    beating.start()
    try:
        yield
    finally:
        ended.set()
        beating.join()


def _beat(sessions: sessionmaker[Session], run_id: int, ended: threading.Event) -> None:
    """A database that fails here fails the run's own statements too, and they report it."""
    while not ended.wait(HEARTBEAT_S):
        with contextlib.suppress(DBAPIError), sessions.begin() as session:
            session.execute(update(RunRow).where(RunRow.id == run_id).values(heartbeat=now()))


@contextmanager
def _root_lock(home: Path, name: str) -> Iterator[None]:
    with locked(home / "run" / f"index-{hashlib.sha256(name.encode()).hexdigest()[:12]}.lock", wait=False) as alone:
        if not alone:
            raise EnvironmentFault(
                "index_running",
                f"Der Bestand „{name}“ wird gerade schon eingelesen.",
                "Warten, bis der andere Lauf fertig ist („aktensuche status“ zeigt ihn).",
            )
        yield
