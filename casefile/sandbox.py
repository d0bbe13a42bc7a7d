"""Worker processes for everything that decodes a hostile file: rendering, recognition, PDF and image inspection.

A worker has a memory and a CPU limit, dies with its parent, and is replaced when a file kills it or takes too long.
What is lost on one file by slow and failed work, in all workers and services together, has a budget.
pdfium is not thread-safe, so it is only ever used in here, one task per process.
"""

from __future__ import annotations

import copy
import ctypes
import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from pebble import ProcessExpired, ProcessPool

from casefile.errors import AktensucheError, DocumentFault, EnvironmentFault, Reason
from casefile.wording import caused, number, unexpected

T = TypeVar("T")
log = logging.getLogger(__name__)

CPU_GRACE = 30  # seconds; the pool's wall-clock limit comes first, this one holds where the pool is gone
# A service that answers within this time costs nothing, so that a mail with 1,000 attachments is read to its end.
FREE_SECONDS = 10.0
# With the budget spent, each further step still gets this long, until so many in a row have failed: a binder with a few
# bad pages does not lose the good ones behind them.
LEAST_SECONDS = 10.0
MOST_MISSES = 5
# One step may take so much of what is left: what comes after it must not be left with nothing.
SHARE = 0.75
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_STOPPED = ("workers_stopped", "Die Verarbeitung wurde beendet.")


