"""One worker process per interface process that decodes pages: files are hostile and pdfium is not thread-safe."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from casefile.errors import Reason
from casefile.imaging.encode import encode_page
from casefile.imaging.media import is_photo
from casefile.imaging.render import render_page
from casefile.sandbox import Limits, WorkerPool

TIMEOUT_S = 30
# A person waits: not behind the backlog, and a page that kills its worker is not tried again.
LIMITS = Limits(memory=3 * 1024**3, tasks_per_process=500, niceness=0, retry_crashed=False)


class Renderer:
    """Starts its process at the first page and replaces it when a file kills it or takes too long."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._pool: WorkerPool | None = None

    def render(
        self, path: Path, media_type: str, page: int, width: int, *, thrifty: bool, most: int, megapixels: int
    ) -> bytes:
        """WebP of at most so many bytes. Raises DocumentFault: `timeout`, `crashed`, and what rendering reports."""
        arguments = (path, media_type, page, width, thrifty, is_photo(media_type), most, megapixels)
        return self._started().run(_render, *arguments, timeout=TIMEOUT_S, reason=Reason.TIMEOUT)

    def warm(self) -> None:
        """Start the process now, in the thread that stays: the first page need not wait for it, and the kernel takes
        the end of the starting thread for the end of the parent.
        """
        self._started()

    def close(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.close()
            self._pool = None

    def _started(self) -> WorkerPool:
        with self._lock:
            if self._pool is None:
                self._pool = WorkerPool(1, LIMITS).start()
            return self._pool


def _render(
    path: Path, media_type: str, page: int, width: int, thrifty: bool, colour: bool, most: int, megapixels: int
) -> bytes:
    image = render_page(path, media_type, page, width_px=width, colour=colour, max_megapixels=megapixels)
    return encode_page(image.image, thrifty=thrifty, colour=colour, most=most)
