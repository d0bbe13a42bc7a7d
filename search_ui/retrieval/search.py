"""The hit list: one page of it, with its cases, documents and pages, as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from casefile.database.ledger import DocumentRow
from casefile.model import CoverSheet, page_id
from oversight.audit import Actor
from oversight.rights import AccessScope
from search_ui import ledgerview
from search_ui.answering import looking
from search_ui.retrieval.advice.changes import Advice
from search_ui.retrieval.answer import Answer, answer
from search_ui.retrieval.kept import kept_search, refuse_search
from search_ui.retrieval.marking import snippet
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import (
    DOCUMENTS_PER_CASE,
    CaseGroup,
    DocumentGroup,
    FacetCounts,
    Found,
    PageHit,
    ShownCase,
    ShownDocument,
    ShownPage,
    Totals,
)
from search_ui.services import Services

DOCUMENTS_OF_ONE_CASE = 50  # where the search is narrowed to it


@dataclass(frozen=True)
class ListPage:
    """A page of the hit list, the last one for a number beyond it. Of each case the first documents are shown."""

    number: int
    documents_per_case: int

    def list_page(self, found: Found) -> int:
        return min(max(self.number, 1), found.list_pages)

    def cases(self, found: Found) -> Sequence[CaseGroup]:
        return found.on_list_page(self.list_page(found))

    def documents(self, case: CaseGroup) -> Sequence[DocumentGroup]:
        return case.documents[: self.documents_per_case]

    def hits(self, found: Found) -> Sequence[PageHit]:
        return [hit for case in self.cases(found) for document in self.documents(case) for hit in document.best]


@dataclass(frozen=True)
class SearchAnswer:
    """`page` of `pages` of the hit list; `beyond`: there are more hits than can be paged through."""

    totals: Totals
    facets: tuple[FacetCounts, ...]
    cases: tuple[ShownCase, ...]
    page: int
    pages: int
    tier: Tier
    tolerant: int
    beyond: bool
    seconds: float
    notices: tuple[str, ...] = ()
    advice: Advice = field(default_factory=Advice)


def search(services: Services, actor: Actor, request: SearchRequest, list_page: int = 1) -> SearchAnswer:
    """Raises AccessDenied, EnvironmentFault."""
    started = perf_counter()
    with looking(services.databases, actor) as look:
        scope = look.scope
    return _hit_list(services, actor, scope, request, list_page, started)


def open_search(
    services: Services, actor: Actor, identifier: str, list_page: int = 1
) -> tuple[SearchRequest, SearchAnswer]:
    """A kept search and its answer now. Raises AccessDenied `search_gone` for one that is not the user's own."""
    started = perf_counter()
    with looking(services.databases, actor) as look:
        scope = look.scope
        request = kept_search(look.accounts, services.settings, scope.user_id, identifier)
    if request is None:
        raise refuse_search(services, actor, identifier)
    return request, _hit_list(services, actor, scope, request, list_page, started)


def _hit_list(
    services: Services, actor: Actor, scope: AccessScope, request: SearchRequest, list_page: int, started: float
) -> SearchAnswer:
    shown = ListPage(list_page, DOCUMENTS_OF_ONE_CASE if request.filters.case else DOCUMENTS_PER_CASE)
    given = answer(services, actor, scope, request, shown, advising=True)
    found = given.found
    return SearchAnswer(
        totals=found.totals,
        facets=found.facets,
        cases=tuple(_shown_case(given, case, shown.documents(case)) for case in shown.cases(found)),
        page=shown.list_page(found),
        pages=found.list_pages,
        tier=found.tier,
        tolerant=found.tolerant,
        beyond=found.totals.pages > len(found.hits),
        seconds=perf_counter() - started,
        notices=found.notices,
        advice=given.advice,
    )


def _shown_case(given: Answer, group: CaseGroup, documents: Sequence[DocumentGroup]) -> ShownCase:
    case = ledgerview.as_case(given.rows.cases[group.case_id])
    coverage = given.rows.coverage.get(group.case_id, ledgerview.Coverage())
    return ShownCase(
        id=case.id,
        title=case.title,
        subject=_subject(case.cover),
        persons=" · ".join(person.display for person in case.cover.personen),
        unit=case.cover.stelle,
        page_hits=group.page_count,
        documents=tuple(_shown_document(given, given.rows.documents[it.document_id], it) for it in documents),
        other_documents=len(group.documents) - len(documents),
        pages_total=coverage.total,
        pages_missing=coverage.missing,
    )


def _subject(cover: CoverSheet) -> str:
    """Without the person's name at its end, which stands in front of it already."""
    what = cover.betreff
    for person in cover.personen:
        what = what.removesuffix(person.display).rstrip(" :,–-") if person.display else what
    return what


def _shown_document(given: Answer, row: DocumentRow, group: DocumentGroup) -> ShownDocument:
    found = [(hit.number, given.marks.get(page_id(hit.document_id, hit.number))) for hit in group.best]
    return ShownDocument(
        id=row.id,
        title=ledgerview.document_title(row),
        kind=row.kind,
        kind_inferred=row.kind_inferred,
        date=row.date,
        date_inferred=row.date_inferred,
        path=row.path,
        page_count=row.page_count,
        pages=tuple(ShownPage(number, snippet(mark), mark.why) for number, mark in found if mark),
        other_pages=tuple(hit.number for hit in group.others),
    )
