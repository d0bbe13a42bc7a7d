"""What the engine finds for a request, in steps, and where it marks it. Nothing here has been checked a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casefile.database.sessions import Databases, read_session
from casefile.errors import EnvironmentFault
from casefile.index import fields
from casefile.index.reader import IndexReader
from casefile.index.schema import IndexKind
from casefile.model import page_id
from oversight.rights import AccessScope
from search_ui import ledgerview
from search_ui.retrieval.alike import words_alike
from search_ui.retrieval.marking import FoundText, Marks, fragment_spans, fresh_tags, mark_page
from search_ui.retrieval.operators.clause import Exclusions
from search_ui.retrieval.operators.exclusion import look_up
from search_ui.retrieval.query import (
    WINDOW,
    Body,
    Tier,
    documents_body,
    marks_body,
    pages_of_documents_body,
    search_body,
    some_documents_body,
    some_words_body,
    tolerant_body,
)
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.tree import alternatives
from search_ui.retrieval.ranking.order import by_document, document_scores
from search_ui.retrieval.ranking.scattered import pages_over_cases
from search_ui.retrieval.result import Found, PageHit, count, facets, page_hits, totals

FEW = 3  # fewer pages than this with all words: look for look-alikes too
FEW_DOCUMENTS = 10  # fewer than this with all words on a page: look for those with the words on several pages
BEST_DOCUMENTS = 50  # of so many the pages are fetched where the pages found first leave them out


@dataclass(frozen=True)
class _Step:
    """An answer of the pages index, with its hits in the order of their documents.

    `left_out`: documents of which no page is among the hits, the best first.
    """

    answer: Mapping[str, Any]
    hits: tuple[PageHit, ...]
    scores: Mapping[str, float]
    left_out: tuple[str, ...]

    @property
    def total(self) -> int:
        return int(self.answer["hits"]["total"]["value"])


@dataclass(frozen=True)
class _Asked:
    """One question to the engine, step by step."""

    index: IndexReader
    scope: AccessScope
    request: SearchRequest
    exclusions: Exclusions

    def all_words(self) -> _Step:
        pages = search_body(self.request, self.scope, self.exclusions)
        step = self._step(pages, documents_body(self.request, self.scope), Tier.ALL)
        return self._with_best_documents(step) if step.total > len(step.hits) else step

    def some_words(self) -> _Step | None:
        pages = some_words_body(self.request, self.scope, self.exclusions)
        return self._step(pages, some_documents_body(self.request, self.scope), Tier.SOME) if pages else None

    def over_documents(self, step: _Step) -> tuple[PageHit, ...]:
        """Pages of documents that have all words, but none on one page."""
        missing = step.left_out[:BEST_DOCUMENTS]
        enough = len({hit.document_id for hit in step.hits}) >= FEW_DOCUMENTS or step.total > len(step.hits)
        if not missing or enough or not self.request.question.plain:
            return ()
        body = pages_of_documents_body(self.request, self.scope, missing, whole=False)
        return by_document(page_hits(self.index.search(IndexKind.PAGES, body), Tier.DOCUMENT), step.scores)

    def over_cases(self) -> tuple[PageHit, ...]:
        plain = self.request.question.plain
        return pages_over_cases(self.index, self.scope, self.request) if plain else ()

    def _step(self, pages: Body, documents: Body, tier: Tier) -> _Step:
        """Pages and documents in one request."""
        answer, ranked = self.index.msearch([(IndexKind.PAGES, pages), (IndexKind.DOCUMENTS, documents)])
        scores, hits = document_scores(ranked), page_hits(answer, tier)
        present = {hit.document_id for hit in hits}
        return _Step(answer, by_document(hits, scores), scores, tuple(one for one in scores if one not in present))

    def _with_best_documents(self, step: _Step) -> _Step:
        """There are more pages than can be paged through: those of the best documents are among them."""
        best = step.left_out[:BEST_DOCUMENTS]
        if not best:
            return step
        body = pages_of_documents_body(self.request, self.scope, best, self.exclusions, whole=True)
        more = page_hits(self.index.search(IndexKind.PAGES, body), Tier.ALL)
        return replace(step, hits=by_document((*step.hits, *more), step.scores)[:WINDOW], left_out=())


def find(index: IndexReader, scope: AccessScope, request: SearchRequest) -> Found:
    """All words on a page; where that brings little, look-alikes and documents that have them on several pages.

    Where that brings nothing: cases that have them in several documents; then pages with some of the words.
    """
    excluded = look_up(index, scope, request, request.question.tree)
    asked = _Asked(index, scope, request, excluded.exclusions)
    step, tier = asked.all_words(), Tier.ALL
    others = _look_alikes(index, scope, request, excluded.exclusions) if step.total < FEW else ()
    others += asked.over_documents(step)
    if not step.hits and not others:
        others = asked.over_cases()
    if not step.hits and not others and (some := asked.some_words()):
        step, tier = some, Tier.SOME
    everything = (*step.hits, *others)
    total = count(everything) if step.total <= len(step.hits) else totals(step.answer)
    return Found(everything, total, facets(step.answer), tier, notices=excluded.notices)


def check_index(index: IndexReader, databases: Databases) -> None:
    """Asked where nothing was found. An index that lost its records must not look like a stock without hits."""
    if index.holds_anything(IndexKind.PAGES):
        return
    with read_session(databases.ledger) as ledger:
        expected = ledgerview.any_confirmed(ledger)
    if expected:
        raise EnvironmentFault(
            "index_incomplete",
            "Der Suchindex ist unvollständig: Er enthält keine einzige Seite, der Seitennachweis aber schon.",
            "Die Administration führt „aktensuche migrate“ aus.",
        )


def page_marks(
    index: IndexReader, scope: AccessScope, request: SearchRequest, hits: Sequence[PageHit]
) -> dict[str, Marks]:
    """By page id: the text and what matched in it. Pages that the engine does not know are left out."""
    if not hits:
        return {}
    tags = fresh_tags()
    tiers = {page_id(hit.document_id, hit.number): hit.tier for hit in hits}
    answer = index.search(IndexKind.PAGES, marks_body(request, scope, list(tiers), tags))
    marks: dict[str, Marks] = {}
    ways = alternatives(request.question.tree)
    for hit in answer["hits"]["hits"]:
        text = str(hit["_source"].get(fields.TEXT, ""))
        tagged = hit.get("highlight", {})
        found = FoundText(
            text,
            _texts(hit["_source"].get(fields.TITLE))[0],
            literal=fragment_spans(tagged.get(fields.TEXT, ()), text, tags),
            stemmed=fragment_spans(tagged.get(fields.TEXT_STEM, ()), text, tags),
            cover=_joined(hit["_source"].get(fields.CASE_WORDS, "")),
            path_words=" ".join(_texts(hit["_source"].get(fields.TITLE))[1:]),
        )
        marks[hit["_id"]] = mark_page(found, request.terms, tiers[hit["_id"]], ways)
    return marks


def _look_alikes(
    index: IndexReader, scope: AccessScope, request: SearchRequest, exclusions: Exclusions
) -> tuple[PageHit, ...]:
    """Candidates with a word like each of these, kept where whole words really look alike."""
    body = tolerant_body(request, scope, exclusions)
    if body is None:
        return ()
    ways = [terms.every_word for terms in alternatives(request.question.tree, fields=False)]
    answer = index.search(IndexKind.PAGES, body | {"_source": [fields.TEXT, fields.CASE_WORDS, fields.TITLE]})
    texts = [_source_text(hit["_source"]) for hit in answer["hits"]["hits"]]
    hits = page_hits(answer, Tier.TOLERANT)
    return tuple(hit for hit, text in zip(hits, texts, strict=True) if _holds_any(text, ways))


def _holds_any(text: str, ways: Iterable[Sequence[str]]) -> bool:
    """Whether all words of one way have a word in the text that looks like them."""
    return any(words_alike(text, words) == set(words) for words in ways)


def _source_text(source: dict[str, object]) -> str:
    return " ".join(_joined(source.get(name, "")) for name in (fields.TEXT, fields.CASE_WORDS, fields.TITLE))


def _joined(value: object) -> str:
    """A field's value or values as one text."""
    return " ".join(_texts(value))


def _texts(value: object) -> list[str]:
    """The values of a field, one where it has none."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value or "")]
