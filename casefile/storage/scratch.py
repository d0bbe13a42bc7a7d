"""Temporary files whose names say which process they belong to, so that those of killed processes can be told apart."""

from __future__ import annotations

import contextlib
import re
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

import psutil

LEFTOVER_S = 24 * 3600.0  # a process in another container cannot be asked whether it lives; its age has to do
_NAME = re.compile(r"(?P<host>.+)\.(?P<pid>\d+)\.(?P<started>\d+)\.\d+-")


def scratch_prefix() -> str:
    """Beginning of a temporary file's name; no two threads share one."""
    me = psutil.Process()
    return f"{socket.gethostname()}.{me.pid}.{int(me.create_time())}.{threading.get_ident()}-"


@contextlib.contextmanager
def scratch_file(home: Path, name: str) -> Iterator[IO[bytes]]:
    """A new file in the home folder, gone when the block ends. Of `name`, which may be anything, it has the suffix:
    types without a signature (text, CSV) need it as a hint.
    """
    folder = home / "tmp"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=scratch_prefix(), suffix=_plain_suffix(name)) as stream:
        yield stream


def _plain_suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,9}", suffix) else ""


def remove_leftovers(folder: Path) -> None:
    """Remove what is older than a day and belongs to no living process of this machine."""
    for path in _entries(folder):
        with contextlib.suppress(OSError):
            if not _is_leftover(path):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


def is_old(path: Path) -> bool:
    """False also where it has just been removed."""
    try:
        return time.time() - path.lstat().st_mtime > LEFTOVER_S
    except FileNotFoundError:
        return False


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except FileNotFoundError:
        return []


def _is_leftover(path: Path) -> bool:
    owner = _NAME.match(path.name)
    if not is_old(path):
        return False
    return (
        owner is None or owner["host"] != socket.gethostname() or not _lives(int(owner["pid"]), int(owner["started"]))
    )


def _lives(pid: int, started: int) -> bool:
    try:
        return int(psutil.Process(pid).create_time()) == started
    except (psutil.NoSuchProcess, OverflowError, ValueError):
        return False
