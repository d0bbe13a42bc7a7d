"""Writes a file as a whole: after a kill or a power cut its place holds the old content or the new one, never a part.

Also used by the set-up, before any package is installed: the standard library only.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

READABLE = 0o644
PRIVATE = 0o600


@contextlib.contextmanager
def replacing(
    target: Path, *, mode: int = READABLE, temporary: Path | None = None, durable: bool = True
) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of `target` when the block ends without an error.

    Written beside the target (or at `temporary`, on the same file system), flushed to the disk, renamed; then the
    folder is flushed. An error leaves the old content and no remains: a full disk is not filled further.
    `mode`: permissions, from the first byte on. `durable=False`: without the flushes, for what can be made again.
    """
    beside = temporary or _beside(target)
    try:
        with _new_file(beside, mode) as stream:
            yield stream
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(target.parent)


def write_atomic(target: Path, content: bytes | str, *, mode: int = READABLE, durable: bool = True) -> None:
    """`content`: text is written as UTF-8. The folder must exist."""
    with replacing(target, mode=mode, durable=durable) as stream:
        stream.write(content.encode() if isinstance(content, str) else content)


def create_atomic(target: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Like `write_atomic`, but of several writers the first one wins; what is there already stays."""
    beside = _beside(target)
    try:
        with _new_file(beside, mode) as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        with contextlib.suppress(FileExistsError):
            target.hardlink_to(beside)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(target.parent)


def write_at(target: Path, offset: int, content: bytes, *, mode: int = READABLE) -> None:
    """For files that only grow: what stands from `offset` on is overwritten, and on the disk when this returns.

    A kill can leave a part; whoever reads such a file knows where its last whole entry ends.
    """
    new = not target.exists()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT, mode)
    try:
        while content:
            written = os.pwrite(descriptor, content, offset)
            content, offset = content[written:], offset + written
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if new:
        sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Makes new, renamed and removed names in it durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(target: Path) -> Path:
    """Unique per thread; hidden and with its own suffix, so that no pattern for real files matches."""
    return target.with_name(f".{target.name[:200]}.{os.getpid()}-{threading.get_ident()}.tmp")


def _new_file(path: Path, mode: int) -> BinaryIO:
    path.unlink(missing_ok=True)  # of an earlier process with the same number
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode), "wb")
