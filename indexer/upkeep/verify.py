"""Reconciles source tree, ledger and index: every page is searchable, blank, or has a reason why not, or is named.

Works on the ledger's words alone for what was read, but on the tree and the index themselves for what is there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.counts import Counts, embedded_counts, source_counts
from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
    RootRow,
    ShortfallRow,
)
from casefile.database.sessions import read_session
from casefile.index.schema import IndexKind
from casefile.index.store import Store
from casefile.model import FINAL_STATES, FileRole, State, page_id
from casefile.storage.derived import DerivedStore
from casefile.storage.hashing import file_sha256
from indexer.source.discover import discover, local_path
from indexer.source.steady import place_of
from indexer.upkeep.indexed import IndexedRecords, confirmed_pages, is_altered

EXAMPLES = 20


@dataclass(frozen=True)
class Finding:
    """One kind of discrepancy: how many, and the first of them by name."""

    count: int = 0
    examples: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: list[str]) -> Finding:
        return cls(len(names), tuple(sorted(names)[:EXAMPLES]))


@dataclass(frozen=True)
class RootReport:
    """`findings` by code; empty counts everywhere mean that nothing is unexplained. `reported`: pages that are
    explained but not searchable, by reason; `incomplete`: pages that are searchable only in part, by what they lack
    (a page may count under several). `failures` names each.
    """

    root: str
    source_files: int
    source: Counts
    embedded: Counts
    indexed_pages: int
    findings: dict[str, Finding] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    incomplete: dict[str, int] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return all(finding.count == 0 for finding in self.findings.values())

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, **asdict(self)}


def verify_root(
    sessions: sessionmaker[Session], store: Store, derived: DerivedStore, root: RootRow, *, deep: bool = False
) -> RootReport:
    """`deep` reads every source file and every indexed text again; without it, size, times and inode decide."""
    with read_session(sessions) as session:
        source, files = _compare_source(session, root, deep)
        records = IndexedRecords(store, root.name, deep=deep)
        index, pages = _compare_index(session, records, root)
        index |= _compare_texts(session, records, derived, root)
        return RootReport(
            root.name,
            files,
            source_counts(session, root.id),
            embedded_counts(session, root.id),
            pages,
            source | _compare_ledger(session, root) | index,
            _reported(session, root),
            _incomplete(session, root),
        )


def _compare_source(session: Session, root: RootRow, deep: bool) -> tuple[dict[str, Finding], int]:
    known = {
        row.path: row
        for row in session.scalars(select(FileRow).where(FileRow.root_id == root.id, FileRow.role != FileRole.REMOVED))
    }
    new, changed, altered, count = [], [], [], 0
    there = place_of(Path(root.path)) is not None  # a root that is gone is reported file by file, like the rest
    for entry in discover(Path(root.path)) if there else ():
        count += 1
        row = known.pop(entry.path, None)
        if row is None:
            new.append(entry.path)
        elif entry.stamp != (row.size, row.mtime_ns, row.ctime_ns, row.inode) or entry.role != row.role:
            changed.append(entry.path)
        elif deep and row.sha256 and file_sha256(local_path(Path(root.path), row.raw_path)) != row.sha256:
            altered.append(entry.path)
    findings = {"new": new, "changed": changed, "altered_content": altered, "gone": list(known)}
    return {code: Finding.of(names) for code, names in findings.items()}, count


def _compare_ledger(session: Session, root: RootRow) -> dict[str, Finding]:
    pending = [state.value for state in State if not state.final]
    files = session.scalars(select(FileRow.path).where(FileRow.root_id == root.id, FileRow.state.in_(pending)))
    stale = select(CaseRow.folder).where(CaseRow.root_id == root.id, CaseRow.version != CaseRow.indexed_version)
    return {
        "unfinished": Finding.of(list(files)),
        "unaccounted": Finding.of(_unaccounted(session, root)),
        "stale_cases": Finding.of(list(session.scalars(stale))),
    }


def _reported(session: Session, root: RootRow) -> dict[str, int]:
    query = select(PageRow.reason, func.count()).join(DocumentRow).join(FileRow).group_by(PageRow.reason)
    failed = query.where(FileRow.root_id == root.id, PageRow.state == State.FAILED.value)
    return {str(reason): count for reason, count in session.execute(failed.order_by(PageRow.reason))}


def _incomplete(session: Session, root: RootRow) -> dict[str, int]:
    page = (PageRow.document_id == ShortfallRow.document_id) & (PageRow.number == ShortfallRow.number)
    pages = select(ShortfallRow.reason, PageRow.document_id, PageRow.number).join_from(ShortfallRow, PageRow, page)
    pages = pages.join(DocumentRow, DocumentRow.id == PageRow.document_id).join(FileRow)
    partial = pages.where(FileRow.root_id == root.id, PageRow.state == State.PARTIAL.value).distinct().subquery()
    query = select(partial.c.reason, func.count()).group_by(partial.c.reason).order_by(partial.c.reason)
    return {str(reason): count for reason, count in session.execute(query)}


def _unaccounted(session: Session, root: RootRow) -> list[str]:
    """Documents whose page rows are not exactly 1..page_count, all in a final state; document files without any."""
    final = sorted(FINAL_STATES)
    numbers: dict[str, set[int]] = {}
    pages = select(PageRow.document_id, PageRow.number).join(DocumentRow).join(FileRow)
    for document, number in session.execute(pages.where(FileRow.root_id == root.id, PageRow.state.in_(final))):
        numbers.setdefault(document, set()).add(number)
    documents = select(DocumentRow).join(FileRow, FileRow.id == DocumentRow.file_id).where(FileRow.root_id == root.id)
    wrong, read = [], set()
    for row in session.scalars(documents):
        read.add(row.file_id)
        if numbers.get(row.id, set()) != set(range(1, row.page_count + 1)):
            wrong.append(row.path)
    final_files = select(FileRow).where(FileRow.root_id == root.id, FileRow.role == FileRole.DOCUMENT)
    wrong += [row.path for row in session.scalars(final_files) if State(row.state).final and row.id not in read]
    return wrong


def _compare_index(session: Session, records: IndexedRecords, root: RootRow) -> tuple[dict[str, Finding], int]:
    rows = confirmed_pages(session, root)
    pages = {page_id(row.document_id, row.number): f"{row.path}#{row.number}" for row in rows}
    documents = {row.document_id: row.path for row in rows}
    cases = {row.id: row.folder for row in session.execute(_cases(root))}
    findings: dict[str, Finding] = {}
    for name, present, expected in (
        ("pages", set(records.pages), pages),
        ("documents", records.others[IndexKind.DOCUMENTS], documents),
        ("cases", records.others[IndexKind.CASES], cases),
    ):
        findings[f"missing_{name}"] = Finding.of([label for i, label in expected.items() if i not in present])
        findings[f"orphaned_{name}"] = Finding.of([i for i in present if i not in expected])
    return findings, len(pages)


def _compare_texts(
    session: Session, records: IndexedRecords, derived: DerivedStore, root: RootRow
) -> dict[str, Finding]:
    lost, altered = [], []
    for _, pages in groupby(confirmed_pages(session, root), key=lambda row: row.document_id):
        rows = list(pages)
        keys = derived.packed_keys(rows[0].sha256)
        if any(row.store_key not in keys for row in rows):
            lost.append(rows[0].path)
            continue
        altered += [f"{row.path}#{row.number}" for row in rows if is_altered(records, derived, row)]
    return {"missing_texts": Finding.of(lost), "altered_pages": Finding.of(altered)}


def _cases(root: RootRow) -> Any:
    return select(CaseRow.id, CaseRow.folder).where(CaseRow.root_id == root.id)
