"""What runs for an instance, on disk: `run/engine.json` written by the supervisor, and the lock that it holds.

The lock, not the file, says whether a supervisor is alive: the kernel frees it with the process, however that ends.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from casefile.storage.atomic import write_atomic
from engine.processes import ProcessId, boot_id


class Phase(StrEnum):
    STARTING = "starting"
    HEALTHY = "healthy"
    FAILED = "failed"


@dataclass(frozen=True)
class ServiceState:
    """One service. `failures`: starts in a row that did not become healthy; `error`: why the last one did not.

    `note`: what people must know of it although it runs (German).
    """

    phase: Phase
    url: str
    health: str
    processes: tuple[ProcessId, ...] = ()
    failures: int = 0
    error: str = ""
    log: str = ""
    note: str = ""


@dataclass(frozen=True)
class EngineState:
    """`fingerprint` stands for the program files and settings that a restart would be needed to change."""

    supervisor: ProcessId
    fingerprint: str
    services: dict[str, ServiceState] = field(default_factory=dict)

    @property
    def healthy(self) -> bool:
        return bool(self.services) and all(s.phase is Phase.HEALTHY for s in self.services.values())

    @property
    def processes(self) -> tuple[ProcessId, ...]:
        return tuple(process for service in self.services.values() for process in service.processes)


def state_file(home: Path) -> Path:
    return home / "run" / "engine.json"


def write_state(home: Path, state: EngineState) -> None:
    write_atomic(state_file(home), json.dumps({"boot": boot_id(), **asdict(state)}, indent=1), durable=False)


def read_state(home: Path) -> EngineState | None:
    """None without a state, with a damaged one and with one from before the machine's last start."""
    try:
        raw = json.loads(state_file(home).read_text(encoding="utf-8"))
        if raw["boot"] != boot_id():
            return None
        services = {name: _service(entry) for name, entry in raw["services"].items()}
        return EngineState(ProcessId(**raw["supervisor"]), raw["fingerprint"], services)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _service(entry: dict[str, object]) -> ServiceState:
    processes = entry.pop("processes")
    if not isinstance(processes, list):
        raise TypeError("processes")
    known = tuple(ProcessId(**process) for process in processes)
    return ServiceState(**(entry | {"phase": Phase(str(entry["phase"])), "processes": known}))  # type: ignore[arg-type]


def clear_state(home: Path) -> None:
    state_file(home).unlink(missing_ok=True)


def supervisor_lock(home: Path) -> Path:
    return home / "run" / "supervisor.lock"
