"""`kill -9` of the indexer at every state edge, and of the engine under it: nothing lost, nothing double."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import func, select

from casefile.database.ledger import FileRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.model import State
from casefile.settings import Settings
from engine import control
from engine.state import read_state
from tests.material import scan, text_pdf

STEP_S = 0.002
PATIENCE_S = 90.0
PAGE_EDGES = (State.FOUND, State.OCR, State.EXTRACTED, State.SENT, State.CONFIRMED)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "bestand"
    for number in range(6):
        case = root / f"Akte {number}"
        case.mkdir(parents=True)
        (case / "deckblatt.json").write_text(json.dumps({"aktenzeichen": f"50-{number}/2021", "stelle": "Team 1"}))
        text_pdf(case / "bescheid.pdf", [f"Bescheid {number}", "Hinweise", "Rechtsbehelf"])
        scan(case / "scan.tif", [f"Seite eins von Akte {number}", f"Seite zwei von Akte {number}"])
    return root


def index(environment: dict[str, str], root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "aktensuche", "index", str(root), "--json"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(environment: dict[str, str], root: Path) -> None:
    process = index(environment, root)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, errors.decode()


def assert_complete(environment: dict[str, str], settings: Settings) -> None:
    command = [sys.executable, "-m", "aktensuche", "verify", "--json"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (report,) = json.loads(result.stdout)["roots"]
    assert report["source"]["pages"] == {
        "total": 30,
        "pending": 0,
        "searchable": 30,
        "partial": 0,
        "blank": 0,
        "failed": 0,
    }
    assert report["indexed_pages"] == 30
    assert not list((settings.home / "derived" / "work").glob("*")), "loose pages left behind"


def wait_for_page(settings: Settings, state: State, process: subprocess.Popen[bytes]) -> bool:
    """False where the run ended before any page was seen in that state."""
    sessions = open_database(settings, "ledger")
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        with read_session(sessions) as session:
            if session.scalar(select(func.count()).select_from(PageRow).where(PageRow.state == state.value)):
                return True
        time.sleep(STEP_S)
    return False


def test_kill_at_every_state_edge(instance: Settings, instance_environment: dict[str, str], tree: Path) -> None:
    seen = []
    for state in PAGE_EDGES:
        process = index(instance_environment, tree)
        if wait_for_page(instance, state, process):
            seen.append(state)
        process.kill()
        process.communicate()
    assert State.OCR in seen
    assert len(seen) >= 3, f"only {seen} were caught"
    with read_session(open_database(instance, "ledger")) as session:
        assert session.scalar(select(func.count()).where(FileRow.role == "document")) == 12
    finish(instance_environment, tree)
    assert_complete(instance_environment, instance)


def test_killed_indexer_leaves_no_worker(instance: Settings, instance_environment: dict[str, str], tree: Path) -> None:
    process = index(instance_environment, tree)
    assert wait_for_page(instance, State.OCR, process)
    children = psutil.Process(process.pid).children(recursive=True)
    assert children, "recognition runs in processes of its own"
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


def test_termination_is_orderly(instance: Settings, instance_environment: dict[str, str], tree: Path) -> None:
    process = index(instance_environment, tree)
    assert wait_for_page(instance, State.OCR, process)
    os.kill(process.pid, signal.SIGTERM)
    _, errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1, errors.decode()
    finish(instance_environment, tree)
    assert_complete(instance_environment, instance)


@pytest.mark.parametrize("service", ["opensearch", "tika"])
def test_engine_killed_under_the_indexer(
    engine: Settings, instance: Settings, instance_environment: dict[str, str], tree: Path, service: str
) -> None:
    process = index(instance_environment, tree)
    assert wait_for_page(instance, State.OCR, process)
    _kill_service(engine, service)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode in (0, 1, 3)
    _wait_until_healthy(engine)
    if process.returncode == 1:  # files that failed only because Tika died under them
        command = [sys.executable, "-m", "aktensuche", "retry", "--json"]
        subprocess.run(command, env=instance_environment, check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE_S)
    finish(instance_environment, tree)
    assert_complete(instance_environment, instance)


def _kill_service(engine: Settings, service: str) -> None:
    state = read_state(engine.home)
    assert state is not None
    for killed in state.services[service].processes:
        killed.send(signal.SIGKILL)


def _wait_until_healthy(engine: Settings) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not control.is_running(engine):
        assert time.monotonic() < deadline, "the engine did not come back"
        time.sleep(0.2)
