"""Questions whose words stand in several documents of a case, or on its cover sheet: in which cases all of them stand.

A case's texts are no record of their own: what of a case somebody may see differs from person to person. So the cases
of each part of the question are asked for, within the rights, and the cases that all parts have in common remain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from oversight.rights import AccessScope
from search_ui.retrieval.query import Tier, cases_body, pages_of_cases_body
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.terms import Terms
from search_ui.retrieval.result import PageHit, page_hits

MOST_PARTS = 12
MOST_SHOWN = 50  # cases


def pages_over_cases(index: IndexReader, scope: AccessScope, request: SearchRequest) -> tuple[PageHit, ...]:
    """Pages with any of the words in cases that have all of them, in the order of the pages."""
    parts = parts_of(request.terms)
    if not 1 < len(parts) <= MOST_PARTS:
        return ()
    cases = _common_cases(index, scope, request, parts)
    if not cases:
        return ()
    return page_hits(index.search(IndexKind.PAGES, pages_of_cases_body(request, scope, cases)), Tier.CASE)


def parts_of(terms: Terms) -> list[Terms]:
    """Each word, phrase, reference, date and finding as a question of its own."""
    parts = [Terms(words=word) for word in dict.fromkeys(terms.words.split())]
    parts += [Terms(phrases=(phrase,)) for phrase in terms.phrases]
    parts += [replace(Terms(), references=(one,)) for one in terms.references]
    parts += [replace(Terms(), dates=(one,)) for one in terms.dates]
    return parts + [replace(Terms(), findings=(one,)) for one in terms.findings]


def _common_cases(index: IndexReader, scope: AccessScope, request: SearchRequest, parts: Sequence[Terms]) -> list[str]:
    """Those of rare parts are all known; only among these the others are asked for. Without any rare part: none."""
    answers = _ask(index, scope, request, parts)
    rare = [set(_cases(answer)) for answer in answers if _all_told(answer)]
    common = sorted(set.intersection(*rare))[:MOST_SHOWN] if rare else []
    rest = [part for part, answer in zip(parts, answers, strict=True) if not _all_told(answer)]
    if common and rest:
        found = [set(_cases(answer)) for answer in _ask(index, scope, request, rest, common)]
        common = sorted(set(common).intersection(*found))
    return common


def _ask(
    index: IndexReader,
    scope: AccessScope,
    request: SearchRequest,
    parts: Sequence[Terms],
    cases: Sequence[str] | None = None,
) -> list[dict[str, Any]]:
    return index.msearch([(IndexKind.DOCUMENTS, cases_body(request, scope, part, cases)) for part in parts])


def _cases(answer: Mapping[str, Any]) -> list[str]:
    return [bucket["key"] for bucket in answer["aggregations"]["cases"]["buckets"]]


def _all_told(answer: Mapping[str, Any]) -> bool:
    return not answer["aggregations"]["cases"]["sum_other_doc_count"]
