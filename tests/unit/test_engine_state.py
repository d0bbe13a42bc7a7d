"""A process is what was started, not whatever has its number now."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from casefile.errors import EnvironmentFault
from casefile.settings import load_settings
from casefile.storage.filelock import is_locked, locked
from engine import machine
from engine.identity import closed_ancestor, restricted
from engine.machine import check_disk, check_port, choose_port, heap_mb
from engine.processes import ProcessId, terminate, with_descendants
from engine.state import EngineState, Phase, ServiceState, read_state, state_file, supervisor_lock, write_state


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


def test_identity_of_a_living_and_an_ended_process(sleeper: subprocess.Popen[bytes]) -> None:
    identity = ProcessId.of(sleeper.pid)
    assert identity
    assert identity.alive()
    sleeper.kill()
    sleeper.wait()
    assert not identity.alive()


def test_recycled_pid_is_never_killed(sleeper: subprocess.Popen[bytes]) -> None:
    identity = ProcessId.of(sleeper.pid)
    assert identity
    stranger = replace(identity, started=identity.started - 1)
    assert terminate([stranger], 0) == ()
    assert identity.alive()


def test_zombie_counts_as_gone() -> None:
    process = subprocess.Popen(["true"])
    identity = ProcessId.of(process.pid)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert ProcessId.of(process.pid) is None
    assert identity is None or not identity.alive()
    process.wait()


def test_process_that_ignores_the_request_is_forced() -> None:
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        assert terminate(with_descendants(process.pid), 0.2) == ()
        assert process.wait() == -signal.SIGKILL


def _state(*processes: ProcessId) -> EngineState:
    service = ServiceState(Phase.HEALTHY, "http://127.0.0.1:1", "/", processes)
    return EngineState(ProcessId(1, 1), "x", {"tika": service})


def test_state_survives_writing_and_not_a_restart_of_the_machine(tmp_path: Path) -> None:
    state_file(tmp_path).parent.mkdir()
    write_state(tmp_path, _state(ProcessId(7, 8)))
    assert read_state(tmp_path) == _state(ProcessId(7, 8))
    raw = json.loads(state_file(tmp_path).read_text(encoding="utf-8"))
    state_file(tmp_path).write_text(json.dumps(raw | {"boot": "another"}), encoding="utf-8")
    assert read_state(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"boot": 1}'])
def test_damaged_state_is_no_state(tmp_path: Path, text: str) -> None:
    state_file(tmp_path).parent.mkdir()
    state_file(tmp_path).write_text(text, encoding="utf-8")
    assert read_state(tmp_path) is None


def test_lock_ends_with_its_holder(tmp_path: Path) -> None:
    lock = supervisor_lock(tmp_path)
    assert not is_locked(lock)
    with locked(lock, wait=False) as first, locked(lock, wait=False) as second:
        assert (first, second) == (True, False)
        assert is_locked(lock)
    assert not is_locked(lock)


def test_taken_port_is_named_with_the_variable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(EnvironmentFault) as fault:
            check_port(port, "AKTENSUCHE_OPENSEARCH_PORT")
        assert choose_port(0, previous=port) != port
        assert choose_port(port) == port
    assert fault.value.code == "port_taken"
    assert str(port) in fault.value.message
    assert "AKTENSUCHE_OPENSEARCH_PORT" in fault.value.remedy
    check_port(0, "AKTENSUCHE_OPENSEARCH_PORT")


def test_full_disk_is_said_with_figure_and_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "MINIMUM_FREE_DISK_MB", 10**9)
    with pytest.raises(EnvironmentFault) as fault:
        check_disk(tmp_path / "not" / "yet")
    assert fault.value.code == "disk_full"
    assert str(tmp_path) in fault.value.message


@pytest.mark.parametrize(("memory", "heap"), [(4_000, 512), (24_105, 1004), (256_000, 4096)])
def test_heap_fits_the_machine(memory: int, heap: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "memory_mb", lambda: memory)
    assert heap_mb(load_settings()) == heap
    assert heap_mb(load_settings(opensearch_heap_mb=700)) == 700


def test_low_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "memory_mb", lambda: 1000)
    with pytest.raises(EnvironmentFault) as fault:
        machine.check_memory(load_settings())
    assert fault.value.code == "memory_low"


def test_closed_folder_above_is_found_for_the_services_user(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    place = closed / "inner" / "home"
    place.mkdir(parents=True)
    for folder in (closed, place):
        folder.chmod(0o700)
    barrier = closed_ancestor(place, 61100)
    assert barrier
    assert closed.is_relative_to(barrier)
    assert closed_ancestor(place, closed.stat().st_uid) is None or os.geteuid() != 0


def test_service_of_an_ordinary_user_dies_with_its_starter_and_gains_nothing() -> None:
    command = restricted(["java"], None, [])
    assert command == ["setpriv", "--pdeathsig", "KILL", "--no-new-privs", "--", "java"]


def test_service_of_root_has_no_capabilities_left() -> None:
    command = " ".join(restricted(["java"], 61100, [Path("/usr")]))
    assert "--reuid 61100 --regid 61100 --clear-groups --inh-caps=-all --bounding-set=-all" in command
