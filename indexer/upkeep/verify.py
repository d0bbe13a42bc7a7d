"""Reconciles source tree, ledger and index: every page is searchable, blank, or has a reason why not, or is named.

Works on the ledger's words alone for what was read, but on the tree and the index themselves for what is there.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_, select
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
from casefile.index.writer import IndexWriter
from casefile.model import FINAL_STATES, PENDING_STATES, FileRole, State
from casefile.storage.beneath import open_beneath
from casefile.storage.derived import DerivedStore
from casefile.storage.hashing import descriptor_sha256
from indexer.source.discover import discover
from indexer.source.steady import root_identity
from indexer.upkeep.compare import Comparison, Problem, count_searchable_pages
from indexer.upkeep.damage import find_damage
from indexer.upkeep.heal import lost_texts

EXAMPLES = 20


@dataclass(frozen=True)
class Finding:
    """One kind of discrepancy: how many, and the first of them by name."""

    count: int = 0
    examples: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str]) -> Finding:
        tally = Tally()
        for name in names:
            tally.add(name)
        return tally.finding()


class Tally:
    """Counts names as they come and keeps only the first of them in the alphabet."""

    def __init__(self) -> None:
        self._count, self._first = 0, list[str]()

    def add(self, name: str) -> None:
        self._count += 1
        self._first.append(name)
        if len(self._first) >= 2 * EXAMPLES:
            self._first = heapq.nsmallest(EXAMPLES, self._first)

    def finding(self) -> Finding:
        return Finding(self._count, tuple(heapq.nsmallest(EXAMPLES, self._first)))


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
    sessions: sessionmaker[Session], store: IndexWriter, derived: DerivedStore, root: RootRow, *, deep: bool = False
) -> RootReport:
    """`deep` reads every source file, every indexed text and the whole derived store again; without it, size, times and
    inode decide. Contents that are damaged in the derived store are marked for the next run of the root.
    """
    with read_session(sessions) as session:
        source, files = _compare_source(session, root, deep)
        comparison = Comparison(session, store, root, derived=derived if deep else None)
        index = _compare_index(comparison)
        index["missing_texts"] = Finding.of(path for _, path in lost_texts(session, derived, root))
        index["damaged_texts"] = Finding.of(_marked_damage(session, derived, root) if deep else ())
        return RootReport(
            root.name,
            files,
            source_counts(session, root.id),
            embedded_counts(session, root.id),
            count_searchable_pages(session, root),
            source | _compare_ledger(session, root) | index,
            _reported(session, root),
            _incomplete(session, root),
        )


def _marked_damage(session: Session, derived: DerivedStore, root: RootRow) -> Iterator[str]:
    for damage in find_damage(session, derived, root):
        derived.mark_damaged([damage.sha256])
        yield damage.label


def _compare_source(session: Session, root: RootRow, deep: bool) -> tuple[dict[str, Finding], int]:
    columns = (FileRow.path, FileRow.role, FileRow.sha256, FileRow.raw_path)
    stamp = (FileRow.size, FileRow.mtime_ns, FileRow.ctime_ns, FileRow.inode)
    query = select(*columns, *stamp).where(FileRow.root_id == root.id, FileRow.role != FileRole.REMOVED)
    known = {row.path: row for row in session.execute(query)}
    new, changed, altered, count = [], [], [], 0
    there = root_identity(Path(root.path)) is not None  # a root that is gone is reported file by file, like the rest
    for entry in discover(Path(root.path)) if there else ():
        count += 1
        row = known.pop(entry.path, None)
        if row is None:
            new.append(entry.path)
        elif entry.stamp != (row.size, row.mtime_ns, row.ctime_ns, row.inode) or entry.role != row.role:
            changed.append(entry.path)
        elif deep and row.sha256 and _sha256(Path(root.path), row.raw_path) != row.sha256:
            altered.append(entry.path)
    findings = {"new": new, "changed": changed, "altered_content": altered, "gone": list(known)}
    return {code: Finding.of(names) for code, names in findings.items()}, count


def _sha256(root: Path, raw_path: bytes) -> str:
    """ "" where the file cannot be read now."""
    try:
        with open_beneath(root, raw_path) as descriptor:
            return descriptor_sha256(descriptor)
    except OSError:
        return ""


def _compare_ledger(session: Session, root: RootRow) -> dict[str, Finding]:
    pending = PENDING_STATES
    files = session.scalars(select(FileRow.path).where(FileRow.root_id == root.id, FileRow.state.in_(pending)))
    stale = select(CaseRow.folder).where(CaseRow.root_id == root.id, CaseRow.version != CaseRow.indexed_version)
    return {
        "unfinished": Finding.of(list(files)),
        "unaccounted": Finding.of(_unaccounted(session, root)),
        "stale_cases": Finding.of(list(session.scalars(stale))),
    }


def _reported(session: Session, root: RootRow) -> dict[str, int]:
    query = select(PageRow.reason, func.count()).join(DocumentRow).join(FileRow).group_by(PageRow.reason)
    failed = query.where(FileRow.root_id == root.id, PageRow.state == State.FAILED)
    return {str(reason): count for reason, count in session.execute(failed.order_by(PageRow.reason))}


def _incomplete(session: Session, root: RootRow) -> dict[str, int]:
    page = (PageRow.document_id == ShortfallRow.document_id) & (PageRow.number == ShortfallRow.number)
    pages = select(ShortfallRow.reason, PageRow.document_id, PageRow.number).join_from(ShortfallRow, PageRow, page)
    pages = pages.join(DocumentRow, DocumentRow.id == PageRow.document_id).join(FileRow)
    partial = pages.where(FileRow.root_id == root.id, PageRow.state == State.PARTIAL).distinct().subquery()
    query = select(partial.c.reason, func.count()).group_by(partial.c.reason).order_by(partial.c.reason)
    return {str(reason): count for reason, count in session.execute(query)}


def _unaccounted(session: Session, root: RootRow) -> list[str]:
    """Documents whose page rows are not exactly 1..page_count, all in a final state; document files without any."""
    final = PageRow.state.in_(sorted(FINAL_STATES))
    count, first, last = func.count(PageRow.number), func.min(PageRow.number), func.max(PageRow.number)
    query = select(DocumentRow.path).join(FileRow, FileRow.id == DocumentRow.file_id)
    query = query.outerjoin(PageRow, and_(PageRow.document_id == DocumentRow.id, final))
    query = query.where(FileRow.root_id == root.id).group_by(DocumentRow.id, DocumentRow.path, DocumentRow.page_count)
    gaps = or_(count != DocumentRow.page_count, and_(count > 0, or_(first != 1, last != DocumentRow.page_count)))
    wrong = list(session.scalars(query.having(gaps)))
    pending = PENDING_STATES
    unread = select(FileRow.path).where(FileRow.root_id == root.id, FileRow.role == FileRole.DOCUMENT)
    unread = unread.where(
        FileRow.state.not_in(pending), ~select(DocumentRow.id).where(DocumentRow.file_id == FileRow.id).exists()
    )
    return wrong + list(session.scalars(unread))


def _compare_index(comparison: Comparison) -> dict[str, Finding]:
    """`missing_pages`, `orphaned_pages`, `altered_pages`, and so on for each index."""
    tallies = {(problem, kind): Tally() for kind in IndexKind for problem in Problem}
    for kind in IndexKind:
        for found in comparison.differences(kind):
            tallies[found.problem, kind].add(found.label)
    return {f"{problem.value}_{kind.value}": tally.finding() for (problem, kind), tally in tallies.items()}
