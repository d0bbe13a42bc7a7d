"""Start, stop and look at the engine of an instance: what `aktensuche up` and `down`, the demo and the tests call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from casefile.errors import EnvironmentFault
from casefile.instance import clear_endpoints
from casefile.settings import PREFIX, Settings
from casefile.storage.filelock import is_locked, locked, taken
from engine.assembly.java import find_java
from engine.assembly.layout import locked_engine
from engine.assembly.provision import provision
from engine.machine import check_disk, check_memory, check_port
from engine.processes import ProcessId, terminate, wait_gone
from engine.runner import STOP_PATIENCE, is_healthy
from engine.state import EngineState, ServiceState, clear_state, read_state, supervisor_lock
from engine.supervisor import fingerprint, remove_leftovers, services

START_PATIENCE = 240.0
FIRST_STATE_PATIENCE = 30.0
HOPELESS_AFTER = 3
POLL = 0.1

Say = Callable[[str], None]


def start(settings: Settings, say: Say = lambda _: None, parent: ProcessId | None = None) -> bool:
    """Start what is not running and wait until all of it answers. False if all of it did already.

    With `parent`, the engine ends when that process does. Raises EnvironmentFault with what is missing.
    """
    if not services(settings):
        say("OpenSearch und Tika sind als fremde Dienste eingestellt; hier ist nichts zu starten.")
        return False
    _allow_traversal(settings.home)
    with locked(settings.home / "run" / "control.lock", wait=True):
        provision()
        if is_locked(supervisor_lock(settings.home)) and _is_outdated(settings):
            say("Einstellungen oder Programmdateien haben sich geändert: Neustart.")
            _stop(settings)
        if is_locked(supervisor_lock(settings.home)):
            # A killed supervisor keeps its lock until the kernel has taken it down.
            with suppress(_SupervisorGoneError):
                return _await_healthy(settings, say)
        check_environment(settings)
        _spawn_supervisor(settings, parent)
        try:
            return _await_healthy(settings, say)
        except _SupervisorGoneError as gone:
            raise _start_failed(settings, "Die Überwachung hat sich beendet") from gone


class _SupervisorGoneError(Exception):
    """The supervisor has ended, so the services are no longer watched."""


def _allow_traversal(home: Path) -> None:
    """Lets the services' users pass through these folders to their own (mode 0711), without listing them."""
    is_new = not home.exists()
    for directory in (home, home / "engine", home / "logs"):
        directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and (is_new or directory != home):
            directory.chmod(0o711)


def stop(settings: Settings) -> bool:
    """End everything that `start` started, and make sure of it. False if nothing ran."""
    if not settings.home.is_dir():
        return False
    with locked(settings.home / "run" / "control.lock", wait=True):
        return _stop(settings)


def is_running(settings: Settings) -> bool:
    """Whether every service of this instance answers now."""
    state = read_state(settings.home)
    return is_locked(supervisor_lock(settings.home)) and state is not None and _answers(state)


def check_environment(settings: Settings) -> None:
    """Everything that a start needs, before anything is started. Raises the first EnvironmentFault."""
    find_java(settings.java_home)
    remove_leftovers(settings.home)
    for service in services(settings):
        check_port(service.configured_port(settings), f"{PREFIX}{service.name.upper()}_PORT")
    check_disk(settings.home)
    check_memory(settings)


def _is_outdated(settings: Settings) -> bool:
    state = read_state(settings.home)
    return state is not None and state.fingerprint != fingerprint(settings, locked_engine())


def _spawn_supervisor(settings: Settings, parent: ProcessId | None) -> None:
    logs = settings.home / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    clear_state(settings.home)
    command = [sys.executable, "-m", "engine.supervisor", "--home", str(settings.home)]
    if parent:
        command += ["--parent", f"{parent.pid}:{parent.started}"]
    environment = os.environ | as_environment(settings)
    with (logs / "engine.log").open("ab") as output, taken(supervisor_lock(settings.home)) as lock:
        # The supervisor inherits the lock: it is held from here to its end, however long Python takes to start.
        command += ["--lock", str(lock)]
        # `setsid --fork`: the supervisor outlives this command and is nobody's child who would have to wait for it.
        subprocess.run(
            ["setsid", "--fork", *command],
            pass_fds=(lock,),
            env=environment,
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
        )


