"""Bodies of the queries to whole documents, and the order that they give to pages. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from casefile.index import fields
from search_ui.retrieval.matching import all_words, some_words
from search_ui.retrieval.question.clauses import MAX_CLAUSES, clauses, tokens
from search_ui.retrieval.question.terms import Canonical, Terms
from search_ui.retrieval.ranking.function_words import content_words
from search_ui.retrieval.ranking.strategy import WORD_FIELDS, Shape, Strategy, shape_of, strategy_for

Body = dict[str, Any]

HEADING_SLOP = 2  # words between those of a title
REFERENCE_BOOST = 20.0
PER_RANKED_WORD = 8  # clauses: one for each weight of a strategy


def of_document(terms: Terms) -> Terms:
    """The same question to whole documents, which keep no positions: phrases and dates are their words, or a value."""
    days = tuple(replace(day, value="", also=((fields.DATES, day.value), *day.also)) for day in terms.dates)
    words = " ".join((terms.words, *terms.phrases)).strip()
    return replace(terms, words=words, phrases=(), dates=(), findings=(*terms.findings, *days))


def rankable(terms: Terms, times: int = 1) -> bool:
    """Is there room in the engine's query for all this, and for what ranks it? `times`: it is asked for so often."""
    return times * clauses(of_document(terms)) + PER_RANKED_WORD * tokens(terms.typed) <= MAX_CLAUSES


def all_in_document(terms: Terms, exact: bool) -> Body:
    return all_words(of_document(terms), exact)


def some_in_document(terms: Terms, exact: bool, share: str) -> Body:
    return some_words(of_document(terms), exact, share)


def ranking_clauses(terms: Terms, *, exact: bool = False) -> list[Body]:
    """What makes a document stand higher. None of them decides whether it is found."""
    strategy = strategy_for(terms)
    if exact:
        strategy = replace(strategy, stem=0.0, pairs=0.0)
    ways = [_reference_clause(reference, strategy) for reference in terms.references]
    ways += [_value_clause(field, value) for one in terms.canonical for field, value in one.also]
    ways += [_value_clause(fields.DATES, day.value) for day in terms.dates]
    if text := _ranked_text(terms):
        ways += _word_clauses(text, strategy)
        ways += _heading_clauses(text, strategy)
    return ways


def _ranked_text(terms: Terms) -> str:
    words = terms.typed.split()
    return " ".join(content_words(words) if shape_of(terms) is Shape.QUESTION else words)


def _word_clauses(text: str, strategy: Strategy) -> list[Body]:
    weights = {field: getattr(strategy, name) for name, field in WORD_FIELDS.items()}
    return [{"match": {field: {"query": text, "boost": boost}}} for field, boost in weights.items() if boost]


def _heading_clauses(text: str, strategy: Strategy) -> list[Body]:
    ways: list[Body] = []
    if strategy.heading_phrase:
        phrase = {"query": text, "slop": HEADING_SLOP, "boost": strategy.heading_phrase}
        ways.append({"match_phrase": {fields.HEADING: phrase}})
    if strategy.heading_all:
        ways.append({"match": {fields.HEADING: {"query": text, "operator": "and", "boost": strategy.heading_all}}})
    return ways


def _reference_clause(reference: Canonical, strategy: Strategy) -> Body:
    """The case that has it stands above the documents that cite it, and these above those that only look like it."""
    own = [
        {"term": {fields.CASE_REFERENCES: reference.value}},
        {"match": {fields.CASE_WORDS: {"query": reference.typed, "operator": "and"}}},
    ]
    cited = {"constant_score": {"filter": {"term": {fields.REFERENCES: reference.value}}, "boost": REFERENCE_BOOST}}
    boost = max(strategy.own_case, REFERENCE_BOOST)
    of_own_case = {"constant_score": {"filter": {"bool": {"should": own}}, "boost": boost}}
    return {"bool": {"should": [cited, of_own_case]}}


def _value_clause(field: str, value: str) -> Body:
    return {"term": {field: {"value": value, "boost": 6.0}}}
