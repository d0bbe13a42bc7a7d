"""What the engine finds for a request, in steps, and where it marks it. Nothing here has been checked a second time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
from search_ui.retrieval.query import WINDOW, Tier, marks_body, search_body, some_words_body, tolerant_body
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.question.tree import alternatives
from search_ui.retrieval.result import Found, PageHit, count, facets, page_hits, totals

FEW = 3  # fewer pages than this with all words: look for look-alikes too


def find(index: IndexReader, scope: AccessScope, request: SearchRequest) -> Found:
    """All words; where that brings little, look-alikes; where that brings nothing, some of the words."""
    excluded = look_up(index, scope, request, request.question.tree)
    answer = index.search(IndexKind.PAGES, search_body(request, scope, excluded.exclusions))
    tier = Tier.ALL
    few = answer["hits"]["total"]["value"] < FEW
    look_alikes = _look_alikes(index, scope, request, excluded.exclusions) if few else ()
    some = some_words_body(request, scope, excluded.exclusions)
    if not answer["hits"]["hits"] and not look_alikes and (body := some):
        answer, tier = index.search(IndexKind.PAGES, body), Tier.SOME
    hits = page_hits(answer, tier)
    everything = (*hits, *look_alikes)
    whole = len(hits) < WINDOW
    total = count(everything) if whole else totals(answer)
    return Found(everything, total, facets(answer), tier, notices=excluded.notices)


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
