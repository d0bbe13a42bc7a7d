from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import RunRow, now
from casefile.database.sessions import read_session
from indexer.upkeep.pace import measure_pace
from tests.material import ledger_of_one_document

NO_PROCESS = 2**22 + 1  # above the highest number Linux gives
PAGES = 60


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    """A ledger with a file that has just been read."""
    return ledger_of_one_document(tmp_path, "aa", state="confirmed", pages=PAGES)


def begin(sessions: sessionmaker[Session], days: float, *, alive: bool) -> None:
    me = psutil.Process()
    pid, started = (me.pid, me.create_time()) if alive else (NO_PROCESS, 1.0)
    with sessions.begin() as session:
        session.add(RunRow(started=now() - timedelta(days=days), host="", pid=pid, pid_started=started))


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
