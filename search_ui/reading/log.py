"""Reading the audit log in the interface: who may read it, which rows; reading is logged too."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import Session

from casefile.database.accounts import AuditRow, RightKind, RightRow, UserRow
from casefile.database.events import Action
from casefile.database.ledger import CaseRow, now
from casefile.model import Role
from oversight.access.validity import valid_at
from oversight.audit import Actor, Event, count_rows
from oversight.rights import AccessScope
from oversight.units import ALL_UNITS, normalise_unit
from search_ui import ledgerview
from search_ui.answering import answering
from search_ui.services import Services

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class LogView:
    rows: tuple[AuditRow, ...]
    case_titles: dict[str, str]
    total: int
    page: int
    pages: int


def read_log(services: Services, actor: Actor, page: int) -> LogView:
    """Newest first. Raises AccessDenied for roles that may not read it."""
    with answering(services.databases, actor) as now:
        if not now.scope.reads_audit:
            raise now.refuse(Event(actor, Action.AUDIT_READ))
        query = _visible_rows(now.accounts, now.scope)
        total = count_rows(now.accounts, query)
        pages = max(1, math.ceil(total / ROWS_PER_PAGE))
        page = min(max(page, 1), pages)
        query = query.order_by(AuditRow.id.desc()).limit(ROWS_PER_PAGE).offset((page - 1) * ROWS_PER_PAGE)
        rows = tuple(now.accounts.scalars(query))
        cases = _named_cases(now.ledger, now.scope, rows)
        now.record(Event(actor, Action.AUDIT_READ, page=page, hits=total))
    return LogView(rows, {key: ledgerview.as_case(row).title for key, row in cases.items()}, total, page, pages)


def _named_cases(ledger: Session, scope: AccessScope, rows: Iterable[AuditRow]) -> dict[str, CaseRow]:
    """The auditor must know which case a row is about; a lead only for the cases he may see."""
    found = ledgerview.cases(ledger, (row.case_id for row in rows if row.case_id))
    if scope.role is Role.AUDITOR:
        return found
    return {key: row for key, row in found.items() if scope.permits_case(row.id, row.unit, row.confidentiality)}


def _visible_rows(accounts: Session, scope: AccessScope) -> Select[AuditRow]:
    """The auditor reads all; a lead what he did himself and what the people of his own units did."""
    query = select(AuditRow)
    if scope.role is Role.AUDITOR or ALL_UNITS in scope.units:
        return query
    return query.where(
        or_(AuditRow.user == scope.user, AuditRow.user.in_(staff(accounts, scope)) if scope.units else false())
    )


def staff(accounts: Session, scope: AccessScope) -> list[str]:
    """Users all of whose units are among the lead's: what others searched may concern cases that are not his."""
    units: dict[str, set[str]] = {}
    pairs = accounts.execute(
        select(UserRow.name, RightRow.value)
        .join(RightRow, RightRow.user_id == UserRow.id)
        .where(RightRow.kind == RightKind.UNIT, valid_at(RightRow, now()))
    )
    for name, unit in pairs:
        units.setdefault(name, set()).add(normalise_unit(unit))
    return [name for name, own in units.items() if own <= scope.units]
