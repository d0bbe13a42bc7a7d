"""What `aktensuche index` refuses before it needs an engine, told in German and without a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from casefile.database.sessions import open_database
from casefile.errors import EnvironmentFault
from casefile.settings import load_settings
from indexer.pipeline import index_root
from indexer.progress import Reporter


def index(home: Path, *arguments: bytes) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"AKTENSUCHE_HOME": str(home)}
    command = [sys.executable, "-m", "aktensuche", "index", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize("options", [[], [b"--root", b"akten"], [b"--root", b"Aktenschr\xe4nke"]])
def test_a_root_whose_path_is_not_utf8_is_refused(tmp_path: Path, options: list[bytes]) -> None:
    folder = os.fsencode(tmp_path) + b"/Aktenschr\xe4nke"
    Path(os.fsdecode(folder)).mkdir()
    result = index(tmp_path / "home", folder, *options)
    assert result.returncode == 2, result.stderr.decode()
    assert b"Fehler (root_not_utf8)" in result.stderr
    assert "Aktenschr�nke" in result.stderr.decode()


def test_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "akten").mkdir()
    result = index(tmp_path / "home", os.fsencode(tmp_path / "akten"), b"--root", b"Aktenschr\xe4nke")
    assert result.returncode == 2, result.stderr.decode()
    assert "Der Name des Bestands" in result.stderr.decode()


def test_a_ledger_that_fails_under_the_first_question_is_said(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home")
    (tmp_path / "akten").mkdir()
    with open_database(settings, "ledger").begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE roots RENAME TO weg")
    with pytest.raises(EnvironmentFault) as error, Reporter("akten", quiet=True) as reporter:
        index_root(settings, tmp_path / "akten", "akten", reporter)
    assert error.value.code == "database_down"
