"""Hashes and checkpoints as the database keeps them: what proofs and tiles are made of."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.auditlog import AuditCheckpointRow, AuditCosignatureRow, AuditNodeRow
from casefile.errors import UsageFault
from oversight.log.formats.checkpoint import Checkpoint, parse_signed
from oversight.log.formats.tree import TILE_HEIGHT, Perfect, root_of


@dataclass(frozen=True)
class SignedCheckpoint:
    """`note`: with the cosignatures that it has got."""

    checkpoint: Checkpoint
    note: str


def hashes(session: Session, level: int, start: int, count: int) -> list[bytes]:
    query = (
        select(AuditNodeRow.hash)
        .where(AuditNodeRow.level == level, AuditNodeRow.position >= start, AuditNodeRow.position < start + count)
        .order_by(AuditNodeRow.position)
    )
    return list(session.scalars(query))


def perfect_in(session: Session) -> Perfect:
    """Reads at most 128 hashes for one subtree, of the highest level that has them."""

    def perfect(height: int, index: int) -> bytes:
        level, rest = divmod(height, TILE_HEIGHT)
        count = 1 << rest
        return root_of(hashes(session, level, index * count, count))

    return perfect


def newest_checkpoint(session: Session, beyond: int = 0) -> SignedCheckpoint:
    """The newest that a witness signed, where one covers leaf `beyond`, or else the newest.

    Raises UsageFault `audit_no_checkpoint`.
    """
    cosigned = select(AuditCosignatureRow.size).where(AuditCosignatureRow.size > beyond)
    query = select(AuditCheckpointRow).where(AuditCheckpointRow.size > beyond).order_by(AuditCheckpointRow.size.desc())
    row = session.scalar(query.where(AuditCheckpointRow.size.in_(cosigned)).limit(1)) or session.scalar(query.limit(1))
    if row is None:
        raise UsageFault(
            "audit_no_checkpoint",
            "Dafür gibt es noch keinen Prüfpunkt.",
            "„aktensuche serve“ oder „aktensuche work“ laufen lassen oder die Nummer prüfen.",
        )
    return with_cosignatures(session, row)


def with_cosignatures(session: Session, row: AuditCheckpointRow) -> SignedCheckpoint:
    lines = session.scalars(select(AuditCosignatureRow.line).where(AuditCosignatureRow.size == row.size))
    return SignedCheckpoint(parse_signed(row.note)[0], row.note + "".join(lines))
