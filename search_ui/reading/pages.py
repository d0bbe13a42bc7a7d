"""Opening a page: rights checked against the databases, then audited, then shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from casefile.database.events import Action
from casefile.database.ledger import CaseRow, DocumentRow, PageRow
from casefile.errors import EnvironmentFault, Reason, remedy
from casefile.imaging.media import has_page_images
from casefile.model import SEARCHABLE_STATES, CaseFile, State, is_identifier, page_id
from casefile.pagetext import PageText, TextSource
from oversight.audit import Actor, Event
from search_ui import ledgerview
from search_ui.answering import Answering, Look, answering, looking
from search_ui.reading.trail import for_a_purpose, led_by
from search_ui.reading.walk import HitWalk, Place, hit_at, walk_at
from search_ui.retrieval.answer import permitted
from search_ui.retrieval.boxes import Box, boxes
from search_ui.retrieval.found import check_index, find, page_marks
from search_ui.retrieval.kept import kept_search
from search_ui.retrieval.marking import Marks, Span
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import Found, PageHit
from search_ui.services import Services

# A page that failed for one of these can still be shown; the others cannot be opened at all.
SHOWN_THOUGH_FAILED = frozenset({Reason.OCR_FAILED, Reason.OCR_TIMEOUT, Reason.TIMEOUT, Reason.REJECTED})


@dataclass(frozen=True)
class PageView:
    """One page as it is shown. `boxes` are in thousandths of the page; `marks_missing`: the engine did not answer;
    `text_missing`: the page was read, but the derived store has lost its text. `lacking`: what the text is known to
    lack, each with its remedy. `parent`: the mail or container in which the document came, `attachments`: what came
    in it; both as far as the user may see them.
    """

    document: DocumentRow
    parent: DocumentRow | None
    attachments: tuple[DocumentRow, ...]
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
        return ledgerview.document_title(self.document)


def permitted_document(look: Look, place: Place) -> DocumentRow | None:
    """The document, where the user may see it now and it has this page."""
    known = ledgerview.documents(look.ledger, [place.document_id]) if is_identifier(place.document_id) else {}
    row = known.get(place.document_id)
    if row is None or not 1 <= place.number <= row.page_count:
        return None
    return row if look.scope.permits(row.case_id, row.acl_id) else None


@dataclass(frozen=True)
class _Marked:
    """What the engine says of a page with regard to the search that led there; `found` is not checked yet."""

    found: Found
    marks: Marks | None


@dataclass(frozen=True)
class _PageRows:
    document: DocumentRow
    case: CaseRow
    page: PageRow | None
    lacking: tuple[str, ...]
    parent: DocumentRow | None
    attachments: tuple[DocumentRow, ...]


def open_page(services: Services, actor: Actor, place: Place, search_id: str = "") -> PageView:
    """`search_id` of somebody else is ignored: a link that a colleague passed on opens the page all the same.

    The page is shown even where the engine is down: then without marks, and the page says so.
    """
    request, marked = _ask_engine(services, actor, place, search_id)
    event = Event(actor, Action.OPEN_PAGE, document_id=place.document_id, page=place.number)
    with answering(services.databases, actor) as now:
        rows = _page_rows(now, place)
        if rows is None:
            raise now.refuse(event)
        event = led_by(replace(event, case_id=rows.case.id), request, search_id)
        event = for_a_purpose(services, now, rows.case.id, event)
        walk = (
            walk_at(marked.found.only(permitted(now, marked.found.hits)), rows.document, place, search_id)
            if marked
            else None
        )
        now.record(event)
    marks = marked.marks if marked else None
    return _page_view(services, rows, place.number, marks, walk, missing=request is not None and marked is None)


def _ask_engine(
    services: Services, actor: Actor, place: Place, search_id: str
) -> tuple[SearchRequest | None, _Marked | None]:
    """The user's own search, and its hits and marks as far as the engine answers."""
    if not search_id:
        return None, None
    with looking(services.databases, actor) as look:
        scope = look.scope
        request = kept_search(look.accounts, services.settings, scope.user_id, search_id)
    if request is None:
        return None, None
    try:
        index = services.index()
        found = find(index, scope, request)
        if not found.hits:
            check_index(index, services.databases)
        hit = hit_at(found.hits, place) or PageHit("", place.document_id, place.number, Tier.ALL)
        marks = page_marks(index, scope, request, [hit])
    except EnvironmentFault:
        return request, None
    return request, _Marked(found, marks.get(page_id(place.document_id, place.number)))


def _page_rows(now: Answering, place: Place) -> _PageRows | None:
    document = permitted_document(now, place)
    case = ledgerview.cases(now.ledger, [document.case_id]).get(document.case_id) if document else None
    if document is None or case is None:
        return None
    page = ledgerview.page(now.ledger, document.id, place.number)
    partial = page is not None and page.state == State.PARTIAL
    lacking = _shortfall_texts(now.ledger, place) if partial else ()
    parents, attachments = (_permitted(now, rows) for rows in ledgerview.family(now.ledger, document))
    return _PageRows(document, case, page, lacking, parents[0] if parents else None, attachments)


def _permitted(now: Answering, rows: Iterable[DocumentRow]) -> tuple[DocumentRow, ...]:
    return tuple(row for row in rows if now.scope.permits(row.case_id, row.acl_id))


def _page_view(
    services: Services, rows: _PageRows, number: int, marks: Marks | None, walk: HitWalk | None, *, missing: bool
) -> PageView:
    row, page = rows.document, rows.page
    stored = (
        services.derived.searched_page(row.sha256, page.number, page.store_key) if page and page.store_key else None
    )
    text = stored or PageText("", TextSource.NONE)
    spans = marks.spans if marks is not None and marks.text == text.text else ()
    state, reason = (page.state, page.reason) if page else (State.FAILED, row.reason)
    return PageView(
        document=row,
        parent=rows.parent,
        attachments=rows.attachments,
        case=ledgerview.as_case(rows.case),
        number=number,
        state=state,
        remedy=remedy(reason) if state is State.FAILED else "",
        lacking=rows.lacking,
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


def _shortfall_texts(ledger: Session, place: Place) -> tuple[str, ...]:
    rows = ledgerview.shortfalls(ledger, place.document_id, place.number)
    return tuple(" ".join(filter(None, (row.detail and f"{row.detail}:", remedy(row.reason)))) for row in rows)