def as_environment(settings: Settings) -> dict[str, str]:
    """The settings may have been given in the program: hand on whatever differs from the defaults."""
    changed = settings.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    return {PREFIX + name.upper(): str(value) for name, value in changed.items()}


def _await_healthy(settings: Settings, say: Say) -> bool:
    """Report each service as it becomes ready. Returns whether there was anything to wait for.

    Raises _SupervisorGoneError, and EnvironmentFault where a service does not start.
    """
    began = time.monotonic()
    # What answers from the start was not started here.
    reported = {name for name, service in _services(settings).items() if is_healthy(service.url + service.health)}
    waited = False
    while True:
        state = read_state(settings.home)
        if state is not None and state.healthy and _answers(state):
            for name in state.services if waited else ():
                _report_ready(name, state, reported, began, say)
            return waited
        if not waited:
            say("OpenSearch und Tika starten …")
            waited = True
        if state is not None:
            for name, service in state.services.items():
                if service.phase == "healthy":
                    _report_ready(name, state, reported, began, say)
                _give_up_if_hopeless(name, service, settings)
        if not is_locked(supervisor_lock(settings.home)):
            raise _SupervisorGoneError
        if (elapsed := time.monotonic() - began) > START_PATIENCE:
            raise _start_failed(settings, f"Nach {elapsed:.0f} s antworten nicht alle Dienste")
        time.sleep(POLL)


def _services(settings: Settings) -> dict[str, ServiceState]:
    state = read_state(settings.home)
    return state.services if state else {}


def _report_ready(name: str, state: EngineState, reported: set[str], began: float, say: Say) -> None:
    if name not in reported:
        reported.add(name)
        label = {"opensearch": "OpenSearch", "tika": "Tika"}[name]
        say(f"{label} ist bereit ({state.services[name].url}, nach {time.monotonic() - began:.0f} s).")
        if note := state.services[name].note:
            say(f"Hinweis zu {label}: {note}")


def _answers(state: EngineState) -> bool:
    return all(is_healthy(service.url + service.health) for service in state.services.values())


def _give_up_if_hopeless(name: str, service: ServiceState, settings: Settings) -> None:
    if service.failures < HOPELESS_AFTER:
        return
    _stop(settings)
    raise EnvironmentFault(
        "engine_start_failed",
        f"Der Dienst „{name}“ startet nicht: {service.error}.",
        f"Die Ursache steht in {settings.home / 'logs'} (engine.log, {Path(service.log).name}, opensearch/).",
    )


def _first_state(settings: Settings) -> EngineState | None:
    """A supervisor that has only just begun says who it is within seconds."""
    deadline = time.monotonic() + FIRST_STATE_PATIENCE
    while (state := read_state(settings.home)) is None and time.monotonic() < deadline:
        time.sleep(POLL)
    return state


def _start_failed(settings: Settings, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "engine_start_failed",
        f"{why}.",
        f"Die Ursache steht in {settings.home / 'logs' / 'engine.log'}; danach „aktensuche up“ wiederholen.",
    )


def _stop(settings: Settings) -> bool:
    running = is_locked(supervisor_lock(settings.home))
    state = _first_state(settings) if running else read_state(settings.home)
    known = (state.supervisor, *state.processes) if state else ()
    if state and running:
        state.supervisor.send(signal.SIGTERM)
        wait_gone(known, STOP_PATIENCE + 5)
    left = terminate(known, 0)
    if left or is_locked(supervisor_lock(settings.home)):
        pids = ", ".join(str(process.pid) for process in left) or "unbekannt"
        raise EnvironmentFault(
            "engine_stop_failed",
            f"Diese Prozesse lassen sich nicht beenden: {pids}.",
            "Den Befehl als der Benutzer wiederholen, der die Dienste gestartet hat.",
        )
    clear_endpoints(settings.home)
    clear_state(settings.home)
    return bool(running or known)
