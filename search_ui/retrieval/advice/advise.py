"""Where a search found little: what is asked of the engine to help. Every count is under the asker's rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casefile.index import fields
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.text.folding import fold
from casefile.text.words import words_of
from oversight.rights import AccessScope
from search_ui.retrieval.advice.changes import (
    Advice,
    Change,
    Counted,
    things_asked,
    with_word,
    without_filters,
    without_parts,
)
from search_ui.retrieval.advice.lexicon import SHORTEST, near_words, nearest
from search_ui.retrieval.operators.exclusion import look_up
from search_ui.retrieval.query import Tier, count_body, cover_words_body
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.tree import Plain
from search_ui.retrieval.result import page_hits

MOST_WORDS = 4  # misspelt ones that are looked after
NEAR_EACH = 5  # of the public list, and as many of cover sheets
SHOWN = 3


def advise(index: IndexReader, scope: AccessScope, request: SearchRequest, tier: Tier, pages: int) -> Advice:
    """`pages`: how many were found. Where all words were found, only what filters hide is told."""
    found_all = bool(pages) and tier is Tier.ALL
    fewer_filters = _counted(index, scope, without_filters(request))
    if found_all:
        return Advice(fewer_filters=tuple(one for one in fewer_filters if one.pages > pages))
    fewer_parts = _counted(index, scope, without_parts(request))
    missing = _missing(index, scope, request)
    spellings = _counted(index, scope, _respelt(index, scope, request, missing))
    return Advice(spellings[:SHOWN], _most_first(fewer_parts), fewer_filters, missing)


def _missing(index: IndexReader, scope: AccessScope, request: SearchRequest) -> tuple[str, ...]:
    """Words that stand on none of the pages that the asker may see, whatever the filters."""
    parts = [part for part in things_asked(request.question.tree) if isinstance(part, Plain)]
    words = dict.fromkeys(part.terms.words for part in parts if len(part.terms.words) >= SHORTEST)
    alone = [Change(word, SearchRequest(word, exact=request.exact), ("", "")) for word in words]
    found = {one.change.label for one in _counted(index, scope, alone[: 2 * MOST_WORDS])}
    return tuple(change.label for change in alone[: 2 * MOST_WORDS] if change.label not in found)


def _respelt(index: IndexReader, scope: AccessScope, request: SearchRequest, missing: Sequence[str]) -> list[Change]:
    wanted = missing[:MOST_WORDS]
    bodies = [cover_words_body(word, scope) for word in wanted]
    covers = (
        [_words_of_covers(answer) for answer in index.msearch([(IndexKind.PAGES, body) for body in bodies])]
        if bodies
        else []
    )
    return [
        with_word(request, word, other)
        for word, registered in zip(wanted, covers, strict=True)
        for other in dict.fromkeys((*_registered_like(word, registered), *near_words(word, NEAR_EACH)))
    ]


def _registered_like(word: str, registered: Sequence[str]) -> list[str]:
    """Compared without accents and umlauts, given as they are spelt."""
    spelt = {fold(other): other for other in reversed(registered)}
    return [spelt[folded] for folded in nearest(fold(word), tuple(spelt), NEAR_EACH)]


def _words_of_covers(answer: Mapping[str, Any]) -> tuple[str, ...]:
    texts = [hit["_source"].get(fields.CASE_WORDS, ()) for hit in answer["hits"]["hits"]]
    return tuple(dict.fromkeys(word for text in texts for word in words_of(" ".join(text))))


def _counted(index: IndexReader, scope: AccessScope, changes: Iterable[Change]) -> tuple[Counted, ...]:
    """Those that bring a page, in their order."""
    asked = list(changes)
    if not asked:
        return ()
    bodies = [_count(index, scope, change.request) for change in asked]
    answers = index.msearch([(IndexKind.PAGES, body) for body in bodies])
    return tuple(
        Counted(change, answer["hits"]["total"]["value"], hits[0])
        for change, answer in zip(asked, answers, strict=True)
        if (hits := page_hits(answer, Tier.ALL))
    )


def _count(index: IndexReader, scope: AccessScope, request: SearchRequest) -> dict[str, Any]:
    return count_body(request, scope, look_up(index, scope, request, request.question.tree).exclusions)


def _most_first(counted: Iterable[Counted]) -> tuple[Counted, ...]:
    return tuple(sorted(counted, key=lambda one: -one.pages))
