"""Our own reading of a file beside Tika's, made in a worker process."""

from __future__ import annotations

from pathlib import Path

from casefile.errors import DocumentFault, Reason, Shortfall
from casefile.imaging.media import base_type
from casefile.sandbox import WorkerPool
from casefile.settings import Settings
from indexer.extract.formats.reader import read_format, reader_of
from indexer.extract.formats.reading import Reading
from indexer.extract.tika.client import Parsed


def read_beside(path: Path, parsed: Parsed, settings: Settings, pool: WorkerPool) -> Reading | None:
    """None where no reader of our own knows the type. Raises DocumentFault `encrypted`, EnvironmentFault.

    Where the reader fails, what Tika sees is all there is; then the page says so.
    """
    reader = reader_of(base_type(parsed.media_type), path.suffix.lower())
    if not reader:
        return None
    encoding = parsed.first("Content-Encoding")
    try:
        return pool.run(read_format, reader, path, encoding, timeout=settings.ocr_timeout, reason=Reason.TIMEOUT)
    except DocumentFault as fault:
        if fault.reason is Reason.ENCRYPTED:
            raise
        if parsed.exception:
            return None  # both fail: Tika's reason is told
        return Reading(leads=False, shortfalls=(Shortfall(Reason.PART_NOT_READ, fault.message),))
