"""What the audit row of something opened says of its purpose and of the search that led there."""

from __future__ import annotations

from dataclasses import replace

from casefile.database.events import Detail
from oversight.access.purpose import PurposeMissing, purpose_rule, stated_purpose
from oversight.audit import Event
from search_ui import ledgerview
from search_ui.answering import Look
from search_ui.retrieval.kept import ID_LOGGED
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services


def led_by(event: Event, request: SearchRequest | None, search_id: str) -> Event:
    """The row names the search that led here. An id of another user's search is recorded as ignored."""
    if request is not None:
        return replace(event, purpose=request.purpose, detail={Detail.SEARCH: search_id})
    return replace(event, detail={Detail.IGNORED_SEARCH: search_id[:ID_LOGGED]}) if search_id else event


def for_a_purpose(services: Services, look: Look, case_id: str, event: Event) -> Event:
    """The event of opening something of this case, with its purpose. Raises PurposeMissing where none was stated.

    The purpose of the search that led here counts; what may not be seen has been refused before.
    """
    case = ledgerview.cases(look.ledger, [case_id]).get(case_id)
    purpose = event.purpose or stated_purpose(look.accounts, look.actor, case_id)
    if case is not None and not purpose and purpose_rule(services.settings).asks_for(case.unit, case.confidentiality):
        raise PurposeMissing(case_id)
    return replace(event, purpose=purpose)
