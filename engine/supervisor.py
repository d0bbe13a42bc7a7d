"""The process that keeps OpenSearch and Tika of one instance running: `python -m engine.supervisor`.

Its children die with it (`restricted`), so that nothing is left that could block the data directory or a port.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import resource
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casefile.instance import Endpoints, clear_endpoints, write_endpoints
from casefile.settings import Settings, load_settings
from engine.assembly.layout import Engine, assembled_engine
from engine.opensearch import OpenSearch
from engine.processes import ProcessId, terminate
from engine.runner import Runner
from engine.service import Service
from engine.state import EngineState, Phase, clear_state, read_state, write_state
from engine.tika import Tika

INTERVAL = 0.25

log = logging.getLogger("engine.supervisor")


def services(settings: Settings) -> tuple[Service, ...]:
    """Those this instance runs itself."""
    known: tuple[Service, ...] = (OpenSearch(), Tika())
    return tuple(service for service in known if service.wanted(settings))


def fingerprint(settings: Settings, engine: Engine) -> str:
    """Changes where a running engine would have to be started anew."""
    names = ("opensearch_port", "tika_port", "opensearch_heap_mb", "java_home", "opensearch_url", "tika_url")
    values = [str(engine.root), *(str(getattr(settings, name)) for name in names)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def remove_leftovers(home: Path) -> None:
    """End what a killed supervisor may have left, by identity; the kernel has normally done so already."""
    state = read_state(home)
    if state is not None:
        terminate(state.processes, 0)


class Supervisor:
    """Ticks every service, writes the state where it changed, ends on a signal or with its parent."""

    def __init__(self, settings: Settings, parent: ProcessId | None) -> None:
        self._settings = settings
        self._parent = parent
        self._stop = threading.Event()
        engine = assembled_engine()
        self._own = ProcessId.current()
        self._fingerprint = fingerprint(settings, engine)
        self._runners = [Runner(service, settings, engine) for service in services(settings)]

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())
        written: EngineState | None = None
        try:
            while not self._stop.is_set() and (self._parent is None or self._parent.alive()):
                for runner in self._runners:
                    runner.tick(time.monotonic())
                written = self._publish(written)
                self._stop.wait(INTERVAL)
        finally:
            log.info("stopping")
            with ThreadPoolExecutor(len(self._runners) or 1) as pool:
                list(pool.map(Runner.stop, self._runners))
            clear_endpoints(self._settings.home)
            clear_state(self._settings.home)

    def _publish(self, written: EngineState | None) -> EngineState:
        states = {runner.service.name: runner.state for runner in self._runners}
        state = EngineState(self._own, self._fingerprint, states)
        if state == written:
            return state
        write_state(self._settings.home, state)
        healthy = {name: s.url for name, s in states.items() if s.phase is Phase.HEALTHY}
        before = {name: s.url for name, s in written.services.items()} if written else {}
        if healthy and (state.healthy or healthy != before):
            write_endpoints(self._settings.home, Endpoints(healthy.get("opensearch"), healthy.get("tika")))
        return state


def main() -> int:
    parser = argparse.ArgumentParser(prog="engine.supervisor")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--lock", type=int, required=True, help="the open file that holds the supervisor's lock")
    parser.add_argument("--parent", default="", help="PID:START of a process whose end ends this one")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    settings = load_settings(home=options.home)
    _raise_open_files()
    with os.fdopen(options.lock, "ab"):
        remove_leftovers(settings.home)
        Supervisor(settings, _parse_parent(options.parent)).run()
    return 0


def _parse_parent(text: str) -> ProcessId | None:
    if not text:
        return None
    pid, _, started = text.partition(":")
    return ProcessId(int(pid), int(started))


def _raise_open_files() -> None:
    """A node keeps many files open; take what the system allows without asking."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    raise SystemExit(main())
