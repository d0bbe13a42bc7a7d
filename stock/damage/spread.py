"""Spreads work over processes and takes the results in the order of the work, with a bound on what waits."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# Enough to bridge one slow piece of work; what is finished and not yet written down waits in memory.
_AHEAD = 8


def in_order(work: Callable[[T], R], tasks: Iterable[T], processes: int) -> Iterator[R]:
    """Results in the order of the tasks. At most eight a process are begun and not yet taken: a slow reader slows the
    work and does not fill the memory. A worker that dies raises `BrokenProcessPool`."""
    if processes <= 1:
        yield from map(work, tasks)
        return
    waiting: deque[Future[R]] = deque()
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for task in tasks:
                waiting.append(pool.submit(work, task))
                if len(waiting) >= _AHEAD * processes:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # A reader that stops early does not wait for work that nobody takes.
            for left in waiting:
                left.cancel()
