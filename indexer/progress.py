"""Shows a run's progress: a bar on a terminal, a line now and then elsewhere. Standard error only."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from casefile.database.ledger import FileRow
from casefile.names import visible
from casefile.wording import counted, number

LINE_EVERY_S = 15.0


class Reporter:
    """Called once with the number of pending files (`expect`), then once per finished file."""

    def __init__(self, name: str, *, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console, disable=quiet or not self._console.is_terminal)
        self._name = visible(name)
        self._task = self._bar.add_task(f"{escape(visible(name))} einlesen", total=None)
        self._lock = threading.Lock()
        self._total = self._done = 0
        self._last = time.monotonic()

    def __enter__(self) -> Reporter:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def expect(self, files: int) -> None:
        self._total = files
        self._bar.update(self._task, total=files)
        if not self._console.is_terminal and files:
            self._console.print(f"{self._name}: {counted(files, 'Datei', 'Dateien')} zu lesen …")

    def __call__(self, file: FileRow) -> None:  # noqa: ARG002
        with self._lock:
            self._done += 1
            self._bar.advance(self._task)
            if not self._console.is_terminal and time.monotonic() - self._last > LINE_EVERY_S:
                self._last = time.monotonic()
                self._console.print(
                    f"{self._name}: {number(self._done)} von {counted(self._total, 'Datei', 'Dateien')}"
                )
