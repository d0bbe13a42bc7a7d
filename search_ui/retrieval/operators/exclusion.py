"""What NICHT excludes, asked of the engine first: the documents any page of which holds it, under the asker's rights.

A page cannot tell what stands on the other pages of its document. So the documents are looked up and taken out by their
ids: all that hold the word, or, of a very common word, those among the documents that would be found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.wording import counted
from oversight.rights import AccessScope
from search_ui.retrieval.operators.clause import Excluded, Exclusions
from search_ui.retrieval.query import excluded_body, wanted_body
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.tree import Node, Without, exclusions, typed, without_exclusions

MOST = 50_000  # documents of one exclusion: the engine takes 65,536 ids in a clause, and as many in an aggregation
BOUNDED = (
    "„{}“ steht in mehr als {} Dokumenten. Ausgeschlossen sind alle Seiten, auf denen es steht, und die meisten dieser "
    "Dokumente; andere Seiten der übrigen können unter den Treffern sein."
)


@dataclass(frozen=True)
class LookedUp:
    """`notices`: German sentences on what was taken out."""

    exclusions: Exclusions = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def look_up(
    index: IndexReader, scope: AccessScope, request: SearchRequest, tree: Node | None, most: int = MOST
) -> LookedUp:
    """`request`: its filters hold here, too. Raises EnvironmentFault. Without an exclusion nothing is asked."""
    wanted = tuple(dict.fromkeys(exclusions(tree)))
    if not wanted:
        return LookedUp()
    found = dict(zip(wanted, _asked(index, scope, request, wanted, most), strict=True))
    common = [one for one, excluded in found.items() if not excluded.whole]
    if common:
        found |= _among_wanted(index, scope, request, without_exclusions(tree), common, most)
    return LookedUp(found, tuple(_notice(one, excluded, most) for one, excluded in found.items()))


def _among_wanted(
    index: IndexReader,
    scope: AccessScope,
    request: SearchRequest,
    tree: Node | None,
    common: Sequence[Without],
    most: int,
) -> Mapping[Without, Excluded]:
    """Where the documents that would be found are few enough, the exclusions are looked up among these alone."""
    (answer,) = index.msearch([(IndexKind.PAGES, wanted_body(tree, request, scope, most + 1))])
    documents = _documents(answer)
    if len(documents) > most:
        return {}
    return dict(zip(common, _asked(index, scope, request, common, most, documents), strict=True))


def _asked(
    index: IndexReader,
    scope: AccessScope,
    request: SearchRequest,
    wanted: Sequence[Without],
    most: int,
    within: Sequence[str] = (),
) -> list[Excluded]:
    bodies = [(IndexKind.PAGES, excluded_body(one.part, request, scope, most + 1, within)) for one in wanted]
    found = [_documents(answer) for answer in index.msearch(bodies)]
    return [Excluded(documents[:most], whole=len(documents) <= most) for documents in found]


def _documents(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(bucket["key"] for bucket in answer["aggregations"]["documents"]["buckets"])


def _notice(without: Without, excluded: Excluded, most: int) -> str:
    if not excluded.whole:
        return BOUNDED.format(typed(without.part), most)
    if not excluded.documents:
        return f"„{typed(without.part)}“ schließt nichts aus: Es steht in keinem Dokument."
    documents = counted(len(excluded.documents), "Dokument", "Dokumente")
    return f"Wegen „NICHT {typed(without.part)}“ nicht berücksichtigt: {documents}."
