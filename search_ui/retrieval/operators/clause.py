"""A question's tree → one clause of the engine's query. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casefile.index import fields
from search_ui.retrieval.matching import all_words, any_of_these, held_words
from search_ui.retrieval.operators.near import near_query
from search_ui.retrieval.operators.prefixed import field_query
from search_ui.retrieval.question.prefixes import Field
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import All, AnyOf, Near, Node, Plain, Without

Body = dict[str, Any]
WordsQuery = Callable[[Terms], Body]  # how the words of a `Plain` must match


@dataclass(frozen=True)
class Excluded:
    """The documents that an exclusion takes out. `whole`: all of them; else pages are looked at one by one, too."""

    documents: tuple[str, ...] = ()
    whole: bool = False


Exclusions = Mapping[Without, Excluded]
NONE_LOOKED_UP: Exclusions = {}


def tree_clause(
    node: Node | None, exact: bool, exclusions: Exclusions = NONE_LOOKED_UP, words: WordsQuery | None = None
) -> Body:
    """`words`: instead of all of them. An exclusion that was not looked up acts on the page alone."""
    if node is None:
        return {"match_none": {}}
    if isinstance(node, Plain):
        return words(node.terms) if words else all_words(node.terms, exact)
    if isinstance(node, Near):
        return near_query(node, exact)
    if isinstance(node, Field):
        return field_query(node, exact)
    if isinstance(node, Without):
        return {"bool": {"must_not": _taken_out(node, exact, exclusions.get(node, Excluded()))}}
    if isinstance(node, AnyOf):
        return any_of_these([tree_clause(part, exact, exclusions, words) for part in node.parts])
    return _together(node, exact, exclusions, words)


def held_clause(part: Plain | Near | Field, exact: bool) -> Body:
    """Pages that hold what is excluded: the word itself, not longer ones that it is a part of."""
    return tree_clause(part, exact, words=lambda terms: held_words(terms, exact))


def _together(node: All, exact: bool, exclusions: Exclusions, words: WordsQuery | None) -> Body:
    wanted = [part for part in node.parts if not isinstance(part, Without)]
    unwanted = [part for part in node.parts if isinstance(part, Without)]
    body: Body = {"must": [tree_clause(part, exact, exclusions, words) for part in wanted]}
    if unwanted:
        taken = [_taken_out(part, exact, exclusions.get(part, Excluded())) for part in unwanted]
        body["must_not"] = [clause for clauses in taken for clause in clauses]
    return {"bool": body}


def _taken_out(node: Without, exact: bool, excluded: Excluded) -> list[Body]:
    documents = [{"terms": {fields.DOCUMENT_ID: list(excluded.documents)}}] if excluded.documents else []
    return [*documents, *([] if excluded.whole else [held_clause(node.part, exact)])]
