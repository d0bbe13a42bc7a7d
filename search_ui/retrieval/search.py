"""The one way from a question to an answer, for web, command line and batch.

Scope from the databases' current state → query → every hit checked once more → audit row on disk → answer.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from sqlalchemy import select

from casefile.database.accounts import SearchRow
from casefile.database.ledger import CaseRow, DocumentRow
from casefile.database.sessions import read_session
from casefile.errors import AccessDenied, EnvironmentFault
from casefile.index import fields
from casefile.index.schema import IndexKind
from casefile.model import is_identifier, page_id
from oversight.audit import (
    Action,
    Actor,
    Event,
    Outcome,
    record,
)
from oversight.rights import AccessScope, current_scope
from search_ui import ledgerview
from search_ui.context import Context
from search_ui.housekeeping import oldest_kept
from search_ui.retrieval.alike import words_alike
from search_ui.retrieval.marking import (
    FoundText,
    Marks,
    fragment_spans,
    fresh_tags,
    mark_page,
    snippet,
)
from search_ui.retrieval.query import (
    WINDOW,
    Tier,
    marks_body,
    search_body,
    some_words_body,
    tolerant_body,
)
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import (
    DOCUMENTS_PER_CASE,
    CaseGroup,
    DocumentGroup,
    Found,
    PageHit,
    SearchAnswer,
    ShownCase,
    ShownDocument,
    ShownPage,
    count,
    facets,
    page_hits,
    totals,
)

ID_LOGGED = 64  # characters of an id that a refusal keeps
FEW = 3  # fewer pages than this with all words: look for look-alikes too


def search(context: Context, actor: Actor, request: SearchRequest, list_page: int = 1) -> SearchAnswer:
    """One page of the hit list, the last one for a number beyond it. Raises AccessDenied, EnvironmentFault."""
    started = perf_counter()
    scope = current_scope(context.databases, actor.user)

    def number(found: Found) -> int:
        return min(max(list_page, 1), found.list_pages)

    found, rows = present(
        context, find(context, scope, request), lambda found: _best(found.on_list_page(number(found)), request)
    )
    answer = SearchAnswer(
        totals=found.totals,
        facets=found.facets,
        cases=_show(context, scope, request, found.on_list_page(number(found)), rows),
        page=number(found),
        pages=found.list_pages,
        tier=found.tier,
        tolerant=found.tolerant,
        beyond=found.totals.pages > len(found.hits),
        seconds=perf_counter() - started,
    )
    record(context.accounts, search_event(actor, request, found.totals.pages, answer.page))
    return answer


def search_event(actor: Actor, request: SearchRequest, hits: int, page: int | None = None) -> Event:
    detail = {"filters": request.filters.to_json(), "exact": request.exact}
    return Event(actor, Action.SEARCH, purpose=request.purpose, text=request.text, page=page, hits=hits, detail=detail)


def find(context: Context, scope: AccessScope, request: SearchRequest) -> Found:
    """All words; where that brings little, look-alikes; where that brings nothing, some of the words."""
    store = context.engine.store()
    answer = store.search(IndexKind.PAGES, search_body(request, scope))
    tier = Tier.ALL
    tolerant = _tolerant(context, scope, request) if answer["hits"]["total"]["value"] < FEW else ()
    if not answer["hits"]["hits"] and not tolerant and (body := some_words_body(request, scope)):
        answer, tier = store.search(IndexKind.PAGES, body), Tier.SOME
    hits = page_hits(answer, tier)
    if not hits and not tolerant:
        check_index(context)
    permitted = recheck(context, scope.user, (*hits, *tolerant))
    dropped = len(hits) + len(tolerant) - len(permitted)
    whole = len(hits) < WINDOW
    return Found(
        hits=permitted,
        totals=count(permitted) if whole else totals(answer),
        facets=() if dropped else facets(answer),
        tolerant=sum(hit.tier is Tier.TOLERANT for hit in permitted),
        tier=Tier.TOLERANT if permitted and all(hit.tier is Tier.TOLERANT for hit in permitted) else tier,
    )


def check_index(context: Context) -> None:
    """Asked where nothing was found. An index that lost its records must not look like a stock without hits."""
    if ledgerview.any_confirmed(context) and not context.engine.store().holds_anything(IndexKind.PAGES):
        raise EnvironmentFault(
            "index_incomplete",
            "Der Suchindex ist unvollständig: Er enthält keine einzige Seite, der Seitennachweis aber schon.",
            "Die Administration führt „aktensuche migrate“ aus.",
        )


def recheck(context: Context, user: str, hits: Iterable[PageHit]) -> tuple[PageHit, ...]:
    """Only hits that the databases, asked again now, let the user see."""
    hits = tuple(hits)
    scope = current_scope(context.databases, user)
    rows = ledgerview.documents(context, (hit.document_id for hit in hits))
    return tuple(
        hit
        for hit in hits
        if (row := rows.get(hit.document_id)) is not None
        and row.case_id == hit.case_id
        and scope.permits(row.case_id, row.acl_id)
    )


@dataclass(frozen=True)
class Rows:
    """What the ledger says of the documents that are shown and of their cases."""

    documents: Mapping[str, DocumentRow]
    cases: Mapping[str, CaseRow]


def present(context: Context, found: Found, shown: Callable[[Found], Sequence[PageHit]]) -> tuple[Found, Rows]:
    """The rows of what is shown. What the indexer dropped or moved since `recheck` counts as never found."""
    while True:
        hits = shown(found)
        rows = Rows(
            ledgerview.documents(context, (hit.document_id for hit in hits)),
            ledgerview.cases(context, (hit.case_id for hit in hits)),
        )
        gone = {hit.document_id for hit in hits if not _is_in(rows, hit)}
        if not gone:
            return found, rows
        found = found.without(gone)


def _is_in(rows: Rows, hit: PageHit) -> bool:
    row = rows.documents.get(hit.document_id)
    return row is not None and row.case_id == hit.case_id and hit.case_id in rows.cases


def page_marks(
    context: Context, scope: AccessScope, request: SearchRequest, hits: Sequence[PageHit]
) -> dict[str, Marks]:
    """By page id: the text and what matched in it. Pages that the engine does not know are left out."""
    if not hits:
        return {}
    tags = fresh_tags()
    tiers = {page_id(hit.document_id, hit.number): hit.tier for hit in hits}
    answer = context.engine.store().search(IndexKind.PAGES, marks_body(request, scope, list(tiers), tags))
    marks: dict[str, Marks] = {}
    for hit in answer["hits"]["hits"]:
        text = str(hit["_source"].get(fields.TEXT, ""))
        tagged = hit.get("highlight", {})
        found = FoundText(
            text,
            str(hit["_source"].get(fields.TITLE, "")),
            literal=fragment_spans(tagged.get(fields.TEXT, ()), text, tags),
            stemmed=fragment_spans(tagged.get(fields.TEXT_STEM, ()), text, tags),
        )
        marks[hit["_id"]] = mark_page(found, request.terms, tiers[hit["_id"]])
    return marks


def keep_search(context: Context, user_id: int, request: SearchRequest) -> str:
    """Store the request and give its opaque id."""
    identifier = secrets.token_hex(16)
    with context.accounts.begin() as session:
        session.add(SearchRow(id=identifier, user_id=user_id, request=request.to_json()))
    return identifier


def kept_search(context: Context, user_id: int, identifier: str) -> SearchRequest | None:
    """None for another user's search, for one that does not exist and for one too old."""
    if not is_identifier(identifier):
        return None
    with read_session(context.accounts) as session:
        query = select(SearchRow).where(SearchRow.id == identifier, SearchRow.user_id == user_id)
        row = session.scalar(query.where(SearchRow.created >= oldest_kept(context.settings)))
    return SearchRequest.from_json(row.request) if row is not None else None


