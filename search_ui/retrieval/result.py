"""What is shown: hits grouped case › document › page, counts and facets, from the engine's answer and the ledger."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from casefile.facets import FACETS, Facet
from casefile.index import fields
from search_ui.retrieval.marking import Snippet, Why
from search_ui.retrieval.query import Tier

CASES_PER_PAGE = 10
DOCUMENTS_PER_CASE = 5
PAGES_PER_DOCUMENT = 3


@dataclass(frozen=True)
class PageHit:
    case_id: str
    document_id: str
    number: int
    tier: Tier
    score: float = 0.0


@dataclass(frozen=True)
class Totals:
    cases: int = 0
    documents: int = 0
    pages: int = 0


@dataclass(frozen=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True)
class FacetCounts:
    """The values of a facet among the hits, the most frequent first, years from the newest."""

    facet: Facet
    values: tuple[FacetValue, ...]


@dataclass(frozen=True)
class Found:
    """All hits that can be paged through, in the order in which they are shown.

    `step`: of the search that found the hits which are not look-alikes; `totals` count beyond these hits, too.
    """

    hits: tuple[PageHit, ...]
    totals: Totals
    facets: tuple[FacetCounts, ...]
    step: Tier = Tier.ALL
    notices: tuple[str, ...] = ()  # German sentences on what is not among the hits, and why

    @property
    def tolerant(self) -> int:
        return sum(hit.tier is Tier.TOLERANT for hit in self.hits)

    @property
    def tier(self) -> Tier:
        """The step that found the best hits."""
        return self.hits[0].tier if self.hits else self.step

    @cached_property
    def groups(self) -> tuple[CaseGroup, ...]:
        return group_hits(self.hits)

    @property
    def list_pages(self) -> int:
        """Of the hit list; an empty one has one, too."""
        return max(1, math.ceil(len(self.groups) / CASES_PER_PAGE))

    def on_list_page(self, number: int) -> tuple[CaseGroup, ...]:
        """The cases on this page of the hit list, with all their documents."""
        end = number * CASES_PER_PAGE
        return self.groups[end - CASES_PER_PAGE : end]

    def only(self, kept: Collection[PageHit]) -> Found:
        """As if the other hits had never been found; the facets' counts cannot be told without asking again."""
        hits = tuple(hit for hit in self.hits if hit in kept)
        if len(hits) == len(self.hits):
            return self
        before, after = count(self.hits), count(hits)
        totals = Totals(
            self.totals.cases - before.cases + after.cases,
            self.totals.documents - before.documents + after.documents,
            self.totals.pages - before.pages + after.pages,
        )
        return replace(self, hits=hits, totals=totals, facets=())


@dataclass(frozen=True)
class DocumentGroup:
    document_id: str
    hits: tuple[PageHit, ...]

    @property
    def best(self) -> tuple[PageHit, ...]:
        """The best pages, in the order of the document."""
        ranked = sorted(self.hits, key=lambda hit: -hit.score)[:PAGES_PER_DOCUMENT]
        return tuple(sorted(ranked, key=lambda hit: hit.number))

    @property
    def others(self) -> tuple[PageHit, ...]:
        shown = {hit.number for hit in self.best}
        return tuple(hit for hit in self.hits if hit.number not in shown)


@dataclass(frozen=True)
class CaseGroup:
    case_id: str
    documents: tuple[DocumentGroup, ...]

    @property
    def page_count(self) -> int:
        return sum(len(document.hits) for document in self.documents)


@dataclass(frozen=True)
class ShownPage:
    number: int
    snippet: Snippet
    why: Why


@dataclass(frozen=True)
class ShownDocument:
    id: str
    title: str
    kind: str
    kind_inferred: bool
    date: str
    date_inferred: bool
    path: str
    page_count: int
    pages: tuple[ShownPage, ...]
    other_pages: tuple[int, ...] = ()


@dataclass(frozen=True)
class ShownCase:
    id: str
    title: str
    subject: str
    persons: str
    unit: str
    page_hits: int
    documents: tuple[ShownDocument, ...]
    other_documents: int
    pages_total: int
    pages_missing: int


def page_hits(answer: Mapping[str, Any], tier: Tier) -> tuple[PageHit, ...]:
    return tuple(_page_hit(hit, tier) for hit in answer["hits"]["hits"])


def document_hits(answer: Mapping[str, Any], tier: Tier) -> tuple[PageHit, ...]:
    """Documents, or the best document of each case, as hits of their first page."""
    return tuple(
        _page_hit({**hit, "fields": {fields.PAGE: [1], **hit["fields"]}}, tier) for hit in answer["hits"]["hits"]
    )


def _page_hit(hit: Mapping[str, Any], tier: Tier) -> PageHit:
    values = hit["fields"]
    return PageHit(
        case_id=values[fields.CASE_ID][0],
        document_id=values[fields.DOCUMENT_ID][0],
        number=int(values[fields.PAGE][0]),
        tier=tier,
        score=float(hit["_score"] or 0.0),
    )


def totals(answer: Mapping[str, Any]) -> Totals:
    counts = answer["aggregations"]
    return Totals(counts["cases"]["value"], counts["documents"]["value"], answer["hits"]["total"]["value"])


def count(hits: Sequence[PageHit]) -> Totals:
    return Totals(len({h.case_id for h in hits}), len({h.document_id for h in hits}), len(hits))


def facets(answer: Mapping[str, Any]) -> tuple[FacetCounts, ...]:
    """Facets without values are left out."""
    counted = (FacetCounts(facet, _values(facet, answer["aggregations"][facet.name]["buckets"])) for facet in FACETS)
    return tuple(one for one in counted if one.values)


def _values(facet: Facet, buckets: Sequence[Mapping[str, Any]]) -> tuple[FacetValue, ...]:
    if facet.by_year:
        newest_first = sorted(buckets, key=lambda bucket: bucket["key"], reverse=True)
        return tuple(FacetValue(b["key_as_string"], b["doc_count"]) for b in newest_first if b["doc_count"])
    return tuple(FacetValue(b["key"], b["doc_count"]) for b in buckets if b["key"])


def group_hits(hits: Iterable[PageHit]) -> tuple[CaseGroup, ...]:
    """Cases and documents in the order of their best page; within a document in the order of its pages."""
    cases: dict[str, dict[str, list[PageHit]]] = {}
    for hit in hits:
        cases.setdefault(hit.case_id, {}).setdefault(hit.document_id, []).append(hit)
    return tuple(
        CaseGroup(
            case_id,
            tuple(
                DocumentGroup(document_id, tuple(sorted(pages, key=lambda hit: hit.number)))
                for document_id, pages in documents.items()
            ),
        )
        for case_id, documents in cases.items()
    )


def in_reading_order(groups: Iterable[CaseGroup]) -> tuple[PageHit, ...]:
    """Every hit in the order in which the list shows it: the order of "Treffer 3 von 17"."""
    return tuple(hit for case in groups for document in case.documents for hit in document.hits)
