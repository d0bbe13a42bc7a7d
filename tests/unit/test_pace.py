import socket
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import RunRow, now
from casefile.database.runs import EXPIRY, living_runs
from casefile.database.sessions import read_session
from indexer.ledger import runs
from indexer.upkeep.pace import measure_pace
from tests.material import ledger_of_one_document

NO_PROCESS = 2**22 + 1  # above the highest number Linux gives
PAGES = 60


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    """A ledger with a file that has just been read."""
    return ledger_of_one_document(tmp_path, "aa", state="confirmed", pages=PAGES)


def begin(sessions: sessionmaker[Session], days: float, *, alive: bool, host: str = "") -> None:
    me = psutil.Process()
    pid, started = (me.pid, me.create_time()) if alive else (NO_PROCESS, 1.0)
    with sessions.begin() as session:
        session.add(
            RunRow(
                started=now() - timedelta(days=days), host=host or socket.gethostname(), pid=pid, pid_started=started
            )
        )


def test_a_killed_run_does_not_slow_the_living_one_down(sessions: sessionmaker[Session]) -> None:
    begin(sessions, 7, alive=False)
    begin(sessions, 1 / 24 / 60, alive=True)
    with read_session(sessions) as session:
        pace = measure_pace(session)
    assert pace is not None
    assert pace.pages_per_second == pytest.approx(1.0, rel=0.1)


def test_a_killed_run_alone_has_no_pace(sessions: sessionmaker[Session]) -> None:
    begin(sessions, 7, alive=False)
    with read_session(sessions) as session:
        assert measure_pace(session) is None


@pytest.mark.parametrize(("silent", "alive"), [(EXPIRY / 2, True), (EXPIRY * 2, False)])
def test_a_run_on_another_machine_lives_as_long_as_its_heartbeat(
    sessions: sessionmaker[Session], silent: timedelta, alive: bool
) -> None:
    """Its number is that of no process here, or of any: this machine's process table says nothing about it."""
    for known_here in (True, False):
        begin(sessions, 1, alive=known_here, host="anderswo")
    with sessions.begin() as session:
        session.execute(update(RunRow).values(heartbeat=now() - silent))
    with read_session(sessions) as session:
        assert len(living_runs(session)) == (2 if alive else 0)
        pace = measure_pace(session)
    assert (pace.hosts if pace else ()) == (("anderswo",) if alive else ())


def test_a_run_writes_its_heartbeat(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT_S", 0.01)
    root = runs.all_roots(sessions)[0]
    with runs.run_on(sessions, root, tmp_path) as run:
        begun, deadline = run.heartbeat, monotonic() + 60
        while heartbeat(sessions, run.id) == begun and monotonic() < deadline:
            sleep(0.01)
        assert heartbeat(sessions, run.id) > begun


def heartbeat(sessions: sessionmaker[Session], run_id: int) -> datetime:
    with read_session(sessions) as session:
        return session.get_one(RunRow, run_id).heartbeat
