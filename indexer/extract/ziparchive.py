"""Entries of a ZIP, read here: Tika keeps them all in its memory, passes over encrypted ones and takes old names for
UTF-8. Nothing is written to disk, and no entry is believed about its size.
"""

from __future__ import annotations

import mimetypes
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

from casefile.errors import DocumentFault, Reason
from indexer.extract.allowance import Allowance
from indexer.extract.formats.encoding import likely_encoding
from indexer.extract.result import Embedded

_ENCRYPTED_BIT = 0x1
_UTF8_BIT = 0x800
_UNICODE_NAME = 0x7075


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
            _decode_names(infos)
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
    kind = mimetypes.guess_type(info.filename)[0] or "application/octet-stream"
    return Embedded(info.filename, ordinal, b"", kind)


def _decode_names(infos: list[zipfile.ZipInfo]) -> None:
    """Names without the mark for UTF-8 are in whatever the writer's machine used (UTF-8, DOS, Windows); Python takes
    them for the old DOS encoding. One archive has one writer, so all names together decide.
    """
    unmarked = [info for info in infos if not info.flag_bits & _UTF8_BIT]
    raw = b"\n".join(_raw_name(info) for info in unmarked)
    encoding = likely_encoding(raw) if not raw.isascii() else "ascii"
    for info in unmarked:
        info.filename = _stated_name(info) or _raw_name(info).decode(encoding, "replace")


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.filename.encode("cp437", "replace")


def _stated_name(info: zipfile.ZipInfo) -> str:
    """The name in UTF-8 that some writers put beside the old one (extra field 0x7075: version, CRC, name)."""
    extra, at = info.extra, 0
    while at + 4 <= len(extra):
        identifier, size = struct.unpack_from("<HH", extra, at)
        if identifier == _UNICODE_NAME:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return ""


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
