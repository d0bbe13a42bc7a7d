"""Opening a page, a case or the state of the stock: rights checked against the databases, then audited, then shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from casefile.database.ledger import CaseRow, DocumentRow, PageRow
from casefile.errors import REMEDIES, EnvironmentFault, Reason
from casefile.imaging.media import has_page_images
from casefile.model import SEARCHABLE_STATES, CaseFile, State, is_identifier, page_id
from casefile.pagetext import PageText, TextSource
from oversight.audit import (
    IGNORED_SEARCH,
    Action,
    Actor,
    Event,
    record,
)
from oversight.rights import AccessScope, current_scope
from search_ui import ledgerview
from search_ui.context import Context
from search_ui.retrieval.marking import (
    Box,
    Marks,
    Span,
    boxes,
)
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import PageHit, in_reading_order
from search_ui.retrieval.search import (
    ID_LOGGED,
    find,
    kept_search,
    page_marks,
    refuse,
)

FAILURES_SHOWN = 200
# A page that failed for one of these can still be shown; the others cannot be opened at all.
SHOWN_THOUGH_FAILED = frozenset({Reason.OCR_FAILED, Reason.OCR_TIMEOUT, Reason.TIMEOUT, Reason.REJECTED})


class Place(NamedTuple):
    document_id: str
    number: int


@dataclass(frozen=True)
class HitWalk:
    """Where this page stands among the hits of the search; `position` is 0 where it is none of them."""

    search_id: str
    position: int
    total: int
    previous: Place | None
    following: Place | None


@dataclass(frozen=True)
class PageView:
    """One page as it is shown. `boxes` are in thousandths of the page; `marks_missing`: the engine did not answer;
    `text_missing`: the page was read, but the derived store has lost its text. `lacking`: what the text is known to
    lack, each with its remedy.
    """

    document: DocumentRow
    case: CaseFile
    number: int
    state: State
    remedy: str
    lacking: tuple[str, ...]
    text: str
    spans: tuple[Span, ...]
    text_missing: bool
    source: TextSource
    quality: float | None
    has_image: bool
    width: int
    height: int
    boxes: tuple[Box, ...]
    marks_missing: bool
    walk: HitWalk | None

    @property
    def title(self) -> str:
        return self.document.title or self.document.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class CaseView:
    """`search_id`: the user's own search that led here, or ""."""

    case: CaseFile
    cover_problem: str
    documents: tuple[DocumentRow, ...]
    coverage: ledgerview.Coverage
    by_document: Mapping[str, ledgerview.Coverage]
    search_id: str


@dataclass(frozen=True)
class StockView:
    """Pages by state, of the cases one may see; for the administrator of all, without any content.

    `unread`: files that are not read to their end; how many pages they bring is not known before.
    """

    everything: bool
    cases: int
    pages: int
    searchable: int
    partial: int
    blank: int
    failed: int
    pending: int
    unread: int
    failures: tuple[ledgerview.FailedItem, ...]
    more_failures: int


def permitted_document(context: Context, actor: Actor, event: Event) -> tuple[DocumentRow, AccessScope]:
    """The document of the event, where the user may see it now. Else the refusal is written down and raised."""
    scope = current_scope(context.databases, actor.user)
    known = ledgerview.documents(context, [event.document_id]) if is_identifier(event.document_id) else {}
    row = known.get(event.document_id)
    if row is None or not scope.permits(row.case_id, row.acl_id):
        raise refuse(context, event)
    if event.page is not None and not 1 <= event.page <= row.page_count:
        raise refuse(context, event)
    return row, scope


def open_page(context: Context, actor: Actor, place: Place, search_id: str = "") -> PageView:
    """`search_id` of somebody else is ignored: a link that a colleague passed on opens the page all the same."""
    event = Event(actor, Action.OPEN_PAGE, document_id=place.document_id, page=place.number)
    row, scope = permitted_document(context, actor, event)
    case = ledgerview.cases(context, [row.case_id]).get(row.case_id)
    if case is None:  # dropped by the indexer just now
        raise refuse(context, event)
    request = kept_search(context, scope.user_id, search_id) if search_id else None
    view = _page_view(context, scope, (row, case), place, request, search_id)
    record(context.accounts, _led_by(replace(event, case_id=row.case_id), request, search_id))
    return view


def _led_by(event: Event, request: SearchRequest | None, search_id: str) -> Event:
    """The row names the search that led here. An id that is not the user's own is told as ignored: it led nobody."""
    if request is not None:
        return replace(event, purpose=request.purpose, detail={"suche": search_id})
    return replace(event, detail={IGNORED_SEARCH: search_id[:ID_LOGGED]}) if search_id else event


