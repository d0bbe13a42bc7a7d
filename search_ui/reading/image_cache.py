"""Page images on disk, so that a page is rendered once: `<SHA-256 of the document>-<page>-<form>.webp`."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from casefile.storage.atomic import PRIVATE, write_atomic

HASH_LENGTH = 64
LEFTOVER_S = 3600.0  # a temporary file of that age belongs to a process that was killed
ROOM = 0.9  # of what it may hold is left when it was full, so that not every image sets off a tidying


class _Entry(NamedTuple):
    used: float
    size: int
    path: Path


def image_folder(home: Path) -> Path:
    return home / "cache" / "images"


def image_path(home: Path, sha256: str, page: int, form: str) -> Path:
    """The key is the content: a changed file has another hash and never shows an older image."""
    return image_folder(home) / sha256[:2] / f"{sha256}-{page}-{form}.webp"


def read_image(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # when it was last used; file systems do not keep it reliably by themselves
    return content


def write_image(path: Path, content: bytes) -> None:
    """A write that fails (full disk) is ignored: the image is answered without being cached."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(path, content, mode=PRIVATE, durable=False)


def tidy_images(folder: Path, most_bytes: int, existing: Callable[[set[str]], set[str]]) -> None:
    """Remove images of documents that no longer exist, then the longest unused beyond `most_bytes`.

    `existing`: which of these contents (SHA-256) are still there.
    """
    entries = list(_entries(folder))
    there = existing({_content(entry) for entry in entries})
    kept = []
    for entry in entries:
        if _content(entry) in there:
            kept.append(entry)
        else:
            _remove(entry.path)
    size = sum(entry.size for entry in kept)
    if size <= most_bytes:
        return
    for entry in sorted(kept):
        if size <= most_bytes * ROOM:
            break
        _remove(entry.path)
        size -= entry.size


def _entries(folder: Path) -> Iterator[_Entry]:
    for path in folder.glob("*/*"):
        with contextlib.suppress(FileNotFoundError):
            stat = path.stat()
            if path.suffix == ".webp":
                yield _Entry(stat.st_mtime, stat.st_size, path)
            elif time.time() - stat.st_mtime > LEFTOVER_S:
                _remove(path)


def _content(entry: _Entry) -> str:
    return entry.path.name[:HASH_LENGTH]


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
