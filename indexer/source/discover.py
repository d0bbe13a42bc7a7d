"""Enumerates a source tree: every file, link and unreadable folder, before any work is done on them.

Nothing is written into the tree and no link is followed.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from casefile.errors import EnvironmentFault, Reason, UsageFault
from casefile.model import FileRole
from casefile.wording import os_message

COVER_SHEET_NAMES = ("deckblatt.json", "deckblatt.yaml", "deckblatt.yml", "deckblatt.xml", "deckblatt.csv")
REGISTER_NAMES = ("register.csv", "lieferliste.csv")
SYSTEM_NAMES = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", ".directory", ".localized"})
SYSTEM_PREFIXES = ("~$", "._", ".~lock.", ".nfs", ".fuse_hidden")
BIGINT = 1 << 63  # the ledger's columns hold -BIGINT to BIGINT - 1

Stamp = tuple[int, int, int, int]


@dataclass(frozen=True)
class SourceFile:
    """One entry of the source tree.

    `path`: relative to the root, NFC, `/`. `raw_path`: the bytes the operating system knows it by, relative too.
    `size` in bytes; times in nanoseconds; all as `ledger_stamp` gives them. `fault` where it cannot even be looked at.
    """

    path: str
    raw_path: bytes
    role: FileRole
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    fault: Reason | None = None

    @property
    def stamp(self) -> Stamp:
        """Unchanged means: all four the same."""
        return self.size, self.mtime_ns, self.ctime_ns, self.inode


def discover(root: Path) -> Iterator[SourceFile]:
    """All entries below `root`, sorted by their raw names, so that two runs see one order.

    Raises UsageFault where the root is no folder, EnvironmentFault `root_lost` where it cannot be listed. A folder in
    it that cannot be read is an entry of its own: what lies in it must not vanish silently.
    """
    try:
        there = root.is_dir()
    except OSError as error:
        raise root_lost(root, os_message(error)) from error
    if not there:
        raise UsageFault("root_missing", f"Der Ordner {root} ist nicht da.", "Pfad prüfen; ist das Laufwerk verbunden?")
    yield from _walk(os.fsencode(root))


def root_lost(root: Path, cause: str = "") -> EnvironmentFault:
    return EnvironmentFault(
        "root_lost",
        f"Der Quellordner {root} ist nicht mehr erreichbar oder nicht mehr derselbe{f' ({cause})' if cause else ''}.",
        "Laufwerk und Leserechte prüfen, dann denselben Befehl wiederholen.",
    )


def ledger_stamp(info: os.stat_result) -> Stamp:
    """Size, times and inode as the ledger can hold them.

    Inodes are unsigned 64-bit numbers, and some file systems (mergerfs, FUSE, SMB) use all of them: the upper half
    becomes negative, so that no two become one. A time beyond the years 1677 to 2262 becomes the nearest within.
    """
    inode = info.st_ino if info.st_ino < BIGINT else info.st_ino - 2 * BIGINT
    return info.st_size, _within(info.st_mtime_ns), _within(info.st_ctime_ns), inode


def _within(time_ns: int) -> int:
    return max(-BIGINT, min(time_ns, BIGINT - 1))


def _walk(root: bytes) -> Iterator[SourceFile]:
    """Depth first, each folder's entries sorted; without recursion, since folders nest deeper than Python does."""
    stack = [_entries(root, b"", "")]
    while stack:
        found = next(stack[-1], None)
        if found is None:
            stack.pop()
        elif isinstance(found, SourceFile):
            yield found
        else:
            stack.append(_entries(root, *found))


def _entries(root: bytes, raw: bytes, shown: str) -> Iterator[SourceFile | tuple[bytes, str]]:
    """One folder's files, and its folders as (raw path, shown path)."""
    try:
        with os.scandir(os.path.join(root, raw) if raw else root) as scan:  # noqa: PTH118 (bytes)
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        if not raw:
            raise root_lost(Path(os.fsdecode(root)), os_message(error)) from error
        yield SourceFile(f"{shown}/", raw, FileRole.DOCUMENT, 0, 0, 0, 0, Reason.UNREADABLE)
        return
    taken: set[str] = set()
    for entry in entries:
        name = _unique(entry.name, taken)
        inner = f"{shown}/{name}" if shown else name
        raw_inner = os.path.join(raw, entry.name) if raw else entry.name  # noqa: PTH118 (bytes)
        if _is_folder(entry):
            yield raw_inner, inner
        else:
            yield _source_file(entry, raw_inner, inner)


def _is_folder(entry: os.DirEntry[bytes]) -> bool:
    """Some file systems do not say what an entry is, and asking may fail: then it is listed as unreadable."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _source_file(entry: os.DirEntry[bytes], raw: bytes, path: str) -> SourceFile:
    try:
        info = entry.stat(follow_symlinks=False)
    except OSError:
        return SourceFile(path, raw, FileRole.DOCUMENT, 0, 0, 0, 0, Reason.UNREADABLE)
    return SourceFile(path, raw, _role(path, info.st_mode), *ledger_stamp(info))


def _role(path: str, mode: int) -> FileRole:
    if stat.S_ISLNK(mode):
        return FileRole.LINK
    folder, _, name = path.rpartition("/")
    name = name.casefold()
    if name in SYSTEM_NAMES or name.startswith(SYSTEM_PREFIXES) or not stat.S_ISREG(mode):
        return FileRole.SYSTEM
    if name in COVER_SHEET_NAMES:
        return FileRole.COVER_SHEET
    if name in REGISTER_NAMES and not folder:
        return FileRole.REGISTER
    return FileRole.DOCUMENT


def _display(raw: bytes) -> str:
    """The name as people read it. Names that are not UTF-8 come from old servers: Windows-1252."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return unicodedata.normalize("NFC", text)


def _unique(raw_name: bytes, taken: set[str]) -> str:
    """NFC and NFD of one name are one thing, but where both lie side by side neither may hide the other."""
    name = _display(raw_name)
    if name in taken:
        name = f"{name}~{sha256(raw_name).hexdigest()[:8]}"
    taken.add(name)
    return name
