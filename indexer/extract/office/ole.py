"""Objects embedded by way of OLE: the file that a program wrapped into its storage."""

from __future__ import annotations

import io
import posixpath
import re
import struct
from collections.abc import Iterator

import olefile

from indexer.extract.formats.encoding import decode_text

MAGIC = olefile.MAGIC
# Streams that hold a whole file, by the programs that write them.
_WHOLE = frozenset({"contents", "package", "embeddedodf", "powerpoint document data", "\x01ole10itemname"})
_FILE_STARTS = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"II*\x00",
    b"MM\x00*",
    b"{\\rtf",
    MAGIC,
    b"GIF8",
)
_START_WITHIN = 1024
_SUFFIXES = (
    *((b"%PDF-", ".pdf"), (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"{\\rtf", ".rtf")),
    *((b"II*\x00", ".tif"), (b"MM\x00*", ".tif"), (b"GIF8", ".gif")),
)
_MOST_STREAM = 512 * 1024**2


def unwrap_object(raw: bytes) -> tuple[str, bytes] | None:
    """Name and bytes of the file inside an OLE object; None where the object is none, or no file is in it."""
    if not raw.startswith(MAGIC):
        return None
    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            return next(unwrapped(ole, []), None)
    except (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError):
        return None


def unwrapped(ole: olefile.OleFileIO, storage: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files wrapped in one storage of an open file."""
    depth = len(storage)
    for path in sorted(ole.listdir(streams=True, storages=False)):
        if path[:depth] != storage or len(path) != depth + 1:
            continue
        found = _from_stream(path[-1], ole.openstream(path).read(_MOST_STREAM))
        if found is not None:
            yield found


def _from_stream(name: str, content: bytes) -> tuple[str, bytes] | None:
    if name == "\x01Ole10Native":
        return _native(content)
    if name.lower() in _WHOLE or content[:_START_WITHIN].lstrip(b"\0\r\n ").startswith(_FILE_STARTS[:1]):
        start = next((at for mark in _FILE_STARTS if (at := content.find(mark, 0, _START_WITHIN)) >= 0), -1)
        if start >= 0:
            return f"objekt{suffix_of(content[start:])}", content[start:]
    return None


def suffix_of(content: bytes) -> str:
    """By how the file starts, "" where that says nothing."""
    return next((suffix for mark, suffix in _SUFFIXES if content.startswith(mark)), "")


def _native(content: bytes) -> tuple[str, bytes] | None:
    """[MS-OLEDS] 2.3.6, with the packager's own layout inside: label, path, command, size, file."""
    try:
        label, position = _string(content, 6)
        _path, position = _string(content, position)
        position += 4
        (size,) = struct.unpack_from("<I", content, position)
        position += 4 + size
        (size,) = struct.unpack_from("<I", content, position)
        inside = content[position + 4 : position + 4 + size]
    except (struct.error, ValueError):
        inside, label = content[4:], ""
        if not inside.startswith(_FILE_STARTS):
            return None
    name = posixpath.basename(re.sub(r"[\\/]+", "/", label)) or f"objekt{suffix_of(inside)}"
    return (name, inside) if inside else None


def _string(content: bytes, start: int) -> tuple[str, int]:
    end = content.index(b"\0", start, start + 2000)
    return decode_text(content[start:end]), end + 1
