"""Work beside the requests or runs of a process, from time to time, until the process ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from threading import Event, Thread


class Background(ABC):
    """A thread that calls `turn`, waits `every_s` seconds, and so on, from `start` to `stop`.

    `turn` deals with whatever it raises: what it lets through ends the thread.
    """

    def __init__(self, name: str, every_s: float) -> None:
        self._every_s = every_s
        self._stopped = Event()
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the turn that is under way has ended."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    @abstractmethod
    def turn(self) -> None: ...

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.turn()
            self._stopped.wait(self._every_s)
