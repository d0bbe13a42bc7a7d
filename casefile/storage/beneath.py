"""Opens files of a source tree without ever passing through a link, a device or a pipe.

Whoever writes into the tree may put a link in a file's place at any moment, so no check of a path holds longer than
the check. Each folder is opened below the one before (openat(2) with O_NOFOLLOW); what the name stands for is looked at
through a handle that cannot read (O_PATH), and the file is read through that same handle.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NAME = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


class NotAFile(OSError):
    """In the file's place is something else; `link` where that is a symbolic link."""

    def __init__(self, mode: int) -> None:
        super().__init__("not a regular file")
        self.link = stat.S_ISLNK(mode)


@contextmanager
def beneath(root: Path, raw_path: bytes) -> Iterator[int]:
    """A handle of what stands at that place, not yet opened for reading; `os.fstat` tells what it is.

    `root` is the operator's word and may be a link; nothing below it may. Raises OSError, ENOTDIR among others where
    a folder has become a link.
    """
    *folders, name = _parts(raw_path)
    folder = os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in folders:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        handle = os.open(name, _NAME, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def open_beneath(root: Path, raw_path: bytes) -> Iterator[int]:
    """A descriptor for reading the regular file at that place. Raises NotAFile and other OSErrors."""
    with beneath(root, raw_path) as handle:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise NotAFile(mode)
        descriptor = os.open(f"/proc/self/fd/{handle}", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read_beneath(root: Path, raw_path: bytes, most: int) -> bytes | None:
    """The file's bytes; None where they are more than `most`."""
    with open_beneath(root, raw_path) as descriptor, open(descriptor, "rb", closefd=False) as stream:
        content = stream.read(most + 1)
    return content if len(content) <= most else None


def descriptor_path(descriptor: int) -> Path:
    """A path to an open file for programs and processes of the same user that open by path: the same file, whatever
    its old place holds by now.
    """
    return Path(f"/proc/{os.getpid()}/fd/{descriptor}")


def _parts(raw_path: bytes) -> list[bytes]:
    parts = raw_path.split(b"/")
    if any(part in (b"", b".", b"..") for part in parts):
        raise ValueError(f"not a path below a folder: {raw_path!r}")
    return parts
