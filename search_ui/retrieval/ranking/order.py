"""The order of hits: by their documents as a whole, then by page. Equal ones stand in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from search_ui.retrieval.result import PageHit

# Of a list of pages; a document's weaker pages do not stand above the best page of the next one.
DOCUMENT_SHARE, PAGE_SHARE = 0.4, 0.6


def document_scores(answer: Mapping[str, Any]) -> dict[str, float]:
    """By document id, from an answer of the documents index; the best first."""
    return {hit["_id"]: float(hit["_score"] or 0.0) for hit in answer["hits"]["hits"]}


def by_document(hits: Iterable[PageHit], scores: Mapping[str, float]) -> tuple[PageHit, ...]:
    """Of one step: the best documents first, within each the best pages first."""
    return tuple(
        sorted(
            hits,
            key=lambda hit: (-scores.get(hit.document_id, -1.0), hit.document_id, -hit.score, hit.number),
        )
    )


def by_page(hits: Sequence[PageHit], scores: Mapping[str, float], first_from: float | None) -> list[PageHit]:
    """Page and document together, each in parts of its best. Pages that score `first_from` and more stand first."""
    best_document = max(scores.values(), default=0.0) or 1.0
    best_page = max((_own(hit, first_from) for hit in hits), default=0.0) or 1.0

    def key(hit: PageHit) -> tuple[Any, ...]:
        own = _own(hit, first_from) / best_page
        # What only the page knows (parts of words, other spellings) must not sink for that.
        whole = scores[hit.document_id] / best_document if hit.document_id in scores else own
        first = first_from is not None and hit.score >= first_from
        return not first, -(DOCUMENT_SHARE * whole + PAGE_SHARE * own), hit.document_id, hit.number

    return sorted(hits, key=key)


def _own(hit: PageHit, first_from: float | None) -> float:
    """The score without what sets the first ones apart."""
    return hit.score - first_from if first_from is not None and hit.score >= first_from else hit.score
