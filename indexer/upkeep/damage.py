"""Damage in the derived store: every pack is read and compared with its checksums; what is damaged is read again.

`verify --deep` finds and marks it, the next run of the root reads the files again; `migrate --deep` does both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.ledger import DocumentRow, FileRow, PageRow, RootRow
from casefile.database.sessions import read_session
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import Check
from indexer.ledger import cleanup
from indexer.upkeep.compare import STREAM


@dataclass(frozen=True)
class Damage:
    """`label`: document and part, for people."""

    sha256: str
    label: str


def find_damage(session: Session, derived: DerivedStore, root: RootRow) -> Iterator[Damage]:
    """Packs that are missing as a whole are not meant; their pages are lost texts."""
    rows = session.execute(_pages_with_text(root).execution_options(yield_per=STREAM))
    for sha256, of_content in groupby(rows, key=lambda row: row.sha256):
        check = derived.check(sha256)
        if check.packed:
            yield from (Damage(sha256, label) for label in dict.fromkeys(_labels(of_content, check)))


def _labels(rows: Iterator[Any], check: Check) -> Iterator[str]:
    for row in rows:
        if row.store_key in check.damaged_keys:
            yield f"{row.path}#{row.number}"
        if not check.manifest or not check.names:
            yield f"{row.path} (Seitenverzeichnis)"
        if not check.original:
            yield f"{row.path} (Anlage im Original)"


def _pages_with_text(root: RootRow) -> Select[Any]:
    columns = (DocumentRow.sha256, DocumentRow.path, PageRow.number, PageRow.store_key)
    query: Any = select(*columns).join(PageRow, PageRow.document_id == DocumentRow.id).join(FileRow)
    query = query.where(FileRow.root_id == root.id, PageRow.store_key != "")
    ordered: Select[Any] = query.order_by(DocumentRow.sha256, DocumentRow.path, PageRow.number)
    return ordered


def reread_damaged(sessions: sessionmaker[Session], derived: DerivedStore, root: RootRow) -> int:
    """Makes the root's files with a marked content pending; returns their number.

    The mark goes when a file of the content is pending, so that one that stays damaged is not read in every run.
    """
    concerned = set[int]()
    for sha256 in derived.damaged():
        files = _files_of(sessions, sha256)
        own = {file for file, of_root in files if of_root == root.id}
        damaged = not derived.check(sha256).is_whole
        if damaged and own:
            cleanup.reset_files(sessions, sorted(own))
            concerned |= own
        if own or not damaged or not files:
            derived.unmark_damaged(sha256)
    return len(concerned)


def _files_of(sessions: sessionmaker[Session], sha256: str) -> list[tuple[int, int]]:
    """(file, root) of every document with this content."""
    query = select(DocumentRow.file_id, FileRow.root_id).join(FileRow, FileRow.id == DocumentRow.file_id)
    with read_session(sessions) as session:
        return [(file, root) for file, root in session.execute(query.where(DocumentRow.sha256 == sha256).distinct())]
