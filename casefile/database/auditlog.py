"""Tables of the transparency log over the audit rows: `oversight.log` alone writes them.

Leaf `position` (from 0) belongs to the audit row `AuditTreeRow.first + position`. Leaf hashes and checkpoints are kept
for ever; they say nothing about anybody once rows and salts are deleted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from casefile.database.accounts import AccountsBase
from casefile.database.ledger import now

BYTES = LargeBinary()


class AuditNodeRow(AccountsBase):
    """Level 0: a leaf's hash; level L: the root over 256 hashes of the level below, as in tlog-tiles.

    `record`: the leaf's entry, kept only where it cannot be made from the audit row any more.
    """

    __tablename__ = "audit_nodes"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - half the size
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(BYTES)
    record: Mapped[str | None] = mapped_column(Text)


class AuditSaltRow(AccountsBase):
    """The salts of one audit row's hashed fields; zeros for erased ones. Apart, so that erasing reaches them alone."""

    __tablename__ = "audit_salts"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salts: Mapped[bytes] = mapped_column(BYTES)


class AuditTreeRow(AccountsBase):
    """One row: where the tree ends. `key`: the log's public key (vkey); `month`: of its last row, like 2026-11."""

    __tablename__ = "audit_tree"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    first: Mapped[int]
    frontier: Mapped[bytes] = mapped_column(BYTES)
    month: Mapped[str] = mapped_column(String(7), default="")
    key: Mapped[str] = mapped_column(String(300))


class AuditCheckpointRow(AccountsBase):
    """A signed note over the first `size` leaves."""

    __tablename__ = "audit_checkpoints"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class AuditCosignatureRow(AccountsBase):
    """A witness's signature line for the checkpoint of this size."""

    __tablename__ = "audit_cosignatures"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(200), primary_key=True)
    line: Mapped[str] = mapped_column(Text)


class AuditSegmentRow(AccountsBase):
    """A month that is over. It ends before leaf `end`; `dropped`: when its rows and salts were deleted."""

    __tablename__ = "audit_segments"
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    end: Mapped[int]
    dropped: Mapped[datetime | None]
