from __future__ import annotations

import inspect
import json
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casefile.facets import FACETS, KIND, VALUE_FACETS
from casefile.index import fields
from casefile.model import Role
from oversight.rights import AccessScope, scope_filter
from search_ui.retrieval import query
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.terms import parse_terms, plain_terms
from search_ui.retrieval.question.tree import Plain
from search_ui.retrieval.ranking import bodies as ranked

SCOPE = AccessScope(
    1, "vogt", Role.CASEWORKER, frozenset({"l2"}), frozenset({"a1"}), frozenset({"g1"}), frozenset({"b1"})
)
NOBODY = AccessScope(2, "revision", Role.AUDITOR)
BUILDERS = [
    query.narrowed_body,
    query.search_body,
    query.tolerant_body,
    query.some_words_body,
    query.documents_body,
    query.some_documents_body,
    query.pages_of_documents_body,
    query.pages_of_cases_body,
    query.cases_body,
    ranked.ranked_body,
    ranked.ranked_documents_body,
    ranked.ranked_tolerant_body,
    query.marks_body,
    query.excluded_body,
    query.wanted_body,
    query.count_body,
    query.cover_words_body,
]


def bodies(request: SearchRequest, scope: AccessScope) -> list[dict[str, Any]]:
    terms = parse_terms(request.text)
    made = [
        query.narrowed_body({"match_all": {}}, request.filters, scope, 10),
        query.search_body(request, scope),
        query.tolerant_body(request, scope),
        query.some_words_body(request, scope),
        query.documents_body(request, scope),
        query.some_documents_body(request, scope),
        query.pages_of_documents_body(request, scope, ["d"], whole=True),
        query.pages_of_documents_body(request, scope, ["d"], whole=False),
        query.pages_of_cases_body(request, scope, ["c"]),
        query.cases_body(request, scope, terms, ["c"]),
        ranked.ranked_documents_body(terms, scope, 10, fields.CASE_ID),
        ranked.ranked_body(request.question.tree, scope, 10),
        ranked.ranked_tolerant_body(terms, scope, 10, fields.CASE_ID),
        query.marks_body(request, scope, ["d-00001"], ("<", ">")),
        query.excluded_body(Plain(terms), request, scope, 10),
        query.wanted_body(request.question.tree, request, scope, 10),
        query.count_body(request, scope),
        query.cover_words_body("Miete", scope),
    ]
    return [body for body in made if body is not None]


@pytest.mark.parametrize("builder", BUILDERS)
def test_no_query_without_a_scope(builder: Any) -> None:
    parameter = inspect.signature(builder).parameters["scope"]
    assert parameter.default is inspect.Parameter.empty
    assert get_type_hints(builder)["scope"] is AccessScope


def test_every_public_builder_is_tested() -> None:
    made = {
        name
        for module in (query, ranked)
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if name.endswith("_body") and not name.startswith("_")
    }
    assert {builder.__name__ for builder in BUILDERS} == made


@given(st.text(max_size=80), st.booleans())
def test_the_filter_of_rights_is_in_every_body(text: str, exact: bool) -> None:
    for body in bodies(SearchRequest(text, exact=exact), SCOPE):
        assert scope_filter(SCOPE) in body["query"]["bool"]["filter"]
        json.dumps(body)


def test_an_empty_scope_matches_nothing() -> None:
    rights = scope_filter(NOBODY)["bool"]
    assert rights["minimum_should_match"] == 1
    assert all(not next(iter(clause["terms"].values())) for clause in rights["should"])


def test_a_block_wins() -> None:
    assert not SCOPE.permits("b1", "a1")
    assert SCOPE.permits("g1", "x")
    assert SCOPE.permits("c", "a1")
    assert not SCOPE.permits("c", "x")


def test_filters_narrow_hits_and_facets_alike() -> None:
    filters = Filters({KIND.name: ("Bescheid",)}, date_from="2021-01-01", case="c1")
    body = query.search_body(SearchRequest("Miete", filters), SCOPE)
    clauses = body["query"]["bool"]["filter"]
    assert {"terms": {fields.KIND: ["Bescheid"]}} in clauses
    assert {"range": {fields.DATE: {"gte": "2021-01-01"}}} in clauses
    assert {"term": {fields.CASE_ID: "c1"}} in clauses
    assert "post_filter" not in body


def test_every_facet_is_counted_and_narrows() -> None:
    counts = query.search_body(SearchRequest("Miete"), SCOPE)["aggs"]
    assert {facet.name for facet in FACETS} == set(counts) - {"cases", "documents"}
    for facet in VALUE_FACETS:
        body = query.search_body(SearchRequest("Miete", Filters().choosing(facet, ["x"])), SCOPE)
        assert {"terms": {facet.field: ["x"]}} in body["query"]["bool"]["filter"]


def test_exact_searches_neither_stems_nor_grams() -> None:
    request = SearchRequest("Mieten Wohnungen", exact=True)
    text = json.dumps([query.search_body(request, SCOPE), query.some_words_body(request, SCOPE)])
    assert fields.TEXT_STEM not in text
    assert query.tolerant_body(request, SCOPE) is None


def test_plain_words_are_never_read_as_a_query_language() -> None:
    text = json.dumps(ranked.ranked_body(Plain(plain_terms("a AND b OR NOT (c) d* e~ f:g")), SCOPE, 10))
    assert "query_string" not in text
    assert "wildcard" not in text


@pytest.mark.parametrize("text", ["(((", '"', "*", "🙂"])
def test_text_without_a_word_never_means_everything(text: str) -> None:
    assert {"match_none": {}} in query.search_body(SearchRequest(text), SCOPE)["query"]["bool"]["must"]
    assert {"match_all": {}} in query.search_body(SearchRequest(""), SCOPE)["query"]["bool"]["must"]


def test_a_reference_is_an_alternative_to_its_words() -> None:
    text = json.dumps(query.search_body(SearchRequest("50.2-1187/2021"), SCOPE))
    assert '"50211872021"' in text
    assert '"50.2-1187/2021"' in text
