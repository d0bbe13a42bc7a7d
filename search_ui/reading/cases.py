"""Opening a case: rights checked against the databases, then audited, then shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casefile.database.events import Action
from casefile.database.ledger import CaseRow, DocumentRow
from casefile.model import CaseFile, is_identifier
from oversight.audit import Actor, Event
from oversight.rights import AccessScope
from search_ui import ledgerview
from search_ui.answering import Look, answering
from search_ui.reading.listing import Order, Vorgang, by_vorgang
from search_ui.reading.trail import for_a_purpose, led_by
from search_ui.retrieval.kept import kept_search
from search_ui.services import Services


@dataclass(frozen=True)
class CaseView:
    """`search_id`: the user's own search that led here, or "". `unread`: the first pages that are not searchable."""

    case: CaseFile
    cover_problem: str
    documents: tuple[DocumentRow, ...]
    vorgaenge: tuple[Vorgang, ...]
    order: Order
    coverage: ledgerview.Coverage
    by_document: Mapping[str, ledgerview.Coverage]
    unread: tuple[ledgerview.UnreadPage, ...]
    search_id: str


def open_case(
    services: Services, actor: Actor, case_id: str, search_id: str = "", order: Order = Order.DATE
) -> CaseView:
    """`search_id` of somebody else is ignored, as with a page."""
    event = Event(actor, Action.OPEN_CASE, case_id=case_id)
    with answering(services.databases, actor) as now:
        row = permitted_case(now, case_id)
        if row is None:
            raise now.refuse(event)
        documents = [
            it for it in ledgerview.case_documents(now.ledger, row.id) if now.scope.permits(it.case_id, it.acl_id)
        ]
        request = kept_search(now.accounts, services.settings, now.scope.user_id, search_id) if search_id else None
        view = CaseView(
            case=ledgerview.as_case(row),
            cover_problem=row.cover_problem,
            documents=tuple(documents),
            vorgaenge=by_vorgang(documents, ledgerview.vorgaenge(now.ledger, row.id), order),
            order=order,
            coverage=ledgerview.coverage(now.ledger, [row.id]).get(row.id, ledgerview.Coverage()),
            by_document=ledgerview.document_coverage(now.ledger, row.id),
            unread=ledgerview.unread_pages(now.ledger, [it.id for it in documents]),
            search_id=search_id if request is not None else "",
        )
        now.record(for_a_purpose(services, now, row.id, led_by(event, request, search_id)))
    return view


def permitted_case(look: Look, case_id: str) -> CaseRow | None:
    """The case, where the user may see it now."""
    row = ledgerview.cases(look.ledger, [case_id]).get(case_id) if is_identifier(case_id) else None
    return row if row is not None and may_see_case(look.scope, row) else None


def may_see_case(scope: AccessScope, row: CaseRow) -> bool:
    return scope.permits_case(row.id, row.unit, row.confidentiality)
