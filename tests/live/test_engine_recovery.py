"""Kill anything of the engine: `start` heals it, nothing is lost, and `stop` leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import psutil
import pytest

from casefile.instance import opensearch_url, read_endpoints, tika_url
from casefile.settings import Settings, load_settings
from casefile.storage.filelock import is_locked
from engine import control
from engine.processes import ProcessId, wait_gone
from engine.state import EngineState, read_state, supervisor_lock

HEAP_MB = 512


@pytest.fixture(scope="module")
def owner() -> Iterator[subprocess.Popen[bytes]]:
    """The process to whose life the second instance is tied, as a test run's is to pytest."""
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, owner: subprocess.Popen[bytes]) -> Iterator[Settings]:
    """A second instance beside the session's engine, to be killed."""
    settings = load_settings(home=tmp_path_factory.mktemp("second"), opensearch_heap_mb=HEAP_MB)
    control.start(settings, parent=ProcessId.of(owner.pid))
    yield settings
    control.stop(settings)


def _state(settings: Settings) -> EngineState:
    state = read_state(settings.home)
    assert state
    return state


def _settled(settings: Settings) -> EngineState:
    """The state once it names living processes only: a child's restart is on record a moment after it happened."""
    deadline = time.monotonic() + 30
    while True:
        state = _state(settings)
        if len(state.services["tika"].processes) > 1 and all(process.alive() for process in state.processes):
            return state
        assert time.monotonic() < deadline, "the state names processes that are gone"
        time.sleep(0.1)


def _wait_locked(settings: Settings) -> None:
    deadline = time.monotonic() + 30
    while not is_locked(supervisor_lock(settings.home)):
        assert time.monotonic() < deadline, "nobody took the supervisor's lock"
        time.sleep(0.01)


def _wait_for_supervisor(settings: Settings) -> ProcessId:
    deadline = time.monotonic() + 60
    while True:
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if {"engine.supervisor", str(settings.home)} <= set(command) and "setsid" not in command:
                identity = ProcessId.of(process.pid)
                assert identity
                return identity
        assert time.monotonic() < deadline, "no supervisor was started"
        time.sleep(0.01)


def _put(url: str, body: object) -> None:
    data = json.dumps(body).encode()
    urlopen(Request(url, data, {"Content-Type": "application/json"}, method="PUT"), timeout=30).close()


def _count(settings: Settings) -> int:
    with urlopen(f"{opensearch_url(settings)}/beispiel/_count", timeout=30) as answer:
        return int(json.load(answer)["count"])


@pytest.fixture(scope="module")
def stocked(second: Settings) -> Settings:
    """One confirmed document, which every kill must leave."""
    url = opensearch_url(second)
    _put(f"{url}/beispiel", {"settings": {"number_of_replicas": 0}})
    _put(f"{url}/beispiel/_doc/1?refresh=true", {"text": "bleibt"})
    return second


def test_two_instances_run_side_by_side(engine: Settings, second: Settings) -> None:
    assert control.is_running(engine)
    assert control.is_running(second)
    assert not set(vars(read_endpoints(engine.home)).values()) & set(vars(read_endpoints(second.home)).values())


def test_start_of_what_runs_is_quick_and_changes_nothing(stocked: Settings) -> None:
    before, began = _state(stocked), time.monotonic()
    assert control.start(stocked) is False
    assert time.monotonic() - began < 10
    assert _state(stocked).processes == before.processes


@pytest.mark.parametrize("victims", [("opensearch", "tika"), ("supervisor",), ("supervisor", "opensearch", "tika")])
def test_killed_processes_come_back_and_nothing_is_lost(
    stocked: Settings, owner: subprocess.Popen[bytes], victims: tuple[str, ...]
) -> None:
    before = _state(stocked)
    killed = [p for name, service in before.services.items() if name in victims for p in service.processes]
    killed += [before.supervisor] if "supervisor" in victims else []
    for process in killed:
        process.send(signal.SIGKILL)
    assert wait_gone(killed, 20) == ()
    control.start(stocked, parent=ProcessId.of(owner.pid))
    assert _count(stocked) == 1
    with urlopen(f"{tika_url(stocked)}/version", timeout=10) as answer:
        assert b"Tika" in answer.read()
    assert not any(process.alive() for process in killed)
    if "supervisor" in victims:
        assert not any(process.alive() for process in before.processes), "orphans would block data and ports"


def test_start_outlasts_a_supervisor_that_is_still_dying(stocked: Settings, owner: subprocess.Popen[bytes]) -> None:
    """The kernel frees the lock only with the end of the process; a start in between must not take it for alive."""
    before = _state(stocked)
    before.supervisor.send(signal.SIGKILL)
    assert wait_gone([before.supervisor, *before.processes], 20) == ()
    with subprocess.Popen(["flock", supervisor_lock(stocked.home), "sleep", "2"]) as dying:
        _wait_locked(stocked)
        control.start(stocked, parent=ProcessId.of(owner.pid))
        dying.wait()
    assert control.is_running(stocked)
    assert _count(stocked) == 1


def test_stop_right_after_the_start_began_leaves_nothing(tmp_path: Path, owner: subprocess.Popen[bytes]) -> None:
    """`up` was interrupted as soon as it had started the supervisor, which has no state on record yet."""
    settings = load_settings(home=tmp_path / "early", opensearch_heap_mb=HEAP_MB)
    code = "from engine import control; from casefile.settings import load_settings; control.start(load_settings())"
    environment = os.environ | control.as_environment(settings)
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as starting:
        supervisor = _wait_for_supervisor(settings)
        starting.kill()
    assert control.stop(settings) is True
    assert not supervisor.alive()
    assert not is_locked(supervisor_lock(settings.home))
    assert read_state(settings.home) is None


def _is_relay(process: ProcessId) -> bool:
    return any(part.endswith("relay.py") for part in psutil.Process(process.pid).cmdline()[:3])


def _command(process: ProcessId) -> list[str]:
    """Of the program itself, not of what wraps it."""
    command = psutil.Process(process.pid).cmdline()
    return command if command and command[0].endswith("java") else []


def test_hostile_file_that_kills_tikas_child_costs_only_that_child(second: Settings) -> None:
    processes = _settled(second).services["tika"].processes
    (server,) = [p for p in processes if "org.apache.tika.server.core.TikaServerCli" in _command(p)]
    below = {child.pid for child in psutil.Process(server.pid).children(recursive=True)}
    children = [p for p in processes if p.pid in below]
    assert children
    for child in children:
        child.send(signal.SIGKILL)
    assert wait_gone(children, 20) == ()
    control.start(second)
    assert server.alive()


def test_services_run_as_users_of_their_own_and_listen_on_loopback_only(second: Settings) -> None:
    """The relay before Tika stays with root: it only passes bytes on, and has to outlive what it isolates."""
    listening = {Path(f"/proc/{p.pid}").stat().st_uid for p in _settled(second).processes if not _is_relay(p)}
    assert (0 not in listening and len(listening) == 2) if os.geteuid() == 0 else listening == {os.geteuid()}
    assert all(s.url.startswith("http://127.0.0.1:") for s in _state(second).services.values())


@pytest.mark.last
def test_engine_ends_with_the_process_it_is_tied_to(stocked: Settings, owner: subprocess.Popen[bytes]) -> None:
    """An interrupted test run leaves nothing, even one that is killed."""
    state = _state(stocked)
    owner.kill()
    owner.wait()
    assert wait_gone([state.supervisor, *state.processes], 30) == ()
    assert read_endpoints(stocked.home).opensearch is None
    assert not control.is_running(stocked)
    assert control.stop(stocked) is False