def _page_view(
    context: Context,
    scope: AccessScope,
    rows: tuple[DocumentRow, CaseRow],
    place: Place,
    request: SearchRequest | None,
    search_id: str,
) -> PageView:
    row, case = rows
    page = ledgerview.page(context, row.id, place.number)
    stored = _page_text(context, row, page)
    text = stored or PageText("", TextSource.NONE)
    walk, marks, missing = _hits(context, scope, place, request, search_id)
    spans = marks.spans if marks is not None and marks.text == text.text else ()
    state, reason = (State(page.state), page.reason) if page else (State.FAILED, row.reason)
    return PageView(
        document=row,
        case=ledgerview.as_case(case),
        number=place.number,
        state=state,
        remedy=remedy(reason) if state is State.FAILED else "",
        lacking=_lacking(context, place) if state is State.PARTIAL else (),
        text=text.text,
        spans=spans,
        text_missing=stored is None and state in SEARCHABLE_STATES,
        source=text.source,
        quality=text.quality,
        has_image=has_page_images(row.media_type) and (state is not State.FAILED or reason in SHOWN_THOUGH_FAILED),
        width=round(text.width),
        height=round(text.height),
        boxes=boxes(text, spans),
        marks_missing=missing,
        walk=walk,
    )


def open_case(context: Context, actor: Actor, case_id: str, search_id: str = "") -> CaseView:
    """`search_id` of somebody else is ignored, as with a page."""
    event = Event(actor, Action.OPEN_CASE, case_id=case_id)
    scope = current_scope(context.databases, actor.user)
    row = ledgerview.cases(context, [case_id]).get(case_id) if is_identifier(case_id) else None
    if row is None or not scope.permits_case(row.id, row.unit, row.confidentiality):
        raise refuse(context, event)
    visible = tuple(d for d in ledgerview.case_documents(context, row.id) if scope.permits(d.case_id, d.acl_id))
    request = kept_search(context, scope.user_id, search_id) if search_id else None
    view = CaseView(
        case=ledgerview.as_case(row),
        cover_problem=row.cover_problem,
        documents=visible,
        coverage=ledgerview.coverage(context, [row.id]).get(row.id, ledgerview.Coverage()),
        by_document=ledgerview.document_coverage(context, row.id),
        search_id=search_id if request is not None else "",
    )
    record(context.accounts, _led_by(event, request, search_id))
    return view


def stock(context: Context, actor: Actor) -> StockView:
    """Roles without content see the sums of the whole stock, but no case, no path and no failure."""
    scope = current_scope(context.databases, actor.user)
    states: Counter[str] = Counter()
    for case_id, acl_id, state, number in ledgerview.states_by_right(context):
        if not scope.sees_content or scope.permits(case_id, acl_id):
            states[state] += number
    cases = [row for row in ledgerview.all_cases(context) if not scope.sees_content or _visible(scope, row)]
    visible = {row.id for row in cases} if scope.sees_content else set()
    failures = [item for item in ledgerview.failures(context) if item.case_id in visible]
    unread = ledgerview.unread_files(context)
    searchable, partial = states[State.CONFIRMED], states[State.PARTIAL]
    blank, failed = states[State.BLANK], states[State.FAILED]
    total = states.total()
    record(context.accounts, Event(actor, Action.STATUS))
    return StockView(
        everything=not scope.sees_content,
        cases=len(cases),
        pages=total,
        searchable=searchable,
        partial=partial,
        blank=blank,
        failed=failed,
        pending=total - searchable - partial - blank - failed,
        unread=sum(number for case_id, number in unread if case_id in visible or not scope.sees_content),
        failures=tuple(islice(failures, FAILURES_SHOWN)),
        more_failures=max(0, len(failures) - FAILURES_SHOWN),
    )


def _lacking(context: Context, place: Place) -> tuple[str, ...]:
    rows = ledgerview.shortfalls(context, place.document_id, place.number)
    return tuple(" ".join(filter(None, (row.detail and f"{row.detail}:", remedy(row.reason)))) for row in rows)


def remedy(reason: str) -> str:
    return REMEDIES[Reason(reason)] if reason in set(Reason) else "Der Grund ist nicht bekannt."


def _visible(scope: AccessScope, row: CaseRow) -> bool:
    return scope.permits_case(row.id, row.unit, row.confidentiality)


def _page_text(context: Context, row: DocumentRow, page: PageRow | None) -> PageText | None:
    return context.derived.get_page(row.sha256, page.store_key) if page and page.store_key else None


def _hits(
    context: Context, scope: AccessScope, place: Place, request: SearchRequest | None, search_id: str
) -> tuple[HitWalk | None, Marks | None, bool]:
    """The page is shown even where the engine is down: then without marks, and the page says so."""
    if request is None:
        return None, None, False
    try:
        ordered = in_reading_order(find(context, scope, request).groups)
        here = next((hit for hit in ordered if (hit.document_id, hit.number) == place), None)
        hit = here or PageHit("", place.document_id, place.number, Tier.ALL)
        marks = page_marks(context, scope, request, [hit]).get(page_id(place.document_id, place.number))
    except EnvironmentFault:
        return None, None, True
    return _walk(ordered, here, search_id), marks, False


def _walk(ordered: Sequence[PageHit], here: PageHit | None, search_id: str) -> HitWalk:
    places = [Place(hit.document_id, hit.number) for hit in ordered]
    index = ordered.index(here) if here else -1
    previous = places[index - 1] if index > 0 else None
    following = places[index + 1] if 0 <= index < len(places) - 1 else None
    return HitWalk(search_id, index + 1, len(places), previous, following)
