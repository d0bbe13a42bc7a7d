"""Compares audit rows with their leaves, a span of the log at a time; long logs in several processes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from casefile.database.accounts import AuditRow
from casefile.database.auditlog import AuditNodeRow, AuditSaltRow
from casefile.database.sessions import open_database, read_session
from casefile.settings import Settings
from oversight.log.check.findings import Finding, Flaw
from oversight.log.formats.record import Values, differences, entry
from oversight.log.formats.tree import leaf_hash
from oversight.log.sequencer import ROW_COLUMNS

CHUNK = 5000
SPAN = 50_000  # leaves of one task; a log that is shorter is compared in this process
MAX_FINDINGS = 1000  # told one by one


@dataclass(frozen=True)
class Dropped:
    """Leaves before `end` whose rows were deleted, as they may be up to the month `until` (like 2024-12)."""

    end: int
    until: str


@dataclass
class Compared:
    """`total` findings, of which `findings` are told."""

    rows: int = 0
    total: int = 0
    findings: list[Finding] = field(default_factory=list)

    def found(self, finding: Finding) -> None:
        self.total += 1
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)


def compare_rows(session: Session, settings: Settings, first: int, size: int, dropped: Dropped) -> Iterator[Compared]:
    """`first`: number of the row of leaf 0. Processes have sessions of their own: what a leaf stands for is fixed."""
    spans = [(start, min(start + SPAN, size)) for start in range(0, size, SPAN)]
    if len(spans) < 2:
        yield from (_compare(session, first, span, dropped) for span in spans)
        return
    workers = min(len(spans), settings.worker_count)
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        yield from pool.map(_compare_apart, *zip(*((settings, first, span, dropped) for span in spans), strict=True))


def _compare_apart(settings: Settings, first: int, span: tuple[int, int], dropped: Dropped) -> Compared:
    accounts = open_database(settings, "accounts")
    try:
        with read_session(accounts) as session:
            return _compare(session, first, span, dropped)
    finally:
        accounts.kw["bind"].dispose()


def _compare(session: Session, first: int, span: tuple[int, int], dropped: Dropped) -> Compared:
    result = Compared()
    for position, leaf, record, salts, *columns in _leaves(session, first, span):
        if columns[0] is None:
            flaw, where = _without_row(position, leaf, record, dropped)
        else:
            result.rows += 1
            flaw, where = _changes(leaf, record, salts, Values._make(columns))
        if flaw is not None:
            result.found(Finding(flaw, first + position, where))
    return result


def _leaves(session: Session, first: int, span: tuple[int, int]) -> Iterator[Any]:
    query = (
        select(AuditNodeRow.position, AuditNodeRow.hash, AuditNodeRow.record, AuditSaltRow.salts, *ROW_COLUMNS)
        .where(AuditNodeRow.level == 0, AuditNodeRow.position >= span[0], AuditNodeRow.position < span[1])
        .outerjoin(AuditRow, AuditRow.id == AuditNodeRow.position + first)
        .outerjoin(AuditSaltRow, AuditSaltRow.id == AuditNodeRow.position + first)
        .order_by(AuditNodeRow.position)
        .execution_options(yield_per=CHUNK)
    )
    yield from session.execute(query)


def _without_row(position: int, leaf: bytes, record: str | None, dropped: Dropped) -> tuple[Flaw | None, str]:
    """Of the last leaf before the boundary the record is kept. It proves the month: those before it are no later."""
    if position >= dropped.end:
        return Flaw.ROW_MISSING, ""
    if record is None:
        return (Flaw.DROPPED, "ohne Beleg des Monats") if position == dropped.end - 1 else (None, "")
    if leaf_hash(record.encode()) != leaf:
        return Flaw.ROW_CHANGED, ""
    month = json.loads(record).get("at", "")[:7]
    return (Flaw.DROPPED, month) if month > dropped.until else (None, "")


def _changes(leaf: bytes, record: str | None, salts: bytes | None, values: Values) -> tuple[Flaw | None, str]:
    if salts is None:
        return Flaw.ROW_CHANGED, "ohne Salze"
    if record is None:
        return (None if leaf_hash(entry(values, salts)) == leaf else Flaw.ROW_CHANGED), ""
    kept = record.encode()
    if leaf_hash(kept) != leaf:
        return Flaw.ROW_CHANGED, ""
    changed = differences(kept, values, salts)
    return (Flaw.ROW_CHANGED if changed else None), ", ".join(changed)
