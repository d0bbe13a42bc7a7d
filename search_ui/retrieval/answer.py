"""The one way from a request to hits that may be shown, for hit list and command line; a batch takes the same steps.

Rights → the engine's answer → rows and rights anew, every hit checked → audit row on disk → answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from sqlalchemy.orm import Session

from casefile.database.events import Action, Detail
from casefile.database.ledger import CaseRow, DocumentRow
from oversight.audit import Actor, Event
from oversight.rights import AccessScope
from search_ui import ledgerview
from search_ui.answering import Look, answering
from search_ui.retrieval.advice.advise import advise
from search_ui.retrieval.advice.changes import Advice
from search_ui.retrieval.found import check_index, find, page_marks
from search_ui.retrieval.marking import Marks
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import Found, PageHit
from search_ui.services import Services


class Selection(Protocol):
    """Which of the hits are shown."""

    def hits(self, found: Found) -> Sequence[PageHit]: ...

    def list_page(self, found: Found) -> int | None:
        """The page of the hit list that the audit row names."""
        ...


@dataclass(frozen=True)
class Rows:
    """What the ledger says of the documents that are shown and of their cases."""

    documents: Mapping[str, DocumentRow] = field(default_factory=dict)
    cases: Mapping[str, CaseRow] = field(default_factory=dict)
    coverage: Mapping[str, ledgerview.Coverage] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """`found`: all hits, checked; `rows` and `marks` (by page id): of those that are shown."""

    found: Found
    rows: Rows
    marks: Mapping[str, Marks]
    advice: Advice = field(default_factory=Advice)


def answer(
    services: Services,
    actor: Actor,
    scope: AccessScope,
    request: SearchRequest,
    selection: Selection,
    *,
    action: Action = Action.SEARCH,
    advising: bool = False,
) -> Answer:
    """`scope`: the rights before the engine is asked. `action`: what the audit row calls it. Raises AccessDenied,
    EnvironmentFault.

    `advising`: with what helps where little was found.

    Marks are fetched before the second look, for the hits that are shown if it takes nothing away. Where it does and
    other hits move up, they are marked and looked at in another round.
    """
    index = services.index()
    found = find(index, scope, request)
    if not found.hits:
        check_index(index, services.databases)
    advice = advise(index, scope, request, found.tier, found.totals.pages) if advising else Advice()
    while True:
        marked = selection.hits(found)
        marks = page_marks(index, scope, request, marked)
        with answering(services.databases, actor) as now:
            kept = permitted(now, (*found.hits, *advice.evidence))
            found, advice = found.only(kept), advice.only(kept)
            found, rows = _with_rows(now.ledger, found, selection)
            if set(selection.hits(found)) <= set(marked):
                shown = selection.hits(found)
                event = search_event(actor, request, found.totals.pages, selection.list_page(found), shown)
                now.record(replace(event, action=action))
                return Answer(found, rows, marks, advice)


def permitted(look: Look, hits: Iterable[PageHit]) -> set[PageHit]:
    """The hits whose document is still in this case and, by the rights read now, may be seen."""
    hits = tuple(hits)
    rights = ledgerview.document_rights(look.ledger, (hit.document_id for hit in hits))
    scope = look.scope
    return {
        hit
        for hit in hits
        if (right := rights.get(hit.document_id)) is not None
        and right.case_id == hit.case_id
        and scope.finds(right.case_id, right.acl_id)
    }


def search_event(
    actor: Actor, request: SearchRequest, hits: int, list_page: int | None, shown: Iterable[PageHit]
) -> Event:
    detail = {Detail.FILTERS: request.filters.to_json(), Detail.EXACT: request.exact}
    detail[Detail.SHOWN] = shown_documents(shown)
    return Event(
        actor, Action.SEARCH, purpose=request.purpose, text=request.text, page=list_page, hits=hits, detail=detail
    )


def shown_documents(hits: Iterable[PageHit]) -> dict[str, list[str]]:
    """By case, in the order in which they are shown: whose content the answer told, opened or not."""
    shown: dict[str, list[str]] = {}
    for hit in hits:
        documents = shown.setdefault(hit.case_id, [])
        if hit.document_id not in documents:
            documents.append(hit.document_id)
    return shown


def _with_rows(ledger: Session, found: Found, selection: Selection) -> tuple[Found, Rows]:
    """What was dropped or moved between two statements (PostgreSQL) counts as never found."""
    while True:
        hits = selection.hits(found)
        case_ids = {hit.case_id for hit in hits}
        documents = ledgerview.documents(ledger, (hit.document_id for hit in hits))
        rows = Rows(documents, ledgerview.cases(ledger, case_ids), ledgerview.coverage(ledger, case_ids))
        gone = {hit.document_id for hit in hits if not _is_in(rows, hit)}
        if not gone:
            return found, rows
        found = found.only(_others(found.hits, gone))


def _others(hits: Iterable[PageHit], documents: Collection[str]) -> set[PageHit]:
    return {hit for hit in hits if hit.document_id not in documents}


def _is_in(rows: Rows, hit: PageHit) -> bool:
    row = rows.documents.get(hit.document_id)
    return row is not None and row.case_id == hit.case_id and hit.case_id in rows.cases