def own_search(context: Context, actor: Actor, user_id: int, identifier: str) -> SearchRequest:
    """The kept search of this user. Else the refusal is written down and raised, in the same words for all reasons."""
    asked = kept_search(context, user_id, identifier)
    if asked is None:
        refuse(context, Event(actor, Action.SEARCH, detail={"suche": identifier[:ID_LOGGED]}))
        raise AccessDenied("search_gone", "Diese Suche gibt es nicht oder nicht mehr.")
    return asked


def refuse(context: Context, event: Event) -> AccessDenied:
    """Write down the refusal, then give the one error for forbidden and absent."""
    record(context.accounts, replace(event, outcome=Outcome.DENIED))
    return AccessDenied("not_found", "Das gibt es hier nicht.")


def _tolerant(context: Context, scope: AccessScope, request: SearchRequest) -> tuple[PageHit, ...]:
    """Candidates that share n-grams with each word, kept where whole words really look alike."""
    body = tolerant_body(request, scope)
    if body is None:
        return ()
    words = request.terms.every_word
    answer = context.engine.store().search(
        IndexKind.PAGES, body | {"_source": [fields.TEXT, fields.CASE_WORDS, fields.TITLE]}
    )
    texts = [_source_text(hit["_source"]) for hit in answer["hits"]["hits"]]
    hits = page_hits(answer, Tier.TOLERANT)
    return tuple(hit for hit, text in zip(hits, texts, strict=True) if words_alike(text, words) == set(words))


