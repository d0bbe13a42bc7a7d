from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from sqlalchemy.orm import Session, sessionmaker

from casefile.database import open_database, read_session
from casefile.ledger import CaseRow, DocumentRow, FileRow, PageRow, RootRow, RunRow, now
from casefile.settings import load_settings
from indexer.pace import measure_pace

NO_PROCESS = 2**22 + 1  # above the highest number Linux gives
PAGES = 60


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    """A ledger with a file that has just been read."""
    sessions = open_database(load_settings(home=tmp_path), "ledger")
    figures = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
    with sessions.begin() as session:
        session.add(RootRow(id=1, name="bestand", path="/bestand"))
        session.flush()
        session.add(CaseRow(id="c", root_id=1, folder="", cover_state="missing", cover={}))
        session.flush()
        session.add(FileRow(id=1, root_id=1, path="a", raw_path=b"a", role="document", state="confirmed", **figures))
        session.flush()
        common = {"media_type": "", "page_count": PAGES, "acl_id": "", "state": "confirmed", "path": "a"}
        session.add(DocumentRow(id="d", file_id=1, case_id="c", sha256="aa", **common))
        session.flush()
        session.add_all(PageRow(document_id="d", number=n + 1, state="confirmed") for n in range(PAGES))
    return sessions


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
