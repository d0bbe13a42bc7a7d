"""Tables of the ledger: every source file and every page with its state. The truth; the index is derived from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    return datetime.now(UTC)


class LedgerBase(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {dict[str, Any]: JSON, datetime: DateTime(timezone=True)}  # noqa: RUF012


class RootRow(LedgerBase):
    """A source tree, known by its name; `path` is where it was last read."""

    __tablename__ = "roots"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    path: Mapped[str] = mapped_column(String(4096))


class RunRow(LedgerBase):
    """One call of `index` or `retry`; without `ended` and without its process it was killed."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    root_id: Mapped[int | None] = mapped_column(ForeignKey("roots.id"))
    started: Mapped[datetime] = mapped_column(default=now)
    ended: Mapped[datetime | None]
    host: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    pid_started: Mapped[float]


class CaseRow(LedgerBase):
    """`version` grows with every change of the cover sheet; `indexed_version` is what the index holds."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    root_id: Mapped[int] = mapped_column(ForeignKey("roots.id"), index=True)
    folder: Mapped[str] = mapped_column(String(4096))
    cover_state: Mapped[str] = mapped_column(String(16))
    cover: Mapped[dict[str, Any]]
    cover_problem: Mapped[str] = mapped_column(String(2000), default="")
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
    role: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    detail: Mapped[str] = mapped_column(String(2000), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id"), index=True)
    vorgang: Mapped[str] = mapped_column(String(4096), default="")
    seen_run: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    updated: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class DocumentRow(LedgerBase):
    """A document: a source file, or a file embedded in one (`parent_id` set, `path` continues with `!name`).

    `title`: the cover sheet's, where it gives one, else `own_title`.
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
    language: Mapped[str] = mapped_column(String(16), default="")
    page_count: Mapped[int]
    acl_id: Mapped[str] = mapped_column(String(16), index=True)
    state: Mapped[str] = mapped_column(String(16))
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
    state: Mapped[str] = mapped_column(String(16))
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
