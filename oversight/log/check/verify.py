"""Checks the whole log: rows against leaves, leaves against the second place, the tree against every checkpoint.

The tree is built anew from the leaves and compared with each checkpoint when it has reached its size: so all
checkpoints are checked for consistency with each other at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, sessionmaker

from casefile.database.accounts import AuditCounterRow, AuditRow
from casefile.database.auditlog import (
    AuditNodeRow,
    AuditSegmentRow,
    AuditTreeRow,
)
from casefile.database.sessions import database_errors, read_session
from casefile.settings import Settings
from oversight.log.check.checkpoints import Checkpoints, Trusted, collect
from oversight.log.check.findings import Finding, Flaw
from oversight.log.check.rows import CHUNK, MAX_FINDINGS, Compared, Dropped, compare_rows
from oversight.log.formats.tree import Frontier

CLOCK_TOLERANCE = timedelta(seconds=60)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_TIME = "%d.%m.%Y %H:%M:%S"


@dataclass(frozen=True)
class Outside:
    """What lies beyond the database: notes with their source, and leaf hashes of the second place."""

    notes: tuple[tuple[str, str], ...] = ()
    leaves: Iterable[bytes] = ()
    dropped_until: str = ""  # the last month that may be dropped, like 2024-12


@dataclass
class Verification:
    """`pending`: rows younger than the last checkpoint; `signed`: leaves under one."""

    rows: int = 0
    leaves: int = 0
    signed: int = 0
    pending: int = 0
    dropped: int = 0
    checkpoints: int = 0
    witnesses: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    findings_total: int = 0

    def found(self, *findings: Finding) -> None:
        self.findings_total += len(findings)
        self.findings.extend(findings[: max(0, MAX_FINDINGS - len(self.findings))])

    def add(self, compared: Compared) -> None:
        self.rows += compared.rows
        self.found(*compared.findings)
        self.findings_total += compared.total - len(compared.findings)


def verify_log(accounts: sessionmaker[Session], settings: Settings, trusted: Trusted, outside: Outside) -> Verification:
    """Raises EnvironmentFault where the database does not answer."""
    with database_errors("accounts"), read_session(accounts) as session:
        result = Verification()
        tree = session.scalars(select(AuditTreeRow)).one_or_none()
        if tree is None:
            return result
        if tree.key != str(trusted.log):
            result.found(Finding(Flaw.KEY, where="in der Datenbank steht ein anderer als der geprüfte"))
        checkpoints = collect(session, trusted, outside.notes)
        result.found(*checkpoints.findings)
        result.checkpoints, result.witnesses = len(checkpoints.notes), checkpoints.witnesses
        result.dropped = _dropped(session, result, outside.dropped_until)
        _Walk(session, tree, checkpoints, result).run(outside.leaves)
        dropped = Dropped(result.dropped, outside.dropped_until)
        for compared in compare_rows(session, settings, tree.first, tree.size, dropped):
            result.add(compared)
        _beyond_the_tree(session, tree, result)
        result.findings.sort(key=lambda finding: finding.row or 0)
    return result


class _Walk:
    """One pass over all leaves, in order, with the times of their rows."""

    def __init__(self, session: Session, tree: AuditTreeRow, checkpoints: Checkpoints, result: Verification) -> None:
        self._session = session
        self._tree = tree
        self._checkpoints = checkpoints
        self._result = result
        self._frontier = Frontier()
        self._last_at = _EARLIEST
        self._bounds = sorted(checkpoints.times.items())

    def run(self, copied: Iterable[bytes]) -> None:
        self._compare_root()
        outside = iter(copied)
        for position, value, at in _leaves(self._session, self._tree.first):
            while self._frontier.size < position:
                self._lost_leaf(next(outside, None))
            self._leaf(value, next(outside, None))
            if at is not None:
                self._clock(position, self._tree.first + position, at)
        for value in outside:
            self._lost_leaf(value)
        self._ends()

    def _leaf(self, value: bytes, copy: bytes | None) -> None:
        if copy is not None and copy != value:
            self._result.found(Finding(Flaw.LEAF_CHANGED, self._number))
        self._frontier.append(value)
        self._result.leaves += 1
        self._compare_root()

    def _lost_leaf(self, copy: bytes | None) -> None:
        """Of a leaf that is gone, the second place still knows the hash; without it, no later checkpoint can fit."""
        self._result.found(Finding(Flaw.TREE_CUT, self._number))
        self._frontier.append(copy or bytes(32))
        self._compare_root()

    @property
    def _number(self) -> int:
        """Of the row whose leaf comes next."""
        return self._tree.first + self._frontier.size

    def _clock(self, position: int, number: int, at: datetime) -> None:
        """Times may not run backwards, nor contradict a witness that saw the tree before or after this row."""
        while self._bounds and self._bounds[0][0] <= position:
            self._last_at = max(self._last_at, self._bounds.pop(0)[1])
        latest = self._bounds[0][1] if self._bounds else at
        if self._last_at - at > CLOCK_TOLERANCE:
            self._result.found(Finding(Flaw.CLOCK, number, f"{at:{_TIME}}, davor schon {self._last_at:{_TIME}}"))
        elif at - latest > CLOCK_TOLERANCE:
            self._result.found(Finding(Flaw.CLOCK, number, f"{at:{_TIME}}, bezeugt schon {latest:{_TIME}}"))
        self._last_at = max(self._last_at, at)

    def _compare_root(self) -> None:
        claimed = self._checkpoints.roots.get(self._frontier.size)
        if claimed is None:
            return
        root = self._frontier.root()
        for other, source in claimed.items():
            if other != root:
                self._result.found(Finding(Flaw.TREE_CHANGED, self._number - 1, source))
        if root in claimed:
            self._result.signed = self._frontier.size

    def _ends(self) -> None:
        if self._frontier.size != self._tree.size:
            self._result.found(Finding(Flaw.TREE_CUT, self._tree.first + self._tree.size - 1, "Stand der Datenbank"))
        for size, claimed in self._checkpoints.roots.items():
            if size > self._frontier.size:
                source = ", ".join(sorted(set(claimed.values())))
                self._result.found(Finding(Flaw.TREE_CUT, self._tree.first + size - 1, source))


def _leaves(session: Session, first: int) -> Iterator[Any]:
    query = (
        select(AuditNodeRow.position, AuditNodeRow.hash, AuditRow.at)
        .where(AuditNodeRow.level == 0)
        .outerjoin(AuditRow, AuditRow.id == AuditNodeRow.position + first)
        .order_by(AuditNodeRow.position)
        .execution_options(yield_per=CHUNK)
    )
    yield from session.execute(query)


def _dropped(session: Session, result: Verification, until: str) -> int:
    """Leaves whose rows were deleted as their term ended. A month that was dropped before it is a finding."""
    dropped = 0
    query = select(AuditSegmentRow).where(AuditSegmentRow.dropped.is_not(None)).order_by(AuditSegmentRow.end)
    for segment in session.scalars(query):
        if segment.month > until:
            result.found(Finding(Flaw.DROPPED, where=segment.month))
        dropped = max(dropped, segment.end)
    return dropped


def _beyond_the_tree(session: Session, tree: AuditTreeRow, result: Verification) -> None:
    """Rows that no leaf stands for yet: they must be numbered without a gap, up to the counter."""
    counter = session.scalars(select(AuditCounterRow)).one()
    expected = tree.first + tree.size
    numbers = session.scalars(select(AuditRow.id).where(AuditRow.id >= expected).order_by(AuditRow.id)).all()
    result.pending = len(numbers)
    result.rows += len(numbers)
    missing = set(range(expected, counter.last + 1)).difference(numbers)
    result.found(*(Finding(Flaw.ROW_MISSING, number) for number in sorted(missing)))
    result.found(*(Finding(Flaw.ROW_ADDED, number) for number in numbers if number > counter.last))
    before = select(func.count()).where(and_(AuditRow.id < tree.first, AuditRow.id < counter.counted_from))
    result.rows += session.scalar(before) or 0
