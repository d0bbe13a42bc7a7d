"""One worker process per interface process that decodes pages: files are hostile and pdfium is not thread-safe."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from threading import Lock

from pebble import ProcessExpired, ProcessPool

from casefile.errors import DocumentFault, Reason
from casefile.imaging.encode import encode_page
from casefile.imaging.render import render_page

TIMEOUT_S = 30
MEMORY_LIMIT = 3 * 1024**3
TASKS_PER_PROCESS = 500
_PR_SET_PDEATHSIG = 1


class Renderer:
    """Starts its process at the first page and replaces it when a file kills it or takes too long."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: ProcessPool | None = None

    def render(
        self, path: Path, media_type: str, page: int, width: int, *, thrifty: bool, most: int, megapixels: int
    ) -> bytes:
        """WebP of at most so many bytes. Raises DocumentFault: `timeout`, `crashed`, and what rendering reports."""
        colour = media_type.startswith("image/jpeg")
        arguments = (str(path), media_type, page, width, thrifty, colour, most, megapixels)
        try:
            content: bytes = self._started().schedule(_render, args=arguments, timeout=TIMEOUT_S).result()
        except (FutureTimeout, TimeoutError) as error:
            raise DocumentFault(Reason.TIMEOUT) from error
        except ProcessExpired as error:
            raise DocumentFault(Reason.CRASHED) from error
        except MemoryError as error:
            raise DocumentFault(Reason.TOO_LARGE) from error
        return content

    def warm(self) -> None:
        """Start the process now, in the thread that stays: the first page need not wait for it, and the kernel takes
        the end of the starting thread for the end of the parent.
        """
        self._started().schedule(_ready)

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]
                self._pool.join()
            self._pool = None

    def _started(self) -> ProcessPool:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=1,
                    max_tasks=TASKS_PER_PROCESS,
                    initializer=_start_worker,
                    context=multiprocessing.get_context("spawn"),
                )
            return self._pool


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)


def _ready() -> None:
    """A task that does nothing."""


def _render(
    path: str, media_type: str, page: int, width: int, thrifty: bool, colour: bool, most: int, megapixels: int
) -> bytes:
    image = render_page(Path(path), media_type, page, width_px=width, colour=colour, max_megapixels=megapixels)
    return encode_page(image.image, thrifty=thrifty, colour=colour, most=most)
