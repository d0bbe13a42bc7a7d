"""Progress on the terminal: one line per step, rewritten in place where it is a terminal."""

from __future__ import annotations

import sys
import time


def step(text: str) -> None:
    sys.stderr.write(f"» {text}\n")
    sys.stderr.flush()


class Counter:
    """`label: 12 von 151`; a log file gets a line now and then instead of one that is rewritten."""

    SECONDS_BETWEEN_LINES = 5.0

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = total
        self._count = 0
        self._last = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def advance(self) -> None:
        self._count = min(self._count + 1, self._total)
        now = time.monotonic()
        if self._terminal:
            sys.stderr.write(f"\r  {self._label}: {self._count} von {self._total} ")
            sys.stderr.flush()
        elif now - self._last > self.SECONDS_BETWEEN_LINES:
            self._last = now
            step(f"  {self._label}: {self._count} von {self._total}")

    def finish(self) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
