"""Entries of a ZIP, read here: Tika keeps them all in its memory, passes over encrypted ones and takes old names for
UTF-8. Nothing is written to disk, and no entry is believed about its size.
"""

from __future__ import annotations

import mimetypes
import zipfile
from dataclasses import replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from indexer.extract.allowance import Allowance
from indexer.extract.result import Embedded

_ENCRYPTED_BIT = 0x1
_UTF8_BIT = 0x800


def unpack_zip(path: Path, most_entries: int, room: Allowance) -> tuple[list[Embedded] | None, Allowance]:
    """`read_zip` for a worker process, which has a copy of `room`: what is left of it comes back with the entries."""
    return read_zip(path, most_entries, room), room


def read_zip(path: Path, most_entries: int, room: Allowance) -> list[Embedded] | None:
    """In the directory's order; None where the directory cannot be read. What comes after `most_entries` is named
    only, by a caller who reports it. Of a bomb every entry is named, with its fault.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            # `is_dir()` raises IndexError where the name is empty.
            infos = [info for info in archive.infolist() if not info.filename.endswith("/")]
            # No entry gives more bytes than the directory claims for it, so the claims are the upper bound.
            bomb = room.bomb(sum(info.file_size for info in infos[:most_entries]))
            return [
                _entry(archive, info, ordinal, room, bomb) if ordinal < most_entries else _named(info, ordinal)
                for ordinal, info in enumerate(infos)
            ]
    except Exception:
        return None


def _entry(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, ordinal: int, room: Allowance, bomb: DocumentFault | None
) -> Embedded:
    entry = _named(info, ordinal)
    if info.flag_bits & _ENCRYPTED_BIT:
        return replace(entry, fault=Reason.ENCRYPTED)
    if bomb is not None or not room.take(info.file_size):
        fault = bomb or room.too_much()
        return replace(entry, fault=fault.reason, detail=fault.detail)
    content, reason = _read(archive, info)
    return replace(entry, content=content, fault=reason)


def _named(info: zipfile.ZipInfo, ordinal: int) -> Embedded:
    name = _name(info)
    return Embedded(name, ordinal, b"", mimetypes.guess_type(name)[0] or "application/octet-stream")


def _name(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so; Python then takes it for the old DOS encoding."""
    if info.flag_bits & _UTF8_BIT:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[bytes, Reason | None]:
    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except (NotImplementedError, RuntimeError):
        return b"", Reason.UNSUPPORTED
    except EOFError:
        return b"", Reason.TRUNCATED
    except MemoryError:
        return b"", Reason.TOO_LARGE
    except Exception:
        return b"", Reason.CORRUPT
    return content, None if content else Reason.EMPTY
