"""What one file may make the program raise, as that file's own fault. Only faults of the environment stop a run."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import exc

from casefile.errors import AktensucheError, DocumentFault, Reason
from casefile.wording import unexpected
from indexer.context import Interrupted
from indexer.source.steady import SourceChanged

log = logging.getLogger(__name__)

_MEANT = (AktensucheError, Interrupted, SourceChanged)
# The database is away, locked or full. What it refuses to store is none of these: that is the file's.
_DATABASE = (sqlite3.OperationalError, exc.DatabaseError, exc.InterfaceError, exc.TimeoutError)
_REFUSED = (exc.DataError, exc.IntegrityError, exc.ProgrammingError)
# Disk, memory, open files and network drives: the next file would meet them too.
_SYSTEM = frozenset(
    {
        errno.EDQUOT,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EROFS,
        errno.ESTALE,
        errno.ETIMEDOUT,
    }
)


@contextmanager
def stage(name: str, home: Path) -> Iterator[None]:
    """Any exception inside becomes a DocumentFault `crashed` that names the stage (German), unless it was raised on
    purpose or the environment (disk, memory, database) is the cause. `home`: the folder whose files are the
    program's own.
    """
    try:
        yield
    except Exception as error:
        if isinstance(error, _MEANT) or _is_environment(error, home):
            raise
        log.exception("unexpected error in stage %r", name)
        raise crashed(name, error) from error


def crashed(name: str, error: BaseException) -> DocumentFault:
    return DocumentFault(Reason.CRASHED, unexpected(f"Unerwarteter Fehler beim Schritt „{name}“", error))


def _is_environment(error: Exception, home: Path) -> bool:
    if isinstance(error, OSError):
        return error.errno in _SYSTEM or _is_own_file(error, home)
    return isinstance(error, _DATABASE) and not isinstance(error, _REFUSED)


def _is_own_file(error: OSError, home: Path) -> bool:
    """Whether one of the program's own files could not be had."""
    if not isinstance(error.filename, str | bytes):
        return False
    return Path(str(error.filename)).is_relative_to(home)
