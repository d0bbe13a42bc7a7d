"""One holder of a lease at a time; one that was killed, or has not renewed it for long, holds it no more."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import LeaseRow
from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault
from casefile.settings import load_settings
from indexer.work.lease import LEASE_S, Lease, leased

NO_PROCESS = 2**22 + 1  # above the highest number Linux gives


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    return open_database(load_settings(home=tmp_path), "ledger")


def change(sessions: sessionmaker[Session], **values: object) -> None:
    with sessions.begin() as session:
        session.execute(update(LeaseRow).values(**values))


def test_it_is_held_until_its_end(sessions: sessionmaker[Session]) -> None:
    for _ in range(2):
        with leased(sessions, "a"), leased(sessions, "b"):
            with pytest.raises(EnvironmentFault) as fault, leased(sessions, "a"):
                pass
            assert fault.value.code == "lease_held"
            assert socket.gethostname() in fault.value.message


def test_a_killed_holder_of_this_machine_holds_nothing(sessions: sessionmaker[Session]) -> None:
    with leased(sessions, "a"):
        change(sessions, pid=NO_PROCESS)
        with leased(sessions, "a"):
            pass


def test_another_machine_is_believed_as_long_as_it_renews(sessions: sessionmaker[Session]) -> None:
    with leased(sessions, "a"):
        change(sessions, host="anderer-rechner", pid=NO_PROCESS)
        with pytest.raises(EnvironmentFault, match="anderer-rechner"), leased(sessions, "a"):
            pass
        change(sessions, renewed=time.time() - LEASE_S - 1)
        with leased(sessions, "a"):
            pass


def test_who_cannot_renew_stops() -> None:
    Lease("a", "t", time.monotonic()).check()
    with pytest.raises(EnvironmentFault) as fault:
        Lease("a", "t", time.monotonic() - LEASE_S - 1).check()
    assert fault.value.code == "lease_lost"
