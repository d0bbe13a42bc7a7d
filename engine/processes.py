"""Processes by identity: a pid alone may belong to somebody else by now."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

# Field 22 of proc(5), counted from the state on.
START_TIME = 19


@dataclass(frozen=True)
class ProcessId:
    """A process on this boot: pid and start time in clock ticks since boot (which no clock change can move)."""

    pid: int
    started: int

    @classmethod
    def of(cls, pid: int) -> ProcessId | None:
        """None where no such process runs (a zombie does not)."""
        stat = _stat(pid)
        return cls(pid, int(stat[START_TIME])) if stat and stat[0] not in "ZX" else None

    @classmethod
    def current(cls) -> ProcessId:
        """This very process."""
        return cls(os.getpid(), int(_stat(os.getpid())[START_TIME]))

    def alive(self) -> bool:
        return ProcessId.of(self.pid) == self

    def send(self, number: signal.Signals) -> None:
        if self.alive():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the state on; the name before it may hold blanks and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def boot_id() -> str:
    """Changes with every start of the machine: process ids of an earlier one mean nothing."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def with_descendants(pid: int) -> tuple[ProcessId, ...]:
    try:
        children = [child.pid for child in psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        children = []
    found = (ProcessId.of(each) for each in [pid, *children])
    return tuple(identity for identity in found if identity)


def wait_gone(processes: Iterable[ProcessId], seconds: float) -> tuple[ProcessId, ...]:
    """Those still alive after at most so many seconds."""
    deadline = time.monotonic() + seconds
    left = tuple(p for p in processes if p.alive())
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = tuple(p for p in left if p.alive())
    return left


def terminate(processes: Iterable[ProcessId], patience: float) -> tuple[ProcessId, ...]:
    """SIGTERM, wait, then SIGKILL. Returns the processes still alive."""
    known = tuple(processes)
    for process in known:
        process.send(signal.SIGTERM)
    left = wait_gone(known, patience)
    for process in left:
        process.send(signal.SIGKILL)
    return wait_gone(left, 10)
