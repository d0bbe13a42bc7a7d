"""Tables of the ledger: every source file and every page with its state. The truth; the index is derived from it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from casefile.database.columns import UtcDateTime, WordColumn
from casefile.model import CoverState, FileRole, State

MAX_SENDER = 500

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


# Cases whose index records may still carry older rights: what is shown to nobody until the index has caught up. A case
# that is indexed for the first time (`version` 1) has no older rights. Constants instead of parameters, because both
# databases use the partial index below only for a query with the same words.
BEING_REWRITTEN = text("version != indexed_version AND (indexed_version > 0 OR version > 1)")


def now() -> datetime:
    return datetime.now(UTC)


class LedgerBase(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON, datetime: UtcDateTime()}  # noqa: RUF012


class RootRow(LedgerBase):
    """A source tree, known by its name; `path` is where it was last read."""

    __tablename__ = "roots"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    path: Mapped[str] = mapped_column(String(4096))


class RunRow(LedgerBase):
    """One call of `index` or `retry`; without `ended` and without its process it was killed.

    `heartbeat`: when it last said that it is alive, for other machines, which cannot look at its process.
    """

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("roots.id"))
    started: Mapped[datetime] = mapped_column(default=now)
    ended: Mapped[datetime | None]
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    pid_started: Mapped[float]
    heartbeat: Mapped[datetime] = mapped_column(default=now)


class CaseRow(LedgerBase):
    """`version` grows with every change of the cover sheet; `indexed_version` is what the index holds.

    `period_from`, `period_to` (Laufzeit) and `retention` (Aussonderung) are the cover sheet's, to be asked by date.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_being_rewritten", "id", sqlite_where=BEING_REWRITTEN, postgresql_where=BEING_REWRITTEN),
    )
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    root_id: Mapped[int] = mapped_column(ForeignKey("roots.id"), index=True)
    folder: Mapped[str] = mapped_column(String(4096))
    cover_state: Mapped[CoverState] = mapped_column(WordColumn(CoverState, 16))
    cover: Mapped[dict[str, Any]]
    cover_problem: Mapped[str] = mapped_column(String(2000), default="")
    period_from: Mapped[date | None] = mapped_column(index=True)
    period_to: Mapped[date | None] = mapped_column(index=True)
    retention: Mapped[date | None] = mapped_column(index=True)
    aktenzeichen: Mapped[str] = mapped_column(String(500), default="", index=True)
    unit: Mapped[str] = mapped_column(String(200), default="", index=True)
    confidentiality: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    indexed_version: Mapped[int] = mapped_column(default=0)


class FileRow(LedgerBase):
    """A file of the source tree. `path`: relative, NFC, `/`; `raw_path`: the bytes under which the system knows it."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("root_id", "path"), Index("ix_files_state", "root_id", "state"))
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int] = mapped_column(ForeignKey("roots.id"))
    path: Mapped[str] = mapped_column(String(4096))
    raw_path: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    ctime_ns: Mapped[int] = mapped_column(BigInteger)
    inode: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    role: Mapped[FileRole] = mapped_column(WordColumn(FileRole, 16))
    state: Mapped[State] = mapped_column(WordColumn(State, 16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    detail: Mapped[str] = mapped_column(String(2000), default="")
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    vorgang: Mapped[str] = mapped_column(String(4096), default="")
    seen_run: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    updated: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class DocumentRow(LedgerBase):
    """A document: a source file, or a file embedded in one (`parent_id` set, `path` continues with `!name`).

    `title`: the cover sheet's, where it gives one, else `own_title`. `kind`, `date`: likewise the cover sheet's, else
    inferred (`kind_inferred`, `date_inferred`). `header`: what a mail says of itself (subject, sent, sender).
    `inferred`: property → [value, sure], by version `inference` of the rules; 0: not yet.
    """

    __tablename__ = "documents"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    path: Mapped[str] = mapped_column(String(4096))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    media_type: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(1000), default="")
    own_title: Mapped[str] = mapped_column(String(1000), default="")
    kind: Mapped[str] = mapped_column(String(200), default="")
    date: Mapped[str] = mapped_column(String(10), default="")
    sender: Mapped[str] = mapped_column(String(MAX_SENDER), default="", index=True)
    language: Mapped[str] = mapped_column(String(16), default="")
    kind_inferred: Mapped[bool] = mapped_column(default=False)
    date_inferred: Mapped[bool] = mapped_column(default=False)
    header: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inferred: Mapped[dict[str, Any]] = mapped_column(default=dict)
    inference: Mapped[int] = mapped_column(default=0)
    page_count: Mapped[int]
    acl_id: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[State] = mapped_column(WordColumn(State, 16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    detail: Mapped[str] = mapped_column(String(2000), default="")


class PageRow(LedgerBase):
    """A page. `store_key` finds its text in the derived store, under the document's SHA-256.

    `reason`, `detail`: why it failed; of a page with shortfalls the first of them. `language`, `findings` (kind →
    canonical values): what was read out of the text, by version `enrichment` of the program's rules; 0: not yet.
    """

    __tablename__ = "pages"
    __table_args__ = (Index("ix_pages_state", "state"),)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(WordColumn(State, 16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    detail: Mapped[str] = mapped_column(String(2000), default="")
    source: Mapped[str] = mapped_column(String(8), default="")
    store_key: Mapped[str] = mapped_column(String(64), default="")
    quality: Mapped[float | None]
    chars: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(16), default="")
    findings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    enrichment: Mapped[int] = mapped_column(default=0)


class ShortfallRow(LedgerBase):
    """Something that a page is known to lack though it is searchable; `position` counts from 0 on its page."""

    __tablename__ = "shortfalls"
    __table_args__ = (
        ForeignKeyConstraint(["document_id", "number"], ["pages.document_id", "pages.number"], ondelete="CASCADE"),
        Index("ix_shortfalls_reason", "reason"),
    )
    document_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(2000), default="")


class DeliveryRow(LedgerBase):
    """A file that the root's delivery list names; `pages`: how many it is said to have, None where that is not said."""

    __tablename__ = "deliveries"
    root_id: Mapped[int] = mapped_column(ForeignKey("roots.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(4096), primary_key=True)
    pages: Mapped[int | None]


class AclRow(LedgerBase):
    """What an `acl_id` on a page stands for; the access scope of a user is the set of ids whose row he may see."""

    __tablename__ = "acls"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    unit: Mapped[str] = mapped_column(String(200), index=True)
    confidentiality: Mapped[int]
    kind: Mapped[str] = mapped_column(String(200))


class LeaseRow(LedgerBase):
    """Who does at present what only one process may do; no `token`: nobody. `renewed`: seconds since 1970."""

    __tablename__ = "leases"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    token: Mapped[str] = mapped_column(String(32))
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    pid_started: Mapped[float]
    renewed: Mapped[float]
