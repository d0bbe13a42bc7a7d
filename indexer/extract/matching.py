"""Which unpacked file belongs to which listed document.

Tika's list has the order and the types, its package the bytes, and nothing but the name ties them together: a
repeated name has a random UUID in front, a missing one is a counter, a mail inside a mail is listed by its subject.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Sequence

from indexer.extract.tika.client import Parsed

_UUID = re.compile(r"^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-")
_COUNTER = re.compile(r"\d+(?:\.[A-Za-z0-9]{1,8})?$")


def match_files(children: Sequence[Parsed], files: dict[str, bytes]) -> dict[int, str]:
    """Position of the child -> name in `files`. Among equal names, size and then the content's hash decide, so that
    the outcome is the same on every run.
    """
    free = sorted(files, key=lambda n: (_UUID.match(n) is not None, hashlib.sha256(files[n]).digest()))
    matched: dict[int, str] = {}
    for names in (entry_name, _path_name):
        for position, child in enumerate(children):
            wanted = _normal(names(child))
            if position not in matched and wanted not in {"", "."}:
                candidates = [n for n in free if _is_called(n, wanted)]
                _take(position, child, candidates, files, matched, free)
    for position, child in enumerate(children):
        if position not in matched and child.first("Content-Length") != "0":
            counters = sorted((n for n in free if _COUNTER.fullmatch(n)), key=_count)
            _take(position, child, counters[:1], files, matched, free)
    return matched


def without_uuid(name: str) -> str:
    return _UUID.sub("", name)


def _take(
    position: int,
    child: Parsed,
    candidates: Sequence[str],
    files: dict[str, bytes],
    matched: dict[int, str],
    free: list[str],
) -> None:
    if not candidates:
        return
    size = child.first("Content-Length")
    best = next((n for n in candidates if str(len(files[n])) == size), candidates[0])
    matched[position] = best
    free.remove(best)


def entry_name(child: Parsed) -> str:
    """The name in the container; in an archive with its folders, and not the subject of a mail that lies there."""
    return child.first("X-TIKA:internalPath") or child.first("resourceName")


def _path_name(child: Parsed) -> str:
    """The name before the document itself gave another."""
    return child.first("X-TIKA:embedded_resource_path").rpartition("/")[2]


def _is_called(name: str, wanted: str) -> bool:
    plain = _normal(without_uuid(name))
    # To a name without a suffix Tika adds the type's.
    return plain == wanted or ("." not in wanted and plain.rpartition(".")[0] == wanted)


def _normal(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/")).lstrip("/")


def _count(name: str) -> int:
    return int(name.partition(".")[0])
