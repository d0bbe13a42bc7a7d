"""The program's own two ways: the ranked list of `batch-search`, and the search of the interface."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.retrieval.baselines import Run
from bench.retrieval.collection import Collection, Query, write_trec
from bench.retrieval.load import USER, identifier
from casefile.database.events import Channel
from oversight.audit import Actor
from search_ui.answering import looking
from search_ui.retrieval import batch
from search_ui.retrieval.answer import answer
from search_ui.retrieval.query import Tier
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.retrieval.result import Found, PageHit
from search_ui.services import Services


def ranked(services: Services, queries: Sequence[Query], depth: int, *, documents: bool, syntax: bool) -> Run:
    """As `aktensuche batch-search` writes it."""
    unit = Unit.DOCUMENT if documents else Unit.PAGE
    with tempfile.TemporaryDirectory() as folder:
        asked = batch.read_queries(write_trec(Path(folder), "asked", queries), syntax=syntax)
        batch.run(services, batch.Order(USER, unit, depth, "aktensuche"), asked, Path(folder) / "run")
        return read_run(Path(folder) / "run", queries)


def read_run(path: Path, queries: Sequence[Query]) -> Run:
    found: Run = {query.id: [] for query in queries}
    for line in path.read_text("utf-8").splitlines():
        name, _, page, *_ = line.split(" ")
        found[name].append(page)
    return found


@dataclass(frozen=True)
class Interactive:
    """Every hit in the order of the list; `literal`: those with all that was asked for; `documents`: how many."""

    run: Run = field(default_factory=dict)
    literal: Run = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)


class _Nothing:
    """No hit is shown, so none is marked: only what is found, and in which order."""

    def hits(self, _found: Found) -> Sequence[PageHit]:
        return ()

    def list_page(self, _found: Found) -> None:
        return None


def interactive(services: Services, collection: Collection, queries: Sequence[Query]) -> Interactive:
    """As a person at the interface asks, with rights, second look and audit row."""
    names = {identifier(document): document for document in collection.documents()}
    given = Interactive()
    actor = Actor(USER, Channel.WEB)
    for query in queries:
        with looking(services.databases, actor) as look:
            scope = look.scope
        found = answer(services, actor, scope, SearchRequest(query.text), _Nothing()).found
        pages = [(names[hit.document_id].page_name(hit.number), hit.tier) for hit in found.hits]
        given.run[query.id] = [page for page, _ in pages]
        given.literal[query.id] = [page for page, tier in pages if tier is Tier.ALL]
        given.documents[query.id] = found.totals.documents
    return given