class Budget:
    """Shared by all that is done for one source file and its attachments. Thread-safe. Waiting for a free process or
    for other files is no part of it: a busy machine is no fault of the file.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._left = seconds
        self._misses = 0
        self._lock = threading.Lock()

    def limit(self, most: float, reason: Reason = Reason.TIMEOUT) -> float:
        """Seconds that the next step may take, at most `most`. Raises DocumentFault with `reason` where the budget is
        spent and nothing succeeds any more.
        """
        with self._lock:
            if self._left <= 0 and self._misses >= MOST_MISSES:
                detail = (
                    f"Für diese Datei sind {number(self._seconds)} s vergeblich aufgewendet (AKTENSUCHE_FILE_TIMEOUT)"
                )
                raise DocumentFault(reason, detail)
            return min(most, max(self._left * SHARE, LEAST_SECONDS))

    def failed(self, seconds: float) -> None:
        """Counts a step that failed after so many seconds."""
        with self._lock:
            self._left -= seconds
            self._misses += 1

    def succeeded(self, seconds: float = 0.0) -> None:
        """A step that brought something; `seconds`: of a service, whose slowness counts beyond what is free."""
        with self._lock:
            self._left -= max(0.0, seconds - FREE_SECONDS)
            self._misses = 0


UNLIMITED = Budget(float("inf"))


@dataclass(frozen=True)
class Limits:
    """Of one worker process.

    `memory`: address space in bytes; by default the largest page allowed (200 megapixels in colour, twice while it is
    converted) and the recognition model fit. `tasks_per_process`: then it is replaced, so that leaks stay small.
    `niceness`: by default searching people go before the backlog. `retry_crashed`: a task that kills its worker is
    tried once more, because the kernel may have killed it for its neighbour's memory.
    """

    memory: int = 4 * 1024**3
    tasks_per_process: int = 1000
    niceness: int = 10
    retry_crashed: bool = True


class WorkerPool:
    """Context manager around the worker processes. Enter (or start) it in the thread that outlives the work: the
    kernel takes the end of that thread for the end of the parent and kills the workers.
    """

    def __init__(self, workers: int, limits: Limits = Limits()) -> None:
        self._workers = workers
        self._limits = limits
        self._pool: ProcessPool | None = None
        self._budget = UNLIMITED

    def within(self, budget: Budget) -> Self:
        """The same processes for work that shares a budget. Not to be entered or closed itself."""
        shared = copy.copy(self)
        shared._budget = budget
        return shared

    def start(self) -> Self:
        self._pool = ProcessPool(
            max_workers=self._workers,
            max_tasks=self._limits.tasks_per_process,
            initializer=_start_worker,
            initargs=(os.getpid(), self._limits),
            context=multiprocessing.get_context("spawn"),
        )
        self._pool.schedule(_ready)  # starts the processes from this thread
        return self

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # type: ignore[no-untyped-call]
            pool.join()

    def schedule(self, function: Callable[..., T], *args: Any, timeout: float, reason: Reason) -> Future[T]:
        """Run `function(*args)` in a worker. A task longer than `timeout` seconds fails with `reason`; one that kills
        its worker fails with `crashed`, where the limits say so after a second try. The future raises AktensucheError
        only; cancelling it stops the task, also a running one.
        """
        outcome: Future[T] = Future()
        self._attempt(outcome, function, args, timeout, reason, last=not self._limits.retry_crashed)
        return outcome

    def run(self, function: Callable[..., T], *args: Any, timeout: float, reason: Reason) -> T:
        return self.schedule(function, *args, timeout=timeout, reason=reason).result()

    def _attempt(
        self,
        outcome: Future[T],
        function: Callable[..., T],
        args: tuple[Any, ...],
        timeout: float,
        reason: Reason,
        last: bool,
    ) -> None:
        def done(inner: Future[_Done[T]]) -> None:
            if outcome.cancelled():
                return
            broken = EnvironmentFault(*_STOPPED) if inner.cancelled() else inner.exception()
            if broken is None:
                self._settle(outcome, inner.result())
                return
            self._budget.failed(min(limit, time.monotonic() - started))
            if isinstance(broken, ProcessExpired) and not last and self._pool is not None:
                self._attempt(outcome, function, args, timeout, reason, last=True)
            else:
                outcome.set_exception(_pool_fault(broken, reason))

        if self._pool is None:
            raise RuntimeError("the pool is not entered")
        started = time.monotonic()
        try:
            limit = self._budget.limit(timeout, reason)
            inner = self._pool.schedule(_limited, args=(function, limit, *args), timeout=limit)
        except (DocumentFault, RuntimeError) as error:  # the budget is spent; the pool is being stopped
            outcome.set_exception(_pool_fault(error, reason))
            return

        def cancel(outer: Future[T]) -> None:
            if outer.cancelled():
                inner.cancel()  # type: ignore[no-untyped-call]

        outcome.add_done_callback(cancel)
        inner.add_done_callback(done)

    def _settle(self, outcome: Future[T], task: _Done[T]) -> None:
        if task.error is None:
            self._budget.succeeded()
            outcome.set_result(cast("T", task.result))
        else:
            self._budget.failed(task.seconds)
            outcome.set_exception(_task_fault(task.error))


@dataclass(frozen=True)
class _Done(Generic[T]):
    """Outcome of a task in the worker. Its error is a value, so that it differs from an error of the pool."""

    seconds: float
    result: T | None = None
    error: Exception | None = None


def _task_fault(error: Exception) -> AktensucheError:
    """Any exception of a task is a fault of its input."""
    if isinstance(error, AktensucheError):
        return error
    if isinstance(error, MemoryError):
        return DocumentFault(Reason.TOO_LARGE, "Der Arbeitsspeicher reicht für diese Seite nicht")
    log.error("unexpected error in a worker: %s", "".join(getattr(error, "__notes__", [])) or repr(error))
    return DocumentFault(Reason.CRASHED, unexpected("Das Leseprogramm ist unerwartet gescheitert", error))


def _pool_fault(error: BaseException, timeout_reason: Reason) -> AktensucheError:
    if isinstance(error, AktensucheError):
        return error
    if isinstance(error, FutureTimeout | TimeoutError):
        return DocumentFault(timeout_reason)
    if isinstance(error, ProcessExpired):
        code = getattr(error, "exitcode", None)
        return DocumentFault(timeout_reason if code == -signal.SIGXCPU else Reason.CRASHED)
    if isinstance(error, BrokenProcessPool | RuntimeError):
        stopped = caused("Die Arbeitsprozesse sind beendet", error)
        return EnvironmentFault("workers_stopped", stopped, "Denselben Befehl wiederholen; er macht weiter.")
    log.error("unexpected error between the processes", exc_info=error)  # what cannot be sent: arguments, results
    return DocumentFault(Reason.CRASHED, unexpected("Das Leseprogramm ist unerwartet gescheitert", error))


def _ready() -> None:
    """A task that does nothing."""


def _start_worker(parent: int, limits: Limits) -> None:
    """In the worker, before any task and before any library with threads is loaded."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _leave_network()
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(limits.niceness)
    os.umask(0o077)
    # The decoders' own complaints about damaged files; what matters comes back as an exception.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _leave_network() -> None:
    """Enters a network name space of its own: a compromised decoder reaches neither the engine nor other machines.

    Works as root and where ordinary users may make user name spaces; elsewhere the worker keeps its network.
    """
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None).unshare(_CLONE_NEWNET if user == 0 else _CLONE_NEWNET | _CLONE_NEWUSER) != 0 or user == 0:
        return
    # Stay who we are in the user name space.
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path("/proc/self", name).write_text(line, encoding="ascii")


def _limited(function: Callable[..., T], timeout: float, *args: Any) -> _Done[T]:
    """Run one task under a CPU limit of its own; RLIMIT_CPU counts over the process's whole life."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + timeout + CPU_GRACE)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    started = time.monotonic()
    try:
        result = function(*args)
    except Exception as error:
        if not isinstance(error, AktensucheError):
            error.add_note(traceback.format_exc())
        return _Done(time.monotonic() - started, error=error)
    return _Done(time.monotonic() - started, result)
