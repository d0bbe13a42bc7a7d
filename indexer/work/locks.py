"""One lock per content, held between threads and between processes that share the home folder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_S = 0.1
_FLOCK = "hhqqi0q"  # struct flock on 64-bit Linux: type, whence, start, length, pid


class ContentLocks:
    """The same content in two files is read once; the second time it comes from the derived store.

    A content's lock is one byte of a single file, at a place taken from its hash: no file per content is left behind,
    and two contents wait for each other only where 62 bits of their hashes agree. The lock belongs to the open file
    description (fcntl(2), "Open file description locks"), so the kernel drops it with its holder, however that ends.
    """

    def __init__(self, home: Path) -> None:
        self._file = home / "run" / "contents.lock"

    @contextmanager
    def hold(self, content: str, check: Callable[[], None]) -> Iterator[None]:
        """`check` is called while another holder is waited for; what it raises ends the waiting."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while not _take(descriptor, _place(content)):
                check()
                time.sleep(POLL_S)
            yield
        finally:
            os.close(descriptor)


def _place(content: str) -> int:
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8]) >> 2


def _take(descriptor: int, place: int) -> bool:
    wanted = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES: POSIX allows both for "held by another"
        return False
    return True
