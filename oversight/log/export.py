"""Writes the log as C2SP tlog-tiles: `checkpoint`, `tile/L/N`, `tile/entries/N`. Foreign tools verify it as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditNodeRow, AuditSaltRow, AuditSegmentRow, AuditTreeRow
from casefile.database.sessions import database_errors, read_session
from casefile.storage.atomic import write_atomic
from oversight.log.formats.record import Values, entry
from oversight.log.formats.tiles import WIDTH, Tile, bundle, level_tiles, tiles
from oversight.log.nodes import hashes, newest_checkpoint
from oversight.log.sequencer import ROW_COLUMNS


@dataclass(frozen=True)
class Exported:
    """`from_entry`: entries before it were deleted as their term ended; their hashes are there."""

    size: int
    from_entry: int


def export_tiles(accounts: sessionmaker[Session], folder: Path) -> Exported:
    """Raises UsageFault `audit_no_checkpoint`, OSError. The checkpoint is written last."""
    with database_errors("accounts"), read_session(accounts) as session:
        signed = newest_checkpoint(session)
        size = signed.checkpoint.size
        kept_from = kept_from_leaf(session)
        for tile in tiles(size):
            _write(folder / tile.path, b"".join(hashes(session, tile.level, tile.start, tile.width)))
        for tile in level_tiles(0, size):
            if tile.start + WIDTH > kept_from:
                _write(folder / tile.entries_path, bundle(list(_entries(session, tile))))
        _write(folder / "checkpoint", signed.note.encode())
    return Exported(size, kept_from // WIDTH * WIDTH)


def kept_from_leaf(session: Session) -> int:
    """The first leaf whose row was not deleted as its term ended."""
    query = select(func.max(AuditSegmentRow.end)).where(AuditSegmentRow.dropped.is_not(None))
    return session.scalar(query) or 0


def _entries(session: Session, tile: Tile) -> Iterator[bytes]:
    first = session.scalars(select(AuditTreeRow.first)).one()
    query = (
        select(AuditNodeRow.record, AuditSaltRow.salts, *ROW_COLUMNS)
        .where(AuditNodeRow.level == 0, AuditNodeRow.position >= tile.start)
        .where(AuditNodeRow.position < tile.start + tile.width)
        .outerjoin(AuditRow, AuditRow.id == AuditNodeRow.position + first)
        .outerjoin(AuditSaltRow, AuditSaltRow.id == AuditNodeRow.position + first)
        .order_by(AuditNodeRow.position)
    )
    for record, salts, *columns in session.execute(query):
        yield record.encode() if record else entry(Values._make(columns), salts or b"")


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, content, durable=False)
