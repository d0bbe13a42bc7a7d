"""Takes the enumerated source tree into the ledger: every entry, before any work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.batches import batches
from casefile.database.ledger import FileRow
from casefile.database.sessions import read_session
from casefile.errors import EnvironmentFault, Reason
from casefile.model import FileRole, State
from casefile.wording import number
from indexer.source.discover import SourceFile

BATCH = 1000
REMOVAL_MIN = 20  # fewer than so many vanished files are taken as meant, unless the tree is empty
REMOVAL_SHARE = 0.5

_IGNORED_REASON = {FileRole.SYSTEM: Reason.SYSTEM_FILE.value, FileRole.LINK: Reason.SYMLINK.value}


@dataclass(frozen=True)
class Enumeration:
    """Numbers of source entries: all, and those that are new, changed or gone since the last run."""

    total: int
    new: int
    changed: int
    removed: tuple[int, ...]


@dataclass(frozen=True)
class _Known:
    id: int
    stamp: tuple[int, int, int, int]
    role: str
    raw_path: bytes


def enumerate_into(
    sessions: sessionmaker[Session],
    root_id: int,
    run_id: int,
    entries: Iterable[SourceFile],
    *,
    accept_removals: bool = False,
) -> Enumeration:
    """Record all entries. Raises EnvironmentFault `source_shrunk` where most of a known tree seems to be gone.

    That is an unmounted share far more often than a wish; nothing is removed then.
    """
    known = _known_files(sessions, root_id)
    present: set[int] = set()
    closed: list[str] = []
    total = new = changed = 0
    for batch in batches(entries, BATCH):
        fresh = [entry for entry in batch if entry.path not in known]
        altered = [e for e in batch if e.path in known and _differs(known[e.path], e)]
        present.update(known[e.path].id for e in batch if e.path in known)
        closed += [entry.path for entry in batch if entry.fault is not None and entry.path.endswith("/")]
        with sessions.begin() as session:
            _insert(session, root_id, run_id, fresh)
            _update(session, known, run_id, altered)
        total, new, changed = total + len(batch), new + len(fresh), changed + len(altered)
    gone = _gone(known, present, tuple(closed))
    alive = sum(k.role != FileRole.REMOVED for k in known.values())
    if not accept_removals:
        _guard_removal(len(gone), alive, total)
    return Enumeration(total, new, changed, tuple(gone))


def mark_removed(sessions: sessionmaker[Session], file_ids: Sequence[int]) -> None:
    """Call after their records are deleted from the index, so that a kill in between repeats the removal."""
    for part in batches(file_ids, BATCH):
        with sessions.begin() as session:
            session.execute(
                update(FileRow)
                .where(FileRow.id.in_(part))
                .values(role=FileRole.REMOVED, state=State.IGNORED, reason=Reason.VANISHED, size=-1, case_id=None)
            )


def _known_files(sessions: sessionmaker[Session], root_id: int) -> dict[str, _Known]:
    columns = (FileRow.path, FileRow.id, FileRow.size, FileRow.mtime_ns, FileRow.ctime_ns, FileRow.inode)
    with read_session(sessions) as session:
        rows = session.execute(select(*columns, FileRow.role, FileRow.raw_path).where(FileRow.root_id == root_id))
        return {row[0]: _Known(row[1], (row[2], row[3], row[4], row[5]), row[6], row[7]) for row in rows}


def _differs(known: _Known, entry: SourceFile) -> bool:
    return known.stamp != entry.stamp or known.role != entry.role or known.raw_path != entry.raw_path


def _insert(session: Session, root_id: int, run_id: int, entries: Sequence[SourceFile]) -> None:
    if entries:
        fixed = {"root_id": root_id, "vorgang": "", "detail": ""}
        session.execute(insert(FileRow), [{**fixed, "path": e.path, **_values(e, run_id)} for e in entries])


def _update(session: Session, known: dict[str, _Known], run_id: int, entries: Sequence[SourceFile]) -> None:
    if entries:
        session.execute(update(FileRow), [{"id": known[e.path].id, **_values(e, run_id)} for e in entries])


def _values(entry: SourceFile, run_id: int) -> dict[str, object]:
    document = entry.role is FileRole.DOCUMENT
    return {
        "raw_path": entry.raw_path,
        "size": entry.size,
        "mtime_ns": entry.mtime_ns,
        "ctime_ns": entry.ctime_ns,
        "inode": entry.inode,
        "role": entry.role,
        "state": State.FOUND if document else State.IGNORED,
        "reason": "" if document else _IGNORED_REASON.get(entry.role, ""),
        "seen_run": run_id,
    }


def _gone(known: dict[str, _Known], present: set[int], closed: tuple[str, ...]) -> list[int]:
    """Excludes files below folders that cannot be read now: they are not known to be gone."""
    return sorted(
        file.id
        for path, file in known.items()
        if file.id not in present and file.role != FileRole.REMOVED and not path.startswith(closed)
    )


def _guard_removal(gone: int, known: int, present: int) -> None:
    few = gone < REMOVAL_MIN or gone < known * REMOVAL_SHARE
    if not gone or (few and present):
        return
    raise EnvironmentFault(
        "source_shrunk",
        f"Nicht mehr im Quellordner: {number(gone)} von {number(known)} bekannten Dateien. Es wurde nichts entfernt.",
        "Ist das Laufwerk richtig verbunden? Wenn die Dateien wirklich weg sind: „--accept-removals“ angeben.",
    )
