"""Takes committed audit rows in their order into the tree and signs a checkpoint. No answer waits for it.

Several may try at once, on several machines too: whoever finds the tree as long as he left it goes on, the others write
nothing. So no two checkpoints contradict each other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import String, insert, select, type_coerce, update
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditRow
from casefile.database.auditlog import (
    AuditCheckpointRow,
    AuditNodeRow,
    AuditSaltRow,
    AuditSegmentRow,
    AuditTreeRow,
)
from casefile.database.ledger import now
from casefile.database.sessions import database_errors, read_session
from oversight.log.formats.checkpoint import Checkpoint, signed
from oversight.log.formats.note import SigningKey
from oversight.log.formats.record import ALL_SALTS, Values, entry, entry_of_missing
from oversight.log.formats.tree import Frontier, leaf_hash

BATCH = 1000  # rows between two checkpoints at most

_PLAIN = ("channel", "action", "outcome")  # as they stand: what another program wrote counts as well
ROW_COLUMNS = tuple(
    type_coerce(getattr(AuditRow, name), String).label(name) if name in _PLAIN else getattr(AuditRow, name)
    for name in Values._fields
)


@dataclass
class Batch:
    """What one transaction adds to the log."""

    frontier: Frontier
    month: str
    nodes: list[dict[str, Any]] = field(default_factory=list)
    salts: list[dict[str, Any]] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)

    def add(self, leaf_entry: bytes, record: str | None = None) -> None:
        self.nodes.append({"level": 0, "position": self.frontier.size, "hash": leaf_hash(leaf_entry), "record": record})
        completed = self.frontier.append(self.nodes[-1]["hash"])
        self.nodes += [
            {"level": level, "position": position, "hash": value, "record": None}
            for level, position, value in completed
        ]

    def add_row(self, values: Values, salts: bytes) -> None:
        self.salts.append({"id": values.id, "salts": salts})
        self.add(entry(values, salts))

    def turn_month(self, month: str) -> None:
        if self.month:
            self.segments.append({"month": self.month, "end": self.frontier.size, "dropped": None})
        self.month = month


def sequence(accounts: sessionmaker[Session], key: SigningKey) -> int:
    """One batch and its checkpoint, in one transaction. Gives the number of leaves added, 0 where there was nothing.

    A batch ends with its month, so that every month ends at a checkpoint. Raises EnvironmentFault.
    """
    with database_errors("accounts"):
        with read_session(accounts) as session:
            tree = session.scalars(select(AuditTreeRow)).one()
            rows = _rows_after(session, tree)
        if not rows:
            return 0
        batch = _batch(tree, rows)
        with accounts.begin() as session:
            if not _claimed(session, tree, batch):
                return 0
            _write(session, batch, key)
    return batch.frontier.size - tree.size


def _rows_after(session: Session, tree: AuditTreeRow) -> list[Values]:
    query = select(*ROW_COLUMNS).where(AuditRow.id >= tree.first + tree.size).order_by(AuditRow.id).limit(BATCH)
    return [Values._make(row) for row in session.execute(query)]


def _batch(tree: AuditTreeRow, rows: Sequence[Values]) -> Batch:
    batch = Batch(Frontier.from_bytes(tree.size, tree.frontier), tree.month)
    for values in rows:
        month = f"{values.at:%Y-%m}"
        if month > batch.month:  # a clock that was set back begins no month again
            if batch.nodes:
                break
            batch.turn_month(month)
        while (missing := tree.first + batch.frontier.size) < values.id:
            gap = entry_of_missing(missing)
            batch.add(gap, gap.decode())
        batch.add_row(values, os.urandom(ALL_SALTS))
    return batch


def _claimed(session: Session, tree: AuditTreeRow, batch: Batch) -> bool:
    """Whether the tree still is as it was read; then it ends where the batch does."""
    end = {"size": batch.frontier.size, "frontier": batch.frontier.to_bytes(), "month": batch.month}
    claim = update(AuditTreeRow).where(AuditTreeRow.id == 1, AuditTreeRow.size == tree.size).values(**end)
    return session.execute(claim.returning(AuditTreeRow.size)).first() is not None


def _write(session: Session, batch: Batch, key: SigningKey) -> None:
    checkpoint = Checkpoint(key.name, batch.frontier.size, batch.frontier.root())
    session.execute(insert(AuditNodeRow), batch.nodes)
    session.execute(insert(AuditCheckpointRow).values(size=checkpoint.size, note=signed(checkpoint, key), at=now()))
    for table, rows in ((AuditSaltRow, batch.salts), (AuditSegmentRow, batch.segments)):
        if rows:
            session.execute(insert(table), rows)
