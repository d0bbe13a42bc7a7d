"""Reading the audit log in the interface: who may, which rows, and that it is itself logged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, false, or_, select

from casefile.database.accounts import AuditRow, UserRow, UserUnitRow
from casefile.database.ledger import CaseRow
from casefile.database.sessions import read_session
from casefile.model import Role
from oversight.audit import (
    Action,
    Actor,
    Event,
    count_rows,
    record,
)
from oversight.rights import AccessScope, current_scope
from oversight.units import ALL_UNITS, normalise_unit
from search_ui import ledgerview
from search_ui.context import Context
from search_ui.retrieval.search import refuse

ROWS_PER_PAGE = 50


@dataclass(frozen=True)
class LogView:
    rows: tuple[AuditRow, ...]
    case_titles: dict[str, str]
    total: int
    page: int
    pages: int


def read_log(context: Context, actor: Actor, page: int) -> LogView:
    """Newest first. Raises AccessDenied for roles that may not read it."""
    scope = current_scope(context.databases, actor.user)
    event = Event(actor, Action.AUDIT_READ)
    if not scope.reads_audit:
        raise refuse(context, event)
    query = _visible_rows(context, scope)
    with read_session(context.accounts) as session:
        total = count_rows(session, query)
        pages = max(1, math.ceil(total / ROWS_PER_PAGE))
        page = min(max(page, 1), pages)
        query = query.order_by(AuditRow.id.desc()).limit(ROWS_PER_PAGE).offset((page - 1) * ROWS_PER_PAGE)
        rows = tuple(session.scalars(query))
    cases = _named_cases(context, scope, rows)
    record(context.accounts, Event(actor, Action.AUDIT_READ, page=page, hits=total))
    return LogView(rows, {key: ledgerview.as_case(row).title for key, row in cases.items()}, total, page, pages)


def _named_cases(context: Context, scope: AccessScope, rows: Iterable[AuditRow]) -> dict[str, CaseRow]:
    """The auditor must know which case a row is about; a lead only for the cases he may see."""
    found = ledgerview.cases(context, (row.case_id for row in rows if row.case_id))
    if scope.role is Role.AUDITOR:
        return found
    return {key: row for key, row in found.items() if scope.permits_case(row.id, row.unit, row.confidentiality)}


def _visible_rows(context: Context, scope: AccessScope) -> Select[AuditRow]:
    """The auditor reads all; a lead what he did himself and what the people of his own units did."""
    query = select(AuditRow)
    if scope.role is Role.AUDITOR or ALL_UNITS in scope.units:
        return query
    return query.where(
        or_(AuditRow.user == scope.user, AuditRow.user.in_(_staff(context, scope)) if scope.units else false())
    )


def _staff(context: Context, scope: AccessScope) -> list[str]:
    """Users all of whose units are among the lead's: what others searched may concern cases that are not his."""
    units: dict[str, set[str]] = {}
    with read_session(context.accounts) as session:
        pairs = session.execute(
            select(UserRow.name, UserUnitRow.unit).join(UserUnitRow, UserUnitRow.user_id == UserRow.id)
        )
        for name, unit in pairs:
            units.setdefault(name, set()).add(normalise_unit(unit))
    return [name for name, own in units.items() if own <= scope.units]
