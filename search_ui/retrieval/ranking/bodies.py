"""Bodies of ranked lists, which degrade gracefully: what has all words first, then what has some. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from oversight.rights import AccessScope
from search_ui.retrieval.matching import SOME_WORDS_RANKED, looks_like, some_words
from search_ui.retrieval.operators.clause import NONE_LOOKED_UP, Exclusions, tree_clause
from search_ui.retrieval.query import DOCUMENT_FIELDS, HIT_FIELDS, Body, narrowed_body
from search_ui.retrieval.question.clauses import expansions_each
from search_ui.retrieval.question.request import Filters
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import Node, positive_terms
from search_ui.retrieval.ranking.documents import all_in_document, ranking_clauses, some_in_document
from search_ui.retrieval.ranking.strategy import strategy_for

ALL_WORDS_TIER = 1000.0  # every page with all words stands above every page with some


def ranked_body(
    tree: Node | None,
    scope: AccessScope,
    depth: int,
    collapse: str | None = None,
    exclusions: Exclusions = NONE_LOOKED_UP,
) -> Body:
    """A ranked list that degrades gracefully: pages with all words first, then those with some."""
    some = tree_clause(tree, False, exclusions, lambda terms: some_words(terms, exact=False, share=SOME_WORDS_RANKED))
    body = _tiered_body(some, tree_clause(tree, False, exclusions), positive_terms(tree), scope, depth)
    return body | {"collapse": {"field": collapse}} if collapse else body


def ranked_documents_body(terms: Terms, scope: AccessScope, depth: int, collapse: str | None = None) -> Body:
    """The same for documents, in the order of their whole text; `collapse`: the best one of each value.

    `terms` are few enough (`rankable`, twice).
    """
    some = some_in_document(terms, exact=False, share=SOME_WORDS_RANKED)
    main = {"bool": {"filter": [some], "should": ranking_clauses(terms)}}
    body = _tiered_body(main, all_in_document(terms, exact=False), terms, scope, depth, DOCUMENT_FIELDS)
    return body | {"collapse": {"field": collapse}} if collapse else body


def ranked_tolerant_body(terms: Terms, scope: AccessScope, depth: int, collapse: str | None = None) -> Body:
    """For a ranked list that found nothing at all: pages with words that look alike."""
    most = expansions_each(terms.every_word)
    ways = [looks_like(word, most) for word in terms.every_word]
    main = {"bool": {"should": ways, "minimum_should_match": SOME_WORDS_RANKED}}
    body = narrowed_body(main, Filters(), scope, depth) | {"track_total_hits": False}
    return body | {"collapse": {"field": collapse}} if collapse else body


def _tiered_body(
    main: Body, whole: Body, terms: Terms, scope: AccessScope, depth: int, shown: Sequence[str] = HIT_FIELDS
) -> Body:
    first = [{"constant_score": {"filter": whole, "boost": ALL_WORDS_TIER}}]
    query = {"bool": {"must": [main], "should": first if strategy_for(terms).all_words_first else []}}
    return narrowed_body(query, Filters(), scope, depth, shown) | {"track_total_hits": False}
