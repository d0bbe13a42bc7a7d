"""Lets many requests to Tika run at once, or one of them alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many at a time, or one alone; who wants to be alone goes first."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._active = 0
        self._lonely = 0

    @contextmanager
    def shared(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._lonely == 0)
            self._active += 1
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._lonely += 1
            self._changed.wait_for(lambda: self._active == 0)
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._lonely -= 1
            self._leave()

    def _leave(self) -> None:
        with self._changed:
            self._active -= 1
            self._changed.notify_all()
