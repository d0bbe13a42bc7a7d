"""Access to a single case beyond one's rights (Notzugriff): with a written reason, for a short time, on display."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from casefile.database.accounts import RightKind, RightRow, UserRow
from casefile.database.events import Action, Detail
from casefile.database.ledger import CaseRow
from casefile.database.ledger import now as moment
from casefile.errors import UsageFault
from casefile.model import Role
from oversight.access.validity import begin
from oversight.audit import Actor, Event
from search_ui import ledgerview
from search_ui.answering import Answering, answering
from search_ui.reading.cases import may_see_case
from search_ui.reading.log import staff
from search_ui.services import Services

SHOWN_FOR = timedelta(days=400)
MIN_REASON = 10  # characters; a word alone is no reason


@dataclass(frozen=True)
class Emergency:
    """`case_title`: "" for a lead who may not see the case."""

    account: str
    case_id: str
    case_title: str
    right: RightRow


def take_case(services: Services, actor: Actor, reference: str, reason: str) -> str:
    """The id of the one case with this file reference, open to the actor from now on for a short time.

    Raises UsageFault without a written reason, and AccessDenied for a case that is absent or blocked for the actor,
    where it is switched off, and for roles that see no content: on record, and the same for all of them.
    """
    if len(reason.strip()) < MIN_REASON:
        raise UsageFault("reason_missing", "Bitte begründen Sie den Zugriff in einem Satz.")
    event = Event(actor, Action.EMERGENCY, purpose=reason.strip(), detail={Detail.VALUE: reference})
    with answering(services.databases, actor) as now:
        minutes = services.settings.emergency_minutes
        rows = ledgerview.cases_by_reference(now.ledger, reference)
        found = [row for row in rows if row.id not in now.scope.blocked]
        if not minutes or not now.scope.sees_content or len(found) != 1:
            raise now.refuse(event)
        _take(now, found[0], reason.strip(), timedelta(minutes=minutes))
    return found[0].id


def _take(now: Answering, case: CaseRow, reason: str, lasts: timedelta) -> None:
    """A case that may be seen anyway is no emergency: it is opened without one."""
    if may_see_case(now.scope, case):
        return
    until = moment() + lasts
    right = RightRow(
        user_id=now.scope.user_id, kind=RightKind.EMERGENCY, value=case.id, reason=reason[:1000], valid_to=until
    )
    begin(now.accounts, right, now.actor)
    detail = {Detail.UNTIL: until.isoformat()}
    now.record(Event(now.actor, Action.EMERGENCY, purpose=reason, case_id=case.id, detail=detail))


def open_emergencies(services: Services, actor: Actor) -> tuple[Emergency, ...]:
    """Newest first: for auditors all, for a lead those of his people and those of cases he may see."""
    with answering(services.databases, actor) as now:
        if not now.scope.reads_audit:
            raise now.refuse(Event(actor, Action.EMERGENCY_READ))
        query = (
            select(UserRow.name, RightRow)
            .join(RightRow, RightRow.user_id == UserRow.id)
            .where(RightRow.kind == RightKind.EMERGENCY, RightRow.valid_from > moment() - SHOWN_FOR)
            .order_by(RightRow.id.desc())
        )
        found = tuple(_shown(now, now.accounts.execute(query).all()))
        now.record(Event(actor, Action.EMERGENCY_READ, hits=len(found)))
        return found


def _shown(now: Answering, rows: Iterable[tuple[str, RightRow]]) -> Iterable[Emergency]:
    rows = list(rows)
    cases = ledgerview.cases(now.ledger, (row.value for _, row in rows))
    auditor = now.scope.role is Role.AUDITOR
    people = set(staff(now.accounts, now.scope))
    for name, row in rows:
        case = cases.get(row.value)
        visible = case is not None and (auditor or may_see_case(now.scope, case))
        if auditor or visible or name in people:
            title = ledgerview.as_case(case).title if case is not None and visible else ""
            yield Emergency(name, row.value, title, row)
