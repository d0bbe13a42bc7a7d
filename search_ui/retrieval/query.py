"""Search request + access scope → query body. Pure functions; nothing here talks to the engine."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from casefile.facets import FACETS, VALUE_FACETS, Facet
from casefile.index import fields
from oversight.rights import AccessScope, scope_filter
from search_ui.retrieval.question.clauses import clauses, grams_each
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.terms import (
    Canonical,
    Terms,
    grams,
    split_words,
)

Body = dict[str, Any]

EXACT_BOOST = 2.0  # the word as it stands, above its other forms
COVER_BOOST = 0.4  # a word of the page says more about the page than one of the cover sheet or of the title
PHRASE_STEM_BOOST = 0.5
REFERENCE_BOOST = 12.0
CASE_REFERENCE_BOOST = 6.0
DATE_BOOST = 6.0
ALL_WORDS_TIER = 1000.0  # in a ranked list: every page with all words stands above every page with some

# Of several words half must be there, in a ranked list a quarter. A gram query for a word: a third of its grams, since
# one wrong letter in the middle spoils four of them; what came in by chance is sorted out by comparing whole words.
SOME_WORDS = "1<50%"
SOME_WORDS_RANKED = "1<25%"
GRAM_SHARE = 0.34

WINDOW = 1000  # hits that can be paged through
TOLERANT_WINDOW = 60
FACET_SIZE = 12
PRECISE_COUNTS = 40_000

# Fields of one analyser each: only then does a query over several fields take them for one.
EXACT_FIELDS = (
    f"{fields.TEXT}^{EXACT_BOOST}",
    f"{fields.CASE_WORDS}^{EXACT_BOOST * COVER_BOOST}",
    f"{fields.TITLE}^{EXACT_BOOST * COVER_BOOST}",
)
STEM_FIELDS = (
    fields.TEXT_STEM,
    f"{fields.CASE_WORDS_STEM}^{COVER_BOOST}",
    f"{fields.TITLE_STEM}^{COVER_BOOST}",
)
HIT_FIELDS = (fields.CASE_ID, fields.DOCUMENT_ID, fields.PAGE)


class Tier(StrEnum):
    """How a page was found. Later tiers are tried only where the earlier ones found nothing or little."""

    ALL = "all"
    TOLERANT = "tolerant"
    SOME = "some"


def search_body(request: SearchRequest, scope: AccessScope) -> Body:
    """All words must match. Counts and facets stand under the same filter as the hits."""
    terms = request.terms
    main = {"match_none": {}} if request.text and terms.empty else all_words(terms, request.exact)
    return _narrowed_body(main, request.filters, scope, WINDOW) | {"aggs": _counts(), "track_total_hits": True}


def tolerant_body(request: SearchRequest, scope: AccessScope) -> Body | None:
    """Words that look alike, without what the first step found.

    None where a phrase or no long word was asked for, or too many words for the engine.
    """
    terms = request.terms
    most = grams_each(terms.every_word, taken=clauses(terms))
    if request.exact or terms.phrases or most < 1 or not any(grams(word) for word in terms.every_word):
        return None
    main = {
        "bool": {
            "must": [_looks_like(word, most) for word in terms.every_word],
            "must_not": [all_words(terms, exact=False)],
        }
    }
    return _narrowed_body(main, request.filters, scope, TOLERANT_WINDOW)


def some_words_body(request: SearchRequest, scope: AccessScope) -> Body | None:
    """Pages with only some of what was asked for; None where it was a single thing."""
    terms = request.terms
    if len(split_words(terms.words)) + len(terms.phrases) + len(terms.references) + len(terms.dates) < 2:
        return None
    return _narrowed_body(some_words(terms, request.exact), request.filters, scope, WINDOW) | {
        "aggs": _counts(),
        "track_total_hits": True,
    }


def ranked_body(terms: Terms, scope: AccessScope, depth: int, collapse: str | None = None) -> Body:
    """A ranked list that degrades gracefully: pages with all words first, then those with some."""
    main = {
        "bool": {
            "must": [some_words(terms, exact=False, share=SOME_WORDS_RANKED)],
            "should": [{"constant_score": {"filter": all_words(terms, exact=False), "boost": ALL_WORDS_TIER}}],
        }
    }
    body = _narrowed_body(main, Filters(), scope, depth) | {"track_total_hits": False}
    return body | {"collapse": {"field": collapse}} if collapse else body


def ranked_tolerant_body(terms: Terms, scope: AccessScope, depth: int, collapse: str | None = None) -> Body:
    """For a ranked list that found nothing at all: pages with words that look alike."""
    most = grams_each(terms.every_word)
    ways = [_looks_like(word, most) for word in terms.every_word]
    main = {"bool": {"should": ways, "minimum_should_match": SOME_WORDS_RANKED}}
    body = _narrowed_body(main, Filters(), scope, depth) | {"track_total_hits": False}
    return body | {"collapse": {"field": collapse}} if collapse else body


def marks_body(request: SearchRequest, scope: AccessScope, ids: Sequence[str], tags: tuple[str, str]) -> Body:
    """The text of these pages with what matched between `tags`, literally and by stem. Rights are checked again."""
    terms = request.terms
    marked = {fields.TEXT: _marked(fields.TEXT, terms)}
    if not request.exact:
        marked[fields.TEXT_STEM] = _marked(fields.TEXT_STEM, terms)
    return {
        "size": len(ids),
        "query": {"bool": {"filter": [{"ids": {"values": list(ids)}}, scope_filter(scope)]}},
        "_source": [fields.TEXT, fields.TITLE],
        "highlight": {
            "type": "unified",
            "number_of_fragments": 0,
            "pre_tags": [tags[0]],
            "post_tags": [tags[1]],
            "fields": {name: {"highlight_query": query} for name, query in marked.items()},
        },
    }


def all_words(terms: Terms, exact: bool) -> Body:
    must = [*([_all_words_query(terms.words, exact)] if terms.words else []), *_undivided_queries(terms, exact)]
    return {"bool": {"must": must}} if must else {"match_all": {}}


def some_words(terms: Terms, exact: bool, share: str = SOME_WORDS) -> Body:
    """A share of the words, or one of the references, dates and phrases; each of these is one thing and never split."""
    ways = [_share_of_words(terms.words, exact, share)] if terms.words else []
    ways += _undivided_queries(terms, exact)
    return _any_of_these(ways) if ways else {"match_none": {}}


def _share_of_words(text: str, exact: bool, share: str) -> Body:
    loose = {"query": text, "type": "cross_fields", "operator": "or", "minimum_should_match": share}
    if exact:
        return {"multi_match": loose | {"fields": list(EXACT_FIELDS)}}
    literal = {"multi_match": {"query": text, "type": "cross_fields", "fields": list(EXACT_FIELDS)}}
    return {"bool": {"must": [{"multi_match": loose | {"fields": list(STEM_FIELDS)}}], "should": [literal]}}


def _undivided_queries(terms: Terms, exact: bool) -> list[Body]:
    found = [_phrase_query(phrase, exact) for phrase in terms.phrases]
    found += [_reference_query(reference, exact) for reference in terms.references]
    return found + [_date_query(day, exact) for day in terms.dates]


def _narrowed_body(main: Body, filters: Filters, scope: AccessScope, size: int) -> Body:
    return {
        "size": size,
        "query": {"bool": {"must": [main], "filter": [scope_filter(scope), *_filter_clauses(filters)]}},
        "_source": False,
        "docvalue_fields": list(HIT_FIELDS),
        "sort": [{"_score": "desc"}, {fields.DOCUMENT_ID: "asc"}, {fields.PAGE: "asc"}],
        "track_scores": True,
    }


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


def _all_words_query(text: str, exact: bool) -> Body:
    """Each word on the page, on its cover sheet or in its title; literally, or else by stem."""
    literal = {"query": text, "type": "cross_fields", "operator": "and", "fields": list(EXACT_FIELDS)}
    if exact:
        return {"multi_match": literal}
    stemmed = literal | {"fields": list(STEM_FIELDS)}
    return _any_of_these([{"multi_match": literal}, {"multi_match": stemmed}])


def _phrase_query(phrase: str, exact: bool) -> Body:
    ways = [
        _match_phrase(fields.TEXT, phrase, EXACT_BOOST),
        _match_phrase(fields.CASE_WORDS, phrase, COVER_BOOST),
        _match_phrase(fields.TITLE, phrase, COVER_BOOST),
    ]
    if not exact:
        ways.append(_match_phrase(fields.TEXT_STEM, phrase, PHRASE_STEM_BOOST))
    return _any_of_these(ways)


def _reference_query(reference: Canonical, exact: bool) -> Body:
    return _any_of_these(
        [
            {"term": {fields.REFERENCES: {"value": reference.value, "boost": REFERENCE_BOOST}}},
            {"term": {fields.CASE_REFERENCES: {"value": reference.value, "boost": CASE_REFERENCE_BOOST}}},
            _all_words_query(reference.typed, exact),
        ]
    )


def _date_query(day: Canonical, exact: bool) -> Body:
    return _any_of_these(
        [{"term": {fields.DATES: {"value": day.value, "boost": DATE_BOOST}}}, _phrase_query(day.typed, exact)],
    )


def _looks_like(word: str, most: int) -> Body:
    """`most`: n-grams of it that are looked for."""
    literal: Body = {
        "multi_match": {"query": word, "type": "cross_fields", "operator": "and", "fields": list(STEM_FIELDS)}
    }
    pieces = grams(word)[: max(0, most)]
    if not pieces:
        return literal
    share = {
        "bool": {
            "should": [{"term": {fields.TEXT_GRAM: piece}} for piece in pieces],
            "minimum_should_match": max(1, round(len(pieces) * GRAM_SHARE)),
        }
    }
    return _any_of_these([literal, share])


def _marked(field: str, terms: Terms) -> Body:
    """Which words of the page are marked: every word of the query; phrases, references and dates as a whole."""
    ways: list[Body] = [{"match": {field: terms.words}}] if terms.words else []
    wholes = (*terms.phrases, *(canonical.typed for canonical in (*terms.references, *terms.dates)))
    ways += [_match_phrase(field, whole, 1.0) for whole in wholes]
    return _any_of_these(ways) if ways else {"match_none": {}}


def _match_phrase(field: str, phrase: str, boost: float) -> Body:
    return {"match_phrase": {field: {"query": phrase, "boost": boost}}}


def _any_of_these(ways: list[Body]) -> Body:
    return {"bool": {"should": ways, "minimum_should_match": 1}}
