"""The sums that prove completeness: files and pages by state. The parts always add up to the total."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from casefile.database.ledger import (
    DocumentRow,
    FileRow,
    PageRow,
)
from casefile.model import FileRole, State


@dataclass(frozen=True)
class FileCounts:
    """Files of the source tree (or embedded documents) by state."""

    total: int
    pending: int
    searchable: int
    partial: int
    blank: int
    failed: int
    ignored: int


@dataclass(frozen=True)
class PageCounts:
    """Pages by state. Partial ones are searchable, but something on them is known to be missing."""

    total: int
    pending: int
    searchable: int
    partial: int
    blank: int
    failed: int


@dataclass(frozen=True)
class Counts:
    files: FileCounts
    pages: PageCounts

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


_FILE_PART = {
    State.CONFIRMED: "searchable",
    State.PARTIAL: "partial",
    State.BLANK: "blank",
    State.FAILED: "failed",
    State.IGNORED: "ignored",
}


def source_counts(session: Session, root_id: int | None = None, cases: set[str] | None = None) -> Counts:
    """Of the source tree's own files; `cases` limits to these cases (None: all)."""
    files = select(FileRow.state, func.count()).where(FileRow.role != FileRole.REMOVED).group_by(FileRow.state)
    if root_id is not None:
        files = files.where(FileRow.root_id == root_id)
    if cases is not None:
        files = files.where(FileRow.case_id.in_(cases))
    return Counts(
        _files(_by_state(session, files)), _page_counts(session, root_id, cases, DocumentRow.parent_id.is_(None))
    )


def embedded_counts(session: Session, root_id: int | None = None, cases: set[str] | None = None) -> Counts:
    """Of documents embedded in others (attachments, archive entries); they count apart."""
    inner = DocumentRow.parent_id.is_not(None)
    documents = select(DocumentRow.state, func.count()).where(inner).group_by(DocumentRow.state)
    if root_id is not None:
        documents = documents.join(FileRow, FileRow.id == DocumentRow.file_id).where(FileRow.root_id == root_id)
    if cases is not None:
        documents = documents.where(DocumentRow.case_id.in_(cases))
    return Counts(_files(_by_state(session, documents)), _page_counts(session, root_id, cases, inner))


def _page_counts(
    session: Session, root_id: int | None, cases: set[str] | None, which: ColumnElement[bool]
) -> PageCounts:
    query = select(PageRow.state, func.count()).join(DocumentRow).where(which).group_by(PageRow.state)
    if root_id is not None:
        query = query.join(FileRow, FileRow.id == DocumentRow.file_id).where(FileRow.root_id == root_id)
    if cases is not None:
        query = query.where(DocumentRow.case_id.in_(cases))
    states = _by_state(session, query)
    final = {
        "searchable": states.get(State.CONFIRMED, 0),
        "partial": states.get(State.PARTIAL, 0),
        "blank": states.get(State.BLANK, 0),
        "failed": states.get(State.FAILED, 0),
    }
    total = sum(states.values())
    return PageCounts(total=total, pending=total - sum(final.values()), **final)


def _by_state(session: Session, query: Select[str, int]) -> dict[State, int]:
    return {State(state): count for state, count in session.execute(query)}


def _files(states: Mapping[State, int]) -> FileCounts:
    final = {name: states.get(state, 0) for state, name in _FILE_PART.items()}
    total = sum(states.values())
    return FileCounts(total=total, pending=total - sum(final.values()), **final)
