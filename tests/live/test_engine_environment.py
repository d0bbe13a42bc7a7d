"""What the machine lacks is said in German, with what to do, and `aktensuche` ends with status 3."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from casefile.instance import read_endpoints
from casefile.settings import PROJECT
from engine.identity import restricted
from engine.state import read_state

AKTENSUCHE = [sys.executable, "-m", "aktensuche"]
MISSING = 3
ORDINARY_UID = 61180
# In its own name spaces a test can fill a disk, hide Java or cut the network without touching the machine.
APART = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"])]


def _run(command: Sequence[str], home: Path, **variables: str) -> tuple[int, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AKTENSUCHE_", "JAVA_HOME"))}
    answer = subprocess.run(
        command,
        env=kept | {"AKTENSUCHE_HOME": str(home)} | variables,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return answer.returncode, answer.stdout + answer.stderr


def _apart(script: str, *options: str) -> list[str]:
    return [*APART, *options, "sh", "-ec", script, "sh", *AKTENSUCHE, "up"]


def _java_17(folder: Path) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'openjdk version \"17.0.15\"' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return folder


def test_no_java_at_all(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("setpriv", "setsid", "sh"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    script = 'mount -t tmpfs none /usr/lib/jvm 2>/dev/null || true; PATH="$PWD_BIN" exec "$@"'
    status, output = _run(_apart(script, "--mount"), tmp_path / "home", PWD_BIN=str(tmp_path / "bin"))
    assert status == MISSING
    assert "(java_missing)" in output
    assert "openjdk-21-jre-headless" in output


def test_java_17_only(tmp_path: Path) -> None:
    status, output = _run([*AKTENSUCHE, "up"], tmp_path / "home", AKTENSUCHE_JAVA_HOME=str(_java_17(tmp_path / "17")))
    assert status == MISSING
    assert "(java_too_old)" in output
    assert "Java 17" in output


def test_no_recognition_model(tmp_path: Path) -> None:
    """Told by those who recognise, before anything is started or read."""
    status, output = _run([*AKTENSUCHE, "demo"], tmp_path / "home", AKTENSUCHE_TESSDATA=str(tmp_path))
    assert status == MISSING
    assert "(tessdata_missing)" in output
    assert "apt-get install tesseract-ocr-deu" in output


@pytest.mark.parametrize("service", ["OPENSEARCH", "TIKA"])
def test_taken_port(tmp_path: Path, service: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        status, output = _run([*AKTENSUCHE, "up"], tmp_path / "home", **{f"AKTENSUCHE_{service}_PORT": str(port)})
    assert status == MISSING
    assert "(port_taken)" in output
    assert f"{port} ist belegt" in output
    assert f"AKTENSUCHE_{service}_PORT" in output


def test_full_disk(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=64m none "{tmp_path}"; exec "$@"'
    status, output = _run(_apart(script, "--mount"), tmp_path / "home")
    assert status == MISSING
    assert "(disk_full)" in output
    assert "MB frei" in output
    assert str(tmp_path) in output


def test_ordinary_user_without_right_to_write(tmp_path: Path) -> None:
    (tmp_path / "fremd").mkdir(mode=0o755)
    status, output = _run(_as_ordinary_user([*AKTENSUCHE, "up"], tmp_path), tmp_path / "fremd" / "home")
    assert status == MISSING
    assert "Abhilfe" in output


def test_ordinary_user_starts_and_stops_an_engine(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, ORDINARY_UID, ORDINARY_UID)
    status, output = _run(_as_ordinary_user([*AKTENSUCHE, "up"], home), home, AKTENSUCHE_OPENSEARCH_HEAP_MB="512")
    state = read_state(home)
    stopped, _ = _run([*AKTENSUCHE, "down"], home)
    assert status == 0, output
    assert "OpenSearch ist bereit" in output
    assert state
    assert len(state.processes) >= 3
    assert stopped == 0
    assert not any(process.alive() for process in (state.supervisor, *state.processes))
    assert read_endpoints(home).opensearch is None


def test_ordinary_user_is_told_which_packages_to_install(tmp_path: Path) -> None:
    command = _as_ordinary_user([sys.executable, "-m", "setup"], tmp_path)
    status, output = _run(command, tmp_path / "home", AKTENSUCHE_TESSDATA=str(tmp_path / "none"))
    assert status == MISSING
    assert "(packages_missing)" in output
    assert "apt-get install tesseract-ocr-deu" in output


def _as_ordinary_user(command: Sequence[str], place: Path) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    return restricted(command, ORDINARY_UID, [PROJECT, place, Path(sys.base_prefix)])


@pytest.fixture
def fresh_copy(tmp_path: Path) -> Path:
    """The project as it is after a clone: nothing fetched, nothing installed."""
    copy = tmp_path / "projekt"
    for name in ("casefile", "engine", "setup", "requirements"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(PROJECT / name, copy / name)
    return copy


def test_no_network_at_setup(fresh_copy: Path) -> None:
    command = [*APART, "--net", "sh", "-c", 'cd "$0" && exec "$@"', str(fresh_copy), sys.executable, "-m", "setup"]
    status, output = _run(command, fresh_copy / "home", PIP_NO_CACHE_DIR="1")
    assert status == MISSING
    assert "(network_missing)" in output
    assert "make bundle" in output


def test_no_network_for_the_engines_archives(fresh_copy: Path) -> None:
    script = f'cd "{fresh_copy}" && exec "$@"'
    command = [*APART, "--net", "sh", "-c", script, "sh", sys.executable, "-m", "engine.assembly.provision"]
    status, output = _run(command, fresh_copy / "home")
    assert status == MISSING
    assert "(network_missing)" in output
    assert "make bundle" in output
