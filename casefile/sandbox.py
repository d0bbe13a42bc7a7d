"""Worker processes for everything that decodes a hostile file: rendering, recognition, PDF and image inspection.

A worker has a memory and a CPU limit, dies with its parent, and is replaced when a file kills it or takes too long.
pdfium is not thread-safe, so it is only ever used in here, one task per process.
"""

from __future__ import annotations

import ctypes
import logging
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from casefile.errors import AktensucheError, DocumentFault, EnvironmentFault, Reason
from casefile.wording import caused

T = TypeVar("T")
log = logging.getLogger(__name__)

CPU_GRACE = 30  # seconds; the pool's wall-clock limit comes first, this one holds where the pool is gone
_PR_SET_PDEATHSIG = 1
_STOPPED = ("workers_stopped", "Die Verarbeitung wurde beendet.")


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
        def done(inner: Future[T]) -> None:
            if outcome.cancelled():
                return
            error = EnvironmentFault(*_STOPPED) if inner.cancelled() else inner.exception()
            if error is None:
                outcome.set_result(inner.result())
            elif isinstance(error, ProcessExpired) and not last and self._pool is not None:
                self._attempt(outcome, function, args, timeout, reason, last=True)
            else:
                outcome.set_exception(_as_fault(error, reason))

        if self._pool is None:
            raise RuntimeError("the pool is not entered")
        try:
            inner = self._pool.schedule(_limited, args=(function, timeout, *args), timeout=timeout)
        except RuntimeError as error:  # the pool is being stopped
            outcome.set_exception(_as_fault(error, reason))
            return

        def cancel(outer: Future[T]) -> None:
            if outer.cancelled():
                inner.cancel()  # type: ignore[no-untyped-call]

        outcome.add_done_callback(cancel)
        inner.add_done_callback(done)


def _as_fault(error: BaseException, timeout_reason: Reason) -> AktensucheError:
    if isinstance(error, AktensucheError):
        return error
    if isinstance(error, FutureTimeout | TimeoutError):
        return DocumentFault(timeout_reason)
    if isinstance(error, ProcessExpired):
        code = getattr(error, "exitcode", None)
        return DocumentFault(timeout_reason if code == -signal.SIGXCPU else Reason.CRASHED)
    if isinstance(error, MemoryError):
        return DocumentFault(Reason.TOO_LARGE, "Der Arbeitsspeicher reicht für diese Seite nicht")
    if isinstance(error, BrokenProcessPool | RuntimeError):
        stopped = caused("Die Arbeitsprozesse sind beendet", error)
        return EnvironmentFault("workers_stopped", stopped, "Denselben Befehl wiederholen; er macht weiter.")
    log.error("unexpected error in a worker", exc_info=error)
    detail = caused("Das Leseprogramm ist unerwartet gescheitert", f"{type(error).__name__}: {error}")
    return DocumentFault(Reason.CRASHED, detail)


def _ready() -> None:
    """A task that does nothing."""


def _start_worker(parent: int, limits: Limits) -> None:
    """In the worker, before any task and before any library with threads is loaded."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(limits.niceness)
    os.umask(0o077)
    # The decoders' own complaints about damaged files; what matters comes back as an exception.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _limited(function: Callable[..., T], timeout: float, *args: Any) -> T:
    """Run one task under a CPU limit of its own; RLIMIT_CPU counts over the process's whole life."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime + timeout + CPU_GRACE)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    return function(*args)
