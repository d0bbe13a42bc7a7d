"""NAHE: words and phrases at most so many words apart on one page, in any order."""

from __future__ import annotations

from typing import Any

from casefile.index import fields
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.question.tree import All, AnyOf, Near, Node, Plain

Body = dict[str, Any]


def near_query(near: Near, exact: bool) -> Body:
    names = [fields.TEXT] if exact else [fields.TEXT, fields.TEXT_STEM]
    rule = {"all_of": {"intervals": [_rule(part) for part in near.operands], "max_gaps": near.distance}}
    ways = [{"intervals": {name: rule}} for name in names]
    return {"dis_max": {"queries": ways}}


def _rule(node: Node) -> Body:
    if isinstance(node, AnyOf):
        return {"any_of": {"intervals": [_rule(part) for part in node.parts]}}
    if isinstance(node, All):
        return {"all_of": {"intervals": [_rule(part) for part in node.parts]}}
    if isinstance(node, Plain):
        return _terms_rule(node.terms)
    raise TypeError(node)


def _terms_rule(terms: Terms) -> Body:
    """A finding only as it is typed: another spelling has other positions."""
    wholes = (*terms.phrases, *(found.typed for found in terms.canonical))
    rules = [_match(word) for word in terms.words.split()] + [_match(whole) for whole in wholes]
    return rules[0] if len(rules) == 1 else {"all_of": {"intervals": rules}}


def _match(text: str) -> Body:
    return {"match": {"query": text, "max_gaps": 0, "ordered": True}}