def _source_text(source: dict[str, object]) -> str:
    cover = source.get(fields.CASE_WORDS, "")
    words = " ".join(cover) if isinstance(cover, list) else cover
    return f"{source.get(fields.TEXT, '')} {words} {source.get(fields.TITLE, '')}"


def _documents(group: CaseGroup, request: SearchRequest) -> tuple[DocumentGroup, ...]:
    return group.documents[: 10 * DOCUMENTS_PER_CASE if request.filters.case else DOCUMENTS_PER_CASE]


def _best(groups: Sequence[CaseGroup], request: SearchRequest) -> list[PageHit]:
    return [hit for group in groups for document in _documents(group, request) for hit in document.best]


def _show(
    context: Context, scope: AccessScope, request: SearchRequest, groups: Sequence[CaseGroup], rows: Rows
) -> tuple[ShownCase, ...]:
    marks = page_marks(context, scope, request, _best(groups, request))
    covered = ledgerview.coverage(context, rows.cases)
    result = []
    for group in groups:
        case = ledgerview.as_case(rows.cases[group.case_id])
        coverage = covered.get(group.case_id, ledgerview.Coverage())
        documents = _documents(group, request)
        result.append(
            ShownCase(
                id=case.id,
                title=case.title,
                subject=case.cover.betreff,
                persons=" · ".join(person.display for person in case.cover.personen),
                unit=case.cover.stelle,
                page_hits=group.page_count,
                documents=tuple(_show_document(rows.documents[d.document_id], d, marks) for d in documents),
                other_documents=len(group.documents) - len(documents),
                pages_total=coverage.total,
                pages_missing=coverage.missing,
            )
        )
    return tuple(result)


def _show_document(row: DocumentRow, group: DocumentGroup, marks: dict[str, Marks]) -> ShownDocument:
    found = [(hit.number, marks.get(page_id(hit.document_id, hit.number))) for hit in group.best]
    return ShownDocument(
        id=row.id,
        title=row.title or row.path.rsplit("/", 1)[-1],
        kind=row.kind,
        date=row.date,
        path=row.path,
        page_count=row.page_count,
        pages=tuple(ShownPage(number, snippet(mark), mark.why) for number, mark in found if mark),
        other_pages=tuple(hit.number for hit in group.others),
    )
