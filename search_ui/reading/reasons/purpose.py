"""Stating why a case is opened, where the settings ask for it."""

from __future__ import annotations

from casefile.database.events import Action
from casefile.database.ledger import CaseRow
from casefile.errors import UsageFault
from oversight.access.purpose import state_purpose
from oversight.audit import Actor, Event
from search_ui import ledgerview
from search_ui.answering import Answering, answering
from search_ui.reading.cases import permitted_case
from search_ui.services import Services


def case_asked_about(services: Services, actor: Actor, case_id: str) -> str:
    """The title of the case for which a purpose is asked. Raises AccessDenied for one that may not be seen."""
    with answering(services.databases, actor) as now:
        row = _visible(now, case_id)
        now.record(Event(actor, Action.PURPOSE_ASKED, case_id=case_id))
        return ledgerview.as_case(row).title


def give_purpose(services: Services, actor: Actor, case_id: str, purpose: str) -> None:
    """Raises AccessDenied, and UsageFault for an empty purpose."""
    if not purpose.strip():
        raise UsageFault("purpose_empty", "Bitte geben Sie den Zweck an.")
    with answering(services.databases, actor) as now:
        _visible(now, case_id)
        state_purpose(now.accounts, actor, case_id, purpose.strip())
        now.record(Event(actor, Action.PURPOSE_STATED, purpose=purpose.strip(), case_id=case_id))


def _visible(now: Answering, case_id: str) -> CaseRow:
    row = permitted_case(now, case_id)
    if row is None:
        raise now.refuse(Event(now.actor, Action.OPEN_CASE, case_id=case_id))
    return row
