"""Entries of a ZIP, read here: Tika keeps them all in its memory, passes over encrypted ones and takes old names for
UTF-8. Nothing is written to disk, and no entry is believed about its size.
"""

from __future__ import annotations

import mimetypes
import zipfile
import zlib
from pathlib import Path

from casefile.errors import Reason
from indexer.extract.result import Embedded

# All entries together, unpacked. A packed stock of scans is larger only by mistake or with intent.
MOST_BYTES = 512 * 1024 * 1024
_ENCRYPTED_BIT = 0x1
_UTF8_BIT = 0x800


def read_zip(path: Path, most_entries: int, most_bytes: int = MOST_BYTES) -> list[Embedded] | None:
    """In the directory's order; None where the directory cannot be read. What comes after `most_entries` is named
    only, by a caller who reports it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
            found: list[Embedded] = []
            left = most_bytes
            for ordinal, info in enumerate(entries):
                content, fault = _read(archive, info, left) if ordinal < most_entries else (b"", None)
                left -= len(content)
                name = _name(info)
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                found.append(Embedded(name, ordinal, content, kind, fault))
            return found
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None


def _name(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so; Python then takes it for the old DOS encoding."""
    if info.flag_bits & _UTF8_BIT:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> tuple[bytes, Reason | None]:
    if info.flag_bits & _ENCRYPTED_BIT:
        return b"", Reason.ENCRYPTED
    if info.file_size > most:
        return b"", Reason.TOO_LARGE
    try:
        with archive.open(info) as stream:
            content = stream.read(most + 1)
    except (NotImplementedError, RuntimeError):
        return b"", Reason.UNSUPPORTED
    except EOFError:
        return b"", Reason.TRUNCATED
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError):
        return b"", Reason.CORRUPT
    if len(content) > most:
        return b"", Reason.TOO_LARGE
    return content, None if content else Reason.EMPTY
