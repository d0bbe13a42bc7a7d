"""`aktensuche work`: what ails one root, one hour or one service is said, and does not end the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from casefile.database.ledger import FileRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import EnvironmentFault
from casefile.settings import Settings
from indexer import cli
from indexer.ledger import runs
from indexer.pipeline import index_root
from indexer.progress import Reporter

PATIENCE_S = 90.0


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "bestand"
    root.mkdir()
    (root / "vermerk.txt").write_text("Vermerk über das Gespräch")
    return root


@contextmanager
def worker(environment: dict[str, str], said: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "aktensuche", "work", "--interval", "1"]
    with said.open("wb") as stream, subprocess.Popen(command, env=environment, stderr=stream) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(true: Callable[[], bool], process: subprocess.Popen[bytes], said: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.1)


def states(settings: Settings) -> list[str]:
    with read_session(open_database(settings, "ledger")) as session:
        return list(session.scalars(select(FileRow.state)))


def end(process: subprocess.Popen[bytes]) -> int:
    os.kill(process.pid, signal.SIGTERM)
    return process.wait(PATIENCE_S)


def test_a_fault_while_reading_is_said_and_the_next_round_goes_on(
    instance: Settings, instance_environment: dict[str, str], tree: Path, tmp_path: Path
) -> None:
    runs.ensure_root(open_database(instance, "ledger"), "bestand", tree)
    said = tmp_path / "gesagt"
    (instance.home / "derived").write_text("hier müsste ein Ordner sein")
    with worker(instance_environment, said) as process:
        wait_until(lambda: said.read_text().count("bestand (os_") >= 2, process, said)
        (instance.home / "derived").unlink()
        wait_until(lambda: states(instance) == ["confirmed"], process, said)
        assert end(process) == 0


def test_an_engine_that_is_away_does_not_end_the_worker(
    instance: Settings, instance_environment: dict[str, str], tree: Path, tmp_path: Path
) -> None:
    runs.ensure_root(open_database(instance, "ledger"), "bestand", tree)
    away = instance_environment | {"AKTENSUCHE_OPENSEARCH_URL": "http://127.0.0.1:9"}
    said = tmp_path / "gesagt"
    with worker(away, said) as process:
        wait_until(lambda: said.read_text().count("bestand (engine_down)") >= 2, process, said)
        assert end(process) == 0


def test_a_ledger_that_cannot_be_opened_does_not_end_the_worker(
    instance: Settings, instance_environment: dict[str, str], tree: Path, tmp_path: Path
) -> None:
    broken = instance.home / "db" / "ledger.sqlite"
    broken.mkdir(parents=True)
    said = tmp_path / "gesagt"
    with worker(instance_environment, said) as process:
        wait_until(lambda: said.read_text().count("(database_down)") >= 2, process, said)
        broken.rmdir()
        runs.ensure_root(open_database(instance, "ledger"), "bestand", tree)
        wait_until(lambda: states(instance) == ["confirmed"], process, said)
        assert end(process) == 0


def test_a_fault_of_one_run_leaves_the_callers_event_alone(instance: Settings, tree: Path, tmp_path: Path) -> None:
    class Unplug(Reporter):
        def expect(self, files: int) -> None:
            super().expect(files)
            tree.rename(tmp_path / "abgezogen")

    stop = threading.Event()
    with pytest.raises(EnvironmentFault), Unplug("bestand", quiet=True) as reporter:
        index_root(instance, tree, "bestand", reporter, stop=stop)
    assert not stop.is_set()
    (tmp_path / "abgezogen").rename(tree)
    with Reporter("bestand", quiet=True) as reporter:
        index_root(instance, tree, "bestand", reporter, stop=stop)
    assert states(instance) == ["confirmed"]


def test_an_unknown_exception_of_one_root_does_not_end_the_worker(
    instance: Settings, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = open_database(instance, "ledger")
    (tmp_path / "anderer").mkdir()
    runs.ensure_root(sessions, "anderer", tmp_path / "anderer")
    runs.ensure_root(sessions, "bestand", tree)
    original = cli.index_root

    def index(settings: Settings, folder: Path, name: str, *rest: object, **options: object) -> object:
        if name == "anderer":
            raise ZeroDivisionError("etwas ganz anderes")
        return original(settings, folder, name, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(cli, "index_root", index)
    cli._work_round(instance, threading.Event())
    assert "anderer (unexpected): " in capsys.readouterr().err
    assert states(instance) == ["confirmed"]
