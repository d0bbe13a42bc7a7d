"""Ranked lists of pages, documents or cases, for many questions in one request to the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from casefile.batches import batches
from casefile.index import fields
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from oversight.rights import AccessScope
from search_ui.retrieval.operators.exclusion import look_up
from search_ui.retrieval.query import Body, Tier
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.tree import Node, Plain, positive_terms
from search_ui.retrieval.ranking.bodies import ALL_WORDS_TIER, ranked_body, ranked_documents_body
from search_ui.retrieval.ranking.documents import rankable
from search_ui.retrieval.ranking.order import by_page, document_scores
from search_ui.retrieval.ranking.strategy import strategy_for
from search_ui.retrieval.result import PageHit, document_hits, page_hits

AT_ONCE = 5


class Unit(StrEnum):
    PAGE = "page"
    DOCUMENT = "document"
    CASE = "case"


COLLAPSE = {Unit.PAGE: None, Unit.DOCUMENT: fields.DOCUMENT_ID, Unit.CASE: fields.CASE_ID}


def rank(
    index: IndexReader, scope: AccessScope, unit: Unit, depth: int, questions: Sequence[Node | None]
) -> list[list[PageHit]]:
    """The best of each question, by the document as a whole; pages by page and document together.

    Operators are about pages: where there are any, a document or case stands where its best page does; so it does where
    the question is too long to be asked of documents, too.
    """
    searches = [_searches(index, scope, unit, depth, question) for question in questions]
    answers = iter(ask_in_parts(index, [search for several in searches for search in several]))
    answered = [[(kind, next(answers)) for kind, _ in several] for several in searches]
    return [_hits(question, several) for question, several in zip(questions, answered, strict=True)]


def ask_in_parts(index: IndexReader, searches: Sequence[tuple[IndexKind, Body]]) -> list[dict[str, Any]]:
    """So many at once as the engine answers in the time that people have for one."""
    return [answer for part in batches(searches, AT_ONCE) for answer in index.msearch(part)]


def _searches(
    index: IndexReader, scope: AccessScope, unit: Unit, depth: int, question: Node | None
) -> list[tuple[IndexKind, Body]]:
    whole: list[tuple[IndexKind, Body]] = []
    if isinstance(question, Plain) and rankable(question.terms, times=2):
        collapse = fields.CASE_ID if unit is Unit.CASE else None
        whole = [(IndexKind.DOCUMENTS, ranked_documents_body(question.terms, scope, depth, collapse))]
        if unit is not Unit.PAGE:
            return whole
    excluded = look_up(index, scope, SearchRequest(), question).exclusions
    return [(IndexKind.PAGES, ranked_body(question, scope, depth, COLLAPSE[unit], excluded)), *whole]


def _hits(question: Node | None, answers: Sequence[tuple[IndexKind, Mapping[str, Any]]]) -> list[PageHit]:
    (kind, first), *rest = answers
    if kind is IndexKind.DOCUMENTS:
        return list(document_hits(first, Tier.ALL))
    pages = page_hits(first, Tier.ALL)
    if not rest:
        return list(pages)
    tier = ALL_WORDS_TIER if strategy_for(positive_terms(question)).all_words_first else None
    scores = {key: _within_tier(score, tier) for key, score in document_scores(rest[0][1]).items()}
    return by_page(pages, scores, tier)


def _within_tier(score: float, first: float | None) -> float:
    """Of a document with all words: its pages do not stand higher for that, unless one of them has them all, too."""
    return score - first if first is not None and score >= first else score
