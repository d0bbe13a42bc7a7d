"""A source tree that goes away or changes in the middle of a document: the run says so and blames no page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import FileRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import EnvironmentFault
from casefile.model import State
from casefile.settings import Settings
from indexer.pipeline import index_root
from indexer.progress import Reporter
from tests.material import scan

PATIENCE_S = 90.0
PAGES = 12


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "bestand"
    root.mkdir()
    scan(root / "scan.tif", [f"Mietvertrag\nSeite {number}" for number in range(PAGES)])
    return root


def run(settings: Settings, root: Path) -> None:
    with Reporter("bestand", quiet=True) as reporter:
        index_root(settings, root, "bestand", reporter)


def disturbed(settings: Settings, root: Path, disturb: Callable[[], object]) -> BaseException | None:
    """What a run ends with while `disturb` is called at the first recognised page."""
    ended: list[BaseException | None] = []

    def index() -> None:
        try:
            run(settings, root)
            ended.append(None)
        except EnvironmentFault as fault:
            ended.append(fault)

    sessions = open_database(settings, "ledger")
    thread = threading.Thread(target=index)
    thread.start()
    deadline = time.monotonic() + PATIENCE_S
    while not count(sessions, State.EXTRACTED):
        assert thread.is_alive(), ended
        assert time.monotonic() < deadline
        time.sleep(0.02)
    disturb()
    thread.join(PATIENCE_S)
    return ended[0]


def pages(settings: Settings, state: State) -> int:
    return count(open_database(settings, "ledger"), state)


def count(sessions: sessionmaker[Session], state: State) -> int:
    with read_session(sessions) as session:
        return session.scalar(select(func.count()).select_from(PageRow).where(PageRow.state == state.value)) or 0


def file_states(settings: Settings) -> list[str]:
    with read_session(open_database(settings, "ledger")) as session:
        return list(session.scalars(select(FileRow.state)))


@pytest.mark.parametrize("remains", [False, True], ids=["the folder is gone", "an empty mount point remains"])
def test_a_share_that_drops_out_stops_the_run(instance: Settings, tree: Path, tmp_path: Path, remains: bool) -> None:
    def unplug() -> None:
        tree.rename(tmp_path / "abgezogen")
        if remains:
            tree.mkdir()

    fault = disturbed(instance, tree, unplug)
    assert isinstance(fault, EnvironmentFault)
    assert fault.code == "root_lost"
    assert pages(instance, State.FAILED) == 0
    if remains:
        tree.rmdir()
    (tmp_path / "abgezogen").rename(tree)
    run(instance, tree)
    assert pages(instance, State.CONFIRMED) == PAGES
    assert file_states(instance) == ["confirmed"]


def test_a_file_that_changes_while_it_is_read_stays_pending(instance: Settings, tree: Path) -> None:
    assert disturbed(instance, tree, lambda: (tree / "scan.tif").write_bytes(b"wird gerade ersetzt")) is None
    assert pages(instance, State.FAILED) == 0
    assert file_states(instance) == ["found"]
    scan(tree / "scan.tif", ["Mietvertrag"])
    run(instance, tree)
    assert pages(instance, State.CONFIRMED) == 1
    assert file_states(instance) == ["confirmed"]
