"""Search request + access scope → query body. Pure functions; nothing here talks to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from casefile.facets import FACETS, VALUE_FACETS, Facet
from casefile.index import fields
from casefile.text.folding import fold
from oversight.rights import AccessScope, scope_filter
from search_ui.retrieval.matching import (
    ANY_WORD,
    ONE_EDIT_FROM,
    SOME_WORDS,
    all_words,
    any_of_these,
    looks_like,
    match_phrase,
    some_words,
)
from search_ui.retrieval.operators.clause import NONE_LOOKED_UP, Exclusions, held_clause, tree_clause
from search_ui.retrieval.question.clauses import expansions_each, tree_clauses
from search_ui.retrieval.question.prefixes import Field
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import Near, Node, Plain, things
from search_ui.retrieval.ranking.documents import all_in_document, rankable, ranking_clauses, some_in_document

Body = dict[str, Any]

WINDOW = 1000  # hits that can be paged through
TOLERANT_WINDOW = 60
FACET_SIZE = 12
COVERS_LOOKED_AT = 20  # for words like one that stands nowhere
PRECISE_COUNTS = 40_000

HIT_FIELDS = (fields.CASE_ID, fields.DOCUMENT_ID, fields.PAGE)
DOCUMENT_FIELDS = (fields.CASE_ID, fields.DOCUMENT_ID)
MOST_CASES = 2000  # that have one part of a question whose parts are scattered over a case


class Tier(StrEnum):
    """How a page was found. Later tiers are tried only where the earlier ones found nothing or little."""

    ALL = "all"  # all words on the page
    TOLERANT = "tolerant"
    DOCUMENT = "document"  # all words in the document
    CASE = "case"  # all words in the case, with its cover sheet
    SOME = "some"


def search_body(request: SearchRequest, scope: AccessScope, exclusions: Exclusions = NONE_LOOKED_UP) -> Body:
    """All words must match. Counts and facets stand under the same filter as the hits."""
    main = tree_clause(request.question.tree, request.exact, exclusions) if request.text else {"match_all": {}}
    return narrowed_body(main, request.filters, scope, WINDOW) | {"aggs": _counts(), "track_total_hits": True}


def tolerant_body(request: SearchRequest, scope: AccessScope, exclusions: Exclusions = NONE_LOOKED_UP) -> Body | None:
    """Words that look alike, without what the first step found.

    None where a phrase or no long word was asked for, or too many words for the engine.
    """
    terms, tree = request.terms, request.question.tree
    most = expansions_each(terms.every_word, taken=tree_clauses(tree))
    if request.exact or terms.phrases or most < 1 or not any(len(word) >= ONE_EDIT_FROM for word in terms.every_word):
        return None
    alike = tree_clause(tree, False, exclusions, lambda found: _all_alike(found, most))
    main = {"bool": {"must": [alike], "must_not": [tree_clause(tree, False, exclusions)]}}
    return narrowed_body(main, request.filters, scope, TOLERANT_WINDOW)


def some_words_body(request: SearchRequest, scope: AccessScope, exclusions: Exclusions = NONE_LOOKED_UP) -> Body | None:
    """Pages with only some of what was asked for; None where it was a single thing."""
    tree = request.question.tree
    if things(tree) < 2:
        return None
    main = tree_clause(tree, request.exact, exclusions, lambda terms: some_words(terms, request.exact))
    return narrowed_body(main, request.filters, scope, WINDOW) | {"aggs": _counts(), "track_total_hits": True}


def documents_body(request: SearchRequest, scope: AccessScope) -> Body:
    """Documents in the order of their whole text: those with all words, where the question has no operators.

    Otherwise those with any of them: operators are about pages, and the pages found decide which documents count.
    """
    terms, exact = request.terms, request.exact
    if terms.empty or not rankable(terms):
        return _unranked_body(request, scope)
    plain = request.question.plain
    return _ranking_body(
        all_in_document(terms, exact) if plain else some_in_document(terms, exact, ANY_WORD), request, scope
    )


def some_documents_body(request: SearchRequest, scope: AccessScope) -> Body:
    """Documents with some of the words, in the order of their whole text."""
    if not rankable(request.terms):
        return _unranked_body(request, scope)
    return _ranking_body(some_in_document(request.terms, request.exact, SOME_WORDS), request, scope)


def pages_of_documents_body(
    request: SearchRequest,
    scope: AccessScope,
    ids: Sequence[str],
    exclusions: Exclusions = NONE_LOOKED_UP,
    *,
    whole: bool,
) -> Body:
    """The pages of these documents; `whole`: that match as asked, else with any of the words."""
    tree = request.question.tree
    words = None if whole else lambda terms: some_words(terms, request.exact, ANY_WORD)
    main = tree_clause(tree, request.exact, exclusions, words)
    return _of_these(narrowed_body(main, request.filters, scope, WINDOW), fields.DOCUMENT_ID, ids)


def pages_of_cases_body(request: SearchRequest, scope: AccessScope, ids: Sequence[str]) -> Body:
    """The pages of these cases with any of the words."""
    main = some_words(request.terms, request.exact, ANY_WORD)
    return _of_these(narrowed_body(main, request.filters, scope, WINDOW), fields.CASE_ID, ids)


def cases_body(request: SearchRequest, scope: AccessScope, part: Terms, ids: Sequence[str] | None = None) -> Body:
    """In which cases (of these) a part of the question stands, in a document or on the cover sheet."""
    body = _values_body(all_in_document(part, request.exact), request, scope, "cases", fields.CASE_ID, MOST_CASES)
    return body if ids is None else _of_these(body, fields.CASE_ID, ids)


def excluded_body(
    part: Plain | Near | Field, request: SearchRequest, scope: AccessScope, most: int, within: Sequence[str] = ()
) -> Body:
    """The documents any page of which holds this, `most` of them; `within`: only of these documents."""
    return _documents_body(held_clause(part, request.exact), request, scope, most, within)


def wanted_body(wanted: Node | None, request: SearchRequest, scope: AccessScope, most: int) -> Body:
    """The documents with a page that matches this, or all of them."""
    main = tree_clause(wanted, request.exact) if wanted else {"match_all": {}}
    return _documents_body(main, request, scope, most)


def marks_body(request: SearchRequest, scope: AccessScope, ids: Sequence[str], tags: tuple[str, str]) -> Body:
    """The text of these pages with what matched between `tags`, literally and by stem. Rights are checked again."""
    terms = request.terms
    marked = {fields.TEXT: _marked(fields.TEXT, terms)}
    if not request.exact:
        marked[fields.TEXT_STEM] = _marked(fields.TEXT_STEM, terms)
    return {
        "size": len(ids),
        "query": {"bool": {"filter": [{"ids": {"values": list(ids)}}, scope_filter(scope)]}},
        "_source": [fields.TEXT, fields.TITLE, fields.CASE_WORDS],
        "highlight": {
            "type": "unified",
            "number_of_fragments": 0,
            "pre_tags": [tags[0]],
            "post_tags": [tags[1]],
            "fields": {name: {"highlight_query": query} for name, query in marked.items()},
        },
    }


def count_body(request: SearchRequest, scope: AccessScope, exclusions: Exclusions = NONE_LOOKED_UP) -> Body:
    """How many pages the search would find, and the best of them."""
    body = search_body(request, scope, exclusions)
    return {name: value for name, value in body.items() if name != "aggs"} | {"size": 1}


def cover_words_body(word: str, scope: AccessScope) -> Body:
    """Cover sheets with a word that looks like this one, a page of each case."""
    spelt = {fields.CASE_WORDS: word.lower(), fields.CASE_WORDS_STEM: fold(word)}
    near = [{"fuzzy": {name: {"value": value, "fuzziness": "AUTO:4,8"}}} for name, value in spelt.items()]
    body = narrowed_body(any_of_these(near), Filters(), scope, COVERS_LOOKED_AT)
    return body | {"_source": [fields.CASE_WORDS], "collapse": {"field": fields.CASE_ID}, "track_total_hits": False}


def _all_alike(terms: Terms, most: int) -> Body:
    others = replace(terms, words="", references=(), dates=(), findings=())
    ways = [looks_like(word, most) for word in terms.every_word]
    return {"bool": {"must": [*ways, *([] if others.empty else [all_words(others, exact=False)])]}}


def _documents_body(
    main: Body, request: SearchRequest, scope: AccessScope, most: int, within: Sequence[str] = ()
) -> Body:
    body = _values_body(main, request, scope, "documents", fields.DOCUMENT_ID, most)
    return _of_these(body, fields.DOCUMENT_ID, within) if within else body


def _values_body(main: Body, request: SearchRequest, scope: AccessScope, name: str, field: str, most: int) -> Body:
    """No hits, only which values of the field the records have, `most` of them, under `name`."""
    counted = {name: {"terms": {"field": field, "size": most}}}
    query = narrowed_body(main, request.filters, scope, 0)["query"]
    return {"size": 0, "query": query, "aggs": counted, "track_total_hits": False}


def narrowed_body(
    main: Body, filters: Filters, scope: AccessScope, size: int, shown: Sequence[str] = HIT_FIELDS
) -> Body:
    return {
        "size": size,
        "query": {"bool": {"must": [main], "filter": [scope_filter(scope), *_filter_clauses(filters)]}},
        "_source": False,
        "docvalue_fields": list(shown),
        "sort": [{"_score": "desc"}, *({name: "asc"} for name in shown[1:])],
        "track_scores": True,
    }


def _unranked_body(request: SearchRequest, scope: AccessScope) -> Body:
    return narrowed_body({"match_none": {}}, request.filters, scope, 0, DOCUMENT_FIELDS)


def _ranking_body(main: Body, request: SearchRequest, scope: AccessScope) -> Body:
    """`main` decides what is found, and nothing else."""
    ranked = {"bool": {"filter": [main], "should": ranking_clauses(request.terms, exact=request.exact)}}
    body = narrowed_body(ranked, request.filters, scope, WINDOW, DOCUMENT_FIELDS)
    return body | {"track_total_hits": False, "docvalue_fields": []}


def _of_these(body: Body, field: str, ids: Sequence[str]) -> Body:
    query = body["query"]["bool"]
    narrowed = query | {"filter": [*query["filter"], {"terms": {field: list(ids)}}]}
    return body | {"query": {"bool": narrowed}}


def _filter_clauses(filters: Filters) -> list[Body]:
    chosen = {facet.field: list(filters.chosen(facet)) for facet in VALUE_FACETS}
    clauses: list[Body] = [{"terms": {name: values}} for name, values in chosen.items() if values]
    if filters.case:
        clauses.append({"term": {fields.CASE_ID: filters.case}})
    ends = {"gte": filters.date_from, "lte": filters.date_to}
    if limits := {end: day for end, day in ends.items() if day}:
        clauses.append({"range": {fields.DATE: limits}})
    return clauses


def _counts() -> Body:
    """Aggregations under the facets' names, and how many cases and documents there are."""
    counts: Body = {facet.name: _values_counted(facet) for facet in FACETS}
    for name, field in {"cases": fields.CASE_ID, "documents": fields.DOCUMENT_ID}.items():
        counts[name] = {"cardinality": {"field": field, "precision_threshold": PRECISE_COUNTS}}
    return counts


def _values_counted(facet: Facet) -> Body:
    if facet.by_year:
        years = {"field": facet.field, "calendar_interval": "year", "format": "yyyy", "min_doc_count": 1}
        return {"date_histogram": years}
    return {"terms": {"field": facet.field, "size": FACET_SIZE}}


def _marked(field: str, terms: Terms) -> Body:
    """Which words of the page are marked: every word of the query; phrases, references and dates as a whole."""
    ways: list[Body] = [{"match": {field: terms.words}}] if terms.words else []
    wholes = (*terms.phrases, *(canonical.typed for canonical in terms.canonical))
    ways += [match_phrase(field, whole, 1.0) for whole in wholes]
    return any_of_these(ways) if ways else {"match_none": {}}
