"""A search without one of its parts or one of its filters, or with another word. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from casefile.facets import VALUE_FACETS
from search_ui.retrieval.question.request import Filters, SearchRequest
from search_ui.retrieval.question.terms import single_terms
from search_ui.retrieval.question.tree import All, Node, Plain, all_of, typed
from search_ui.retrieval.result import PageHit

MOST_PARTS = 8


@dataclass(frozen=True)
class Change:
    """`label`: what is left out or put in, for people. `button`: what the form sends to make it, as name and value."""

    label: str
    request: SearchRequest
    button: tuple[str, str]


class Counted(NamedTuple):
    """What a change would bring. `evidence`: the best of its pages; told only to those who may see it."""

    change: Change
    pages: int
    evidence: PageHit


@dataclass(frozen=True)
class Advice:
    """`missing`: words that stand on no page of those that the asker may see."""

    spellings: tuple[Counted, ...] = ()
    fewer_parts: tuple[Counted, ...] = ()
    fewer_filters: tuple[Counted, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[PageHit, ...]:
        return tuple(one.evidence for one in (*self.spellings, *self.fewer_parts, *self.fewer_filters))

    def only(self, kept: Collection[PageHit]) -> Advice:
        """What rests on pages that may be seen."""
        spellings, parts, filters = (
            tuple(one for one in counted if one.evidence in kept)
            for counted in (self.spellings, self.fewer_parts, self.fewer_filters)
        )
        return Advice(spellings, parts, filters, self.missing)


def without_filters(request: SearchRequest) -> Iterator[Change]:
    """Each filter by itself, and all of them where there are several."""
    filters = request.filters
    single: list[tuple[str, Filters, str]] = [
        (f"{facet.label}: {', '.join(chosen)}", filters.choosing(facet, ()), f"{facet.form}:")
        for facet in VALUE_FACETS
        if (chosen := filters.chosen(facet))
    ]
    if filters.date_from or filters.date_to:
        single.append(("Datum", replace(filters, date_from="", date_to=""), "zeit:"))
    if filters.case:
        single.append(("Nur eine Akte", replace(filters, case=""), "akte:"))
    for label, fewer, button in single:
        yield Change(label, replace(request, filters=fewer), ("minus", button))
    if len(single) > 1:
        yield Change("alle Filter", replace(request, filters=Filters()), ("minus", "alle"))


def without_parts(request: SearchRequest) -> Iterator[Change]:
    parts = things_asked(request.question.tree)
    if not 2 <= len(parts) <= MOST_PARTS:
        return
    for place, part in enumerate(parts):
        rest = all_of(parts[:place] + parts[place + 1 :])
        text = typed(rest) if rest else ""
        yield Change(typed(part), replace(request, text=text), ("text", text))


def things_asked(node: Node | None) -> list[Node]:
    """What must match together, each by itself."""
    if isinstance(node, All):
        return [part for child in node.parts for part in things_asked(child)]
    if isinstance(node, Plain):
        return [Plain(terms) for terms in single_terms(node.terms)]
    return [] if node is None else [node]


def with_word(request: SearchRequest, word: str, other: str) -> Change:
    """The same text with another word in the place of this one, its capital kept."""
    spelt = other.capitalize() if word[:1].isupper() else other
    text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _: spelt, request.text)
    return Change(text, replace(request, text=text), ("text", text))
