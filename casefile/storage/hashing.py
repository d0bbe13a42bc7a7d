"""The hash by which contents are told apart. Also used by the set-up: the standard library only."""

from __future__ import annotations

import hashlib
from io import BufferedIOBase
from pathlib import Path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal; read in blocks. Raises OSError."""
    with path.open("rb") as stream:
        return stream_sha256(stream)


def stream_sha256(stream: BufferedIOBase) -> str:
    """SHA-256 from the stream's position to its end."""
    return hashlib.file_digest(stream, "sha256").hexdigest()


def descriptor_sha256(descriptor: int) -> str:
    """Of an open file, which stays open."""
    with open(descriptor, "rb", closefd=False) as stream:
        return stream_sha256(stream)
