"""The second place: a folder outside the database that gets every checkpoint and every leaf hash.

`log.vkey` is the log's public key, `leaf-hashes` 32 bytes a leaf, `checkpoints-YYYY-MM` signed notes one after another.
It is only ever added to, so that a log rewritten in the database differs from it. No personal data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.auditlog import AuditCheckpointRow, AuditNodeRow
from casefile.database.sessions import read_session
from casefile.errors import EnvironmentFault
from casefile.storage.atomic import create_atomic, write_at
from oversight.log.formats.checkpoint import parse_signed
from oversight.log.formats.note import NoteError, SigningKey
from oversight.log.formats.tree import HASH_BYTES

KEY_NAME = "log.vkey"
LEAVES_NAME = "leaf-hashes"
CHUNK = 10_000
_NOTE = re.compile(r"(?m)^[^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\n]+\n)+")
READABLE = 0o644


def copied_leaves(folder: Path) -> int:
    """How many leaf hashes are there as a whole."""
    path = folder / LEAVES_NAME
    return path.stat().st_size // HASH_BYTES if path.exists() else 0


def leaf_hashes(folder: Path) -> Iterator[bytes]:
    path = folder / LEAVES_NAME
    if not path.exists():
        return
    with path.open("rb") as stream:
        while len(found := stream.read(HASH_BYTES)) == HASH_BYTES:
            yield found


def copied_notes(folder: Path) -> Iterator[tuple[str, str]]:
    """Name of the file and note, the oldest first. What a killed process left unfinished is passed over."""
    for path in _checkpoint_files(folder):
        for found in _NOTE.finditer(path.read_text(encoding="utf-8", errors="replace")):
            yield path.name, found[0]


def check_not_rolled_back(folder: Path, size: int) -> None:
    """Raises EnvironmentFault where the second place knows more leaves than the log: then it must not be continued."""
    if copied_leaves(folder) > size:
        raise EnvironmentFault(
            "audit_rolled_back",
            f"Das Protokoll hat {size} Einträge, an der zweiten Stelle liegen {copied_leaves(folder)}: Die Datenbank "
            "ist älter als die Prüfpunkte.",
            "Wurde eine Sicherung zurückgespielt: den Ordner der zweiten Stelle aufheben und einen neuen einstellen.",
        )


def bring_up_to_date(accounts: sessionmaker[Session], key: SigningKey, folder: Path) -> None:
    """Adds what is missing there. Raises OSError where the place cannot be reached.

    The folder is not made: an empty one in place of a share that is not mounted would take the copy.
    """
    if not (folder / KEY_NAME).exists():
        create_atomic(folder / KEY_NAME, f"{key.verifier}\n".encode(), mode=READABLE)
    with read_session(accounts) as session:
        newest = session.scalar(select(func.max(AuditCheckpointRow.size))) or 0
        if copied_leaves(folder) < newest:
            _add_notes_after(session, folder, _last_copied(folder))
            _add_leaves(session, folder, newest)  # last: while there are fewer of them, something is missing


def _add_notes_after(session: Session, folder: Path, last: int) -> None:
    while rows := list(session.scalars(_newer_than(last).limit(CHUNK))):
        _add_notes(folder, rows)
        last = rows[-1].size


def _newer_than(size: int) -> Select[AuditCheckpointRow]:
    return select(AuditCheckpointRow).where(AuditCheckpointRow.size > size).order_by(AuditCheckpointRow.size)


def _add_leaves(session: Session, folder: Path, end: int) -> None:
    start = copied_leaves(folder)
    while start < end:
        query = (
            select(AuditNodeRow.hash)
            .where(AuditNodeRow.level == 0, AuditNodeRow.position >= start, AuditNodeRow.position < end)
            .order_by(AuditNodeRow.position)
            .limit(CHUNK)
        )
        hashes = list(session.scalars(query))
        if not hashes:
            return
        write_at(folder / LEAVES_NAME, start * HASH_BYTES, b"".join(hashes))
        start += len(hashes)


def _add_notes(folder: Path, rows: list[AuditCheckpointRow]) -> None:
    months: dict[str, list[str]] = {}
    for row in rows:
        months.setdefault(f"checkpoints-{row.at:%Y-%m}", []).append(row.note)
    for name, notes in months.items():
        path = folder / name
        content = "".join(f"\n{note}" for note in notes)
        write_at(path, path.stat().st_size if path.exists() else 0, content.encode())


def _last_copied(folder: Path) -> int:
    """In any of the files: a clock that was set back began an earlier month again."""
    ends = map(_end_of, _checkpoint_files(folder))
    return max((_size(found[0]) for end in ends for found in _NOTE.finditer(end)), default=0)


def _end_of(path: Path) -> str:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 5000))
        return stream.read().decode("utf-8", "replace")


def _size(note: str) -> int:
    try:
        return parse_signed(note)[0].size
    except NoteError:
        return 0


def _checkpoint_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("checkpoints-????-??"))
