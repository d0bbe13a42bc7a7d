"""Keep one service running: start, watch, restart with growing pauses, stop."""

from __future__ import annotations

import logging
import subprocess
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from casefile.errors import AktensucheError
from casefile.settings import Settings
from engine.assembly.layout import Engine
from engine.machine import choose_port
from engine.processes import ProcessId, terminate, with_descendants
from engine.service import Launch, Service
from engine.state import Phase, ServiceState

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
START_LIMIT = 180.0
# An index that cannot be opened must not keep the others from being searched.
READY_LIMIT = 60.0
# Garbage collection on a busy machine can take seconds; a minute without an answer is no pause any more.
HUNG_AFTER = 60.0
CHECK_STARTING = 0.3
CHECK_HEALTHY = 5.0
HEALTH_TIMEOUT = 3.0
STOP_PATIENCE = 20.0
LOG_LIMIT = 5_000_000

log = logging.getLogger(__name__)


def is_healthy(url: str, timeout: float = HEALTH_TIMEOUT) -> bool:
    try:
        with urlopen(url, timeout=timeout) as answer:  # noqa: S310 - the address is one of our own
            return bool(answer.status == 200)
    except (URLError, OSError, ValueError):
        return False


class Runner:
    """One service of one instance. `tick` is called again and again and never blocks for long."""

    def __init__(self, service: Service, settings: Settings, engine: Engine) -> None:
        self.service = service
        self._settings = settings
        self._engine = engine
        self._process: subprocess.Popen[bytes] | None = None
        self._launch: Launch | None = None
        self._family: tuple[ProcessId, ...] = ()
        self._phase = Phase.STARTING
        self._failures = 0
        self._error = ""
        self._next_start = 0.0
        self._next_check = 0.0
        self._last_sign_of_life = 0.0
        self._alive_since = 0.0

    @property
    def state(self) -> ServiceState:
        url, health = (self._launch.url, self._launch.health) if self._launch else ("", "")
        log_file, note = (str(self._launch.log), self._launch.note) if self._launch else ("", "")
        return ServiceState(self._phase, url, health, self._family, self._failures, self._error, log_file, note)

    def tick(self, now: float) -> None:
        if self._process is None:
            if now >= self._next_start:
                self._start(now)
        elif self._process.poll() is not None:
            self._ended(now, f"beendet mit Status {self._process.returncode}")
        elif now >= self._next_check:
            self._check(now)

    def stop(self) -> None:
        if self._process is not None:
            self._family = self._current_family()
            terminate(self._family, STOP_PATIENCE)
            self._process.wait()
        self._process = None
        self._family = ()

    def _start(self, now: float) -> None:
        previous = self._launch.port if self._launch else 0
        self._phase = Phase.STARTING
        try:
            port = choose_port(self.service.configured_port(self._settings), previous)
            self._launch = self.service.prepare(self._settings, self._engine, port)
            self._process = _spawn(self._launch)
        except (AktensucheError, OSError) as error:
            self._ended(now, str(error))
            return
        log.info("%s started, pid %d, port %d", self.service.name, self._process.pid, port)
        if self._launch.note:
            log.warning("%s: %s", self.service.name, self._launch.note)
        self._family = self._current_family()
        self._last_sign_of_life = now
        self._alive_since = 0.0
        self._next_check = now + CHECK_STARTING

    def _check(self, now: float) -> None:
        if self._launch is None:
            return
        self._family = self._current_family()
        if is_healthy(self._launch.url + self._launch.health):
            self._last_sign_of_life = time.monotonic()
            self._become_healthy(self._launch)
        healthy = self._phase is Phase.HEALTHY
        silent = time.monotonic() - self._last_sign_of_life
        if silent > (HUNG_AFTER if healthy else START_LIMIT):
            self._ended(now, f"antwortet seit {silent:.0f} s nicht")
            return
        self._next_check = now + (CHECK_HEALTHY if healthy and silent < 1 else CHECK_STARTING)

    def _become_healthy(self, launch: Launch) -> None:
        if self._phase is Phase.HEALTHY:
            return
        self._alive_since = self._alive_since or time.monotonic()
        overdue = time.monotonic() - self._alive_since > READY_LIMIT
        if overdue or is_healthy(launch.url + launch.ready):
            log.info("%s is healthy%s", self.service.name, ", but not ready" if overdue else "")
            self._phase, self._failures, self._error = Phase.HEALTHY, 0, ""

    def _ended(self, now: float, why: str) -> None:
        """Remove what is left of it and plan the next start: at once after good service, later after each failure."""
        log.warning("%s: %s", self.service.name, why)
        terminate(self._family, 0)
        if self._process is not None:
            self._process.wait()
        self._failures = 0 if self._phase is Phase.HEALTHY else self._failures + 1
        pause = min(FIRST_PAUSE * 2.0**self._failures, LONGEST_PAUSE) if self._failures else 0.0
        self._process, self._family = None, ()
        self._phase, self._error = Phase.FAILED, why
        self._next_start = now + pause

    def _current_family(self) -> tuple[ProcessId, ...]:
        return with_descendants(self._process.pid) if self._process else ()


def _spawn(launch: Launch) -> subprocess.Popen[bytes]:
    _rotate(launch.log)
    with launch.log.open("ab") as output:
        return subprocess.Popen(
            launch.command,
            env=dict(launch.environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _rotate(file: Path) -> None:
    if file.exists() and file.stat().st_size > LOG_LIMIT:
        file.replace(file.with_suffix(".1.log"))
