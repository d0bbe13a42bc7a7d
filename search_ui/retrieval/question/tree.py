"""The question as a tree, as `syntax.parser.parse` makes it: what queries, marks and limits work with.

    Plain     words, phrases and findings, all of which must match: text without any sign of the query language is
              one `Plain`, with the same `Terms` as ever
    Near      two or more of these, at most `distance` words apart on one page
    Field     `az:`, `name:`, `vom:` and the facets: a value of one field
    All       every part must match (`UND`, or nothing between)
    AnyOf     one of the parts must match (`ODER`)
    Without   no page of the document matches `part`, which is a single word, phrase, finding, `Near` or `Field`
              (`NICHT`, `-`; what excludes a group is brought down to its parts)

`All` and `AnyOf` hold two parts or more and none of their own kind; an `All` holds at most one `Plain`. All nodes are
frozen and hashable, so that a `Without` can be the key of the documents it excludes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import prod

from search_ui.retrieval.question.prefixes import Field
from search_ui.retrieval.question.terms import Terms, merged_terms, single_terms, split_words

MOST_ALTERNATIVES = 64


@dataclass(frozen=True)
class Plain:
    terms: Terms


@dataclass(frozen=True)
class Near:
    """`operands`: each a word, a phrase, or several of these of which one (`AnyOf`) or every one (`All`) is meant."""

    operands: tuple[Node, ...]
    distance: int


@dataclass(frozen=True)
class All:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Without:
    part: Plain | Near | Field


Node = Plain | Near | Field | All | AnyOf | Without


@dataclass(frozen=True)
class Question:
    """`tree`: None where there is nothing to search for. `repairs`: German sentences on what was read otherwise."""

    tree: Node | None = None
    repairs: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Without operators, as every text was before there was a query language."""
        return self.tree is None or isinstance(self.tree, Plain)


def all_of(parts: Iterable[Node]) -> Node | None:
    """What must match together, flat, with all plain words in one place; None of nothing."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, All) else (part,))]
    plain = [part.terms for part in flat if isinstance(part, Plain)]
    words: list[Node] = [Plain(merged_terms(plain))] if plain else []
    others = dict.fromkeys(part for part in flat if not isinstance(part, Plain))
    return _joined_parts(All, (*words, *others))


def any_of(parts: Iterable[Node]) -> Node | None:
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, AnyOf) else (part,))]
    return _joined_parts(AnyOf, tuple(dict.fromkeys(flat)))


def _joined_parts(kind: type[All] | type[AnyOf], parts: tuple[Node, ...]) -> Node | None:
    return kind(parts) if len(parts) > 1 else next(iter(parts), None)


def children(node: Node) -> tuple[Node, ...]:
    if isinstance(node, All | AnyOf):
        return node.parts
    return node.operands if isinstance(node, Near) else ()


def negated(node: Node) -> Node:
    """Documents are excluded by single things: `NICHT (A ODER B)` is neither of them, `NICHT (A B)` not both."""
    if isinstance(node, Without):
        return node.part
    if isinstance(node, All):
        return any_of(map(negated, node.parts)) or node
    if isinstance(node, AnyOf):
        return all_of(map(negated, node.parts)) or node
    if isinstance(node, Plain):
        return any_of(Without(Plain(single)) for single in single_terms(node.terms)) or node
    return Without(node)


def exclusions(node: Node | None) -> Iterator[Without]:
    if isinstance(node, Without):
        yield node
    elif node is not None:
        for child in children(node):
            yield from exclusions(child)


def without_exclusions(node: Node | None) -> Node | None:
    """What must be there; None where the question only excludes."""
    if node is None or isinstance(node, Without):
        return None
    if not isinstance(node, All | AnyOf):
        return node
    parts = [part for part in map(without_exclusions, node.parts) if part is not None]
    return all_of(parts) if isinstance(node, All) else any_of(parts)


def alternatives(node: Node | None, *, fields: bool = True) -> tuple[Terms, ...]:
    """What a page may hold to match, one `Terms` for each combination of `AnyOf`; never what is excluded.

    Of more combinations than are worth looking at, each part is one of its own. `fields`: with the words of fields.
    """
    if node is None or isinstance(node, Without):
        return ()
    if isinstance(node, Plain):
        return (node.terms,)
    if isinstance(node, Field):
        return (node.terms if fields else Terms(),)
    if isinstance(node, AnyOf):
        return tuple(dict.fromkeys(found for part in node.parts for found in alternatives(part, fields=fields)))
    choices = [found for part in children(node) if (found := alternatives(part, fields=fields))]
    if prod(map(len, choices)) > MOST_ALTERNATIVES:
        return tuple(dict.fromkeys(terms for found in choices for terms in found))
    return tuple(dict.fromkeys(merged_terms(combination) for combination in product(*choices))) if choices else ()


def positive_terms(node: Node | None) -> Terms:
    """Every word, phrase and finding that is asked for, of all alternatives together."""
    if node is None or isinstance(node, Without):
        return Terms()
    if isinstance(node, Plain | Field):
        return node.terms
    return merged_terms(positive_terms(child) for child in children(node))


def things(node: Node | None) -> int:
    """How many things must match together in one place at most: what only some of can be asked for."""
    if isinstance(node, Plain):
        terms = node.terms
        return len(split_words(terms.words)) + len(terms.phrases) + len(terms.canonical) + len(terms.patterns)
    return max(map(things, children(node)), default=0) if isinstance(node, All | AnyOf) else 0


def typed(node: Node) -> str:
    """As people would type it."""
    if isinstance(node, Field):
        return f'{node.key}:"{node.value}"' if " " in node.value else f"{node.key}:{node.value}"
    if isinstance(node, Plain):
        return _typed_terms(node.terms)
    if isinstance(node, Without):
        return f"NICHT {_grouped(node.part)}"
    joints = {Near: f" NAHE/{node.distance} " if isinstance(node, Near) else "", All: " ", AnyOf: " ODER "}
    return joints[type(node)].join(map(_grouped, children(node)))


def _grouped(node: Node) -> str:
    return f"({typed(node)})" if isinstance(node, All | AnyOf) or things(node) > 1 else typed(node)


def _typed_terms(terms: Terms) -> str:
    phrases = (f'"{phrase}"' for phrase in terms.phrases)
    words = terms.words.split()
    return " ".join((*words, *phrases, *(found.typed for found in terms.canonical), *terms.patterns))
