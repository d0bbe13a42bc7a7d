"""Where a page stands among the hits of a search: the way to the nearest hits and back to the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from casefile.database.ledger import DocumentRow
from search_ui.retrieval.result import CASES_PER_PAGE, DOCUMENTS_PER_CASE, Found, PageHit, in_reading_order


class Place(NamedTuple):
    document_id: str
    number: int


@dataclass(frozen=True)
class HitWalk:
    """Where this page stands among the hits of the search; `position` is 0 where it is none of them.

    `previous`, `following`: the nearest hits in the order of the list, from a page without a hit too. `list_page`: of
    the hit list on which the page's case stands; `anchor`: its place there, "" where the case has no hit.
    """

    search_id: str
    position: int
    total: int
    previous: Place | None
    following: Place | None
    list_page: int
    anchor: str


def hit_at(hits: Iterable[PageHit], place: Place) -> PageHit | None:
    return next((hit for hit in hits if (hit.document_id, hit.number) == place), None)


def walk_at(found: Found, document: DocumentRow, place: Place, search_id: str) -> HitWalk:
    ordered = in_reading_order(found.groups)
    before, here = _neighbours(ordered, document, place)
    position = before + 1 if here else 0
    after = before + 1 if here else before
    list_page, anchor = _place_in_list(found, document)
    return HitWalk(
        search_id,
        position,
        len(ordered),
        _place(ordered[before - 1]) if before else None,
        _place(ordered[after]) if after < len(ordered) else None,
        list_page,
        anchor,
    )


def _neighbours(ordered: Sequence[PageHit], document: DocumentRow, place: Place) -> tuple[int, bool]:
    """How many hits come before this page in the order of the list, and whether it is a hit itself.

    A page of a document without hits stands behind those of its case, or before all others.
    """
    if (here := hit_at(ordered, place)) is not None:
        return ordered.index(here), True
    own = [index for index, hit in enumerate(ordered) if hit.document_id == document.id]
    if own:
        return own[0] + sum(ordered[index].number < place.number for index in own), False
    case = [index for index, hit in enumerate(ordered) if hit.case_id == document.case_id]
    return (case[-1] + 1 if case else 0), False


def _place_in_list(found: Found, document: DocumentRow) -> tuple[int, str]:
    for position, group in enumerate(found.groups):
        if group.case_id == document.case_id:
            shown = {it.document_id for it in group.documents[:DOCUMENTS_PER_CASE]}
            anchor = f"dokument-{document.id}" if document.id in shown else f"akte-{group.case_id}"
            return position // CASES_PER_PAGE + 1, anchor
    return 1, ""


def _place(hit: PageHit) -> Place:
    return Place(hit.document_id, hit.number)
