"""Texts, stores and indices that are not as they should be: what a search and a page say then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask import Flask

from casefile.database.ledger import DocumentRow
from casefile.errors import EnvironmentFault
from casefile.index.names import index_name
from casefile.index.schema import VERSIONS, IndexKind
from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from oversight.accounts import add_user
from search_ui.retrieval import batch, listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests import material, shelf
from tests.shelf import Shelf, Shelved, own_instance
from tests.web import PASSWORD, Person, running_app


@dataclass(frozen=True)
class Stock:
    app: Flask
    case: Shelved

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services

    def hits(self, asked: str) -> list[listing.ListedHit]:
        return list(listing.list_hits(self.services, "leitung", SearchRequest(asked), 50).hits)


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("widrig")
    with own_instance(engine, home / "home") as settings, pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "text_pdf", without_control_characters)
        filled = Shelf(settings, home / "quelle")
        case = filled.put(
            "Akte",
            CoverSheet(aktenzeichen="1/2020", betreff="Miete"),
            {
                "steuer.pdf": ["vorher\x00die Quittung\x1b[31m liegt bei\x00nachher", "andere Seite"],
                "verloren.pdf": ["Die Urkunde ist verloren"],
            },
            kind="Brief",
        )
        filled.close()
        with running_app(settings) as app:
            add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
            yield Stock(app, case)


def without_control_characters(path: Path, pages: Sequence[str]) -> None:
    material.text_pdf(path, ["".join(ch for ch in page if ch.isprintable()) for page in pages])


def test_control_characters_cost_no_mark(stock: Stock) -> None:
    hit = stock.hits("Quittung")[0]
    assert (hit.page, hit.reason) == (1, "wörtlich")
    person = Person(stock.app, "leitung")
    location = person.post("/suche", q="Quittung").headers["Location"]
    assert "<mark>Quittung</mark>" in person.get(location).text
    search_id = location.rsplit("/", 1)[-1]
    body = person.get(f"/seite/{stock.case.documents['steuer.pdf']}/1?suche={search_id}").text
    assert "<mark>Quittung</mark>" in body


def test_one_page_in_a_facet_is_one_page(stock: Stock) -> None:
    body = Person(stock.app, "leitung").search("Quittung").text
    assert '1<span class="kern-sr-only"> Seite</span>' in body
    assert "1 Seiten" not in body and '1<span class="kern-sr-only"> Seiten' not in body


def test_a_text_that_was_lost_is_told_apart_from_a_blank_page(stock: Stock) -> None:
    document = stock.case.documents["verloren.pdf"]
    with stock.services.ledger() as session:
        sha256 = session.get_one(DocumentRow, document).sha256
    DerivedStore(stock.services.settings.home / "derived").remove(sha256)
    body = Person(stock.app, "leitung").get(f"/seite/{document}/1").text
    assert "gespeicherte Text dieser Seite fehlt" in body and "aktensuche migrate" in body
    assert "leere Seite" not in body and "Diese Seite ist leer" not in body
    assert f"/bild/{document}/1.webp" in body


def test_no_hits_in_a_whole_index_is_no_fault(stock: Stock) -> None:
    assert "Keine Treffer" in Person(stock.app, "leitung").search("Xylophonkonzert").text


@pytest.mark.last
def test_an_index_without_records_is_no_stock_without_hits(stock: Stock, tmp_path: Path) -> None:
    settings = stock.services.settings
    request = Request(
        f"{settings.opensearch_url}/{settings.index_prefix}-pages/_delete_by_query?refresh=true",
        data=b'{"query": {"match_all": {}}}',
        headers={"Content-Type": "application/json"},
    )
    urlopen(request, timeout=30).close()
    answer = Person(stock.app, "leitung").search("Quittung")
    assert answer.status_code == 503
    assert "Suchindex ist unvollständig" in answer.text and "aktensuche migrate" in answer.text
    queries = [batch.Query("q", "Quittung", batch.plain_question("Quittung"))]
    order = batch.Order("leitung", Unit.PAGE, 10, "t")
    with pytest.raises(EnvironmentFault) as caught:
        batch.run(stock.services, order, queries, tmp_path / "lauf.trec")
    assert caught.value.code == "index_incomplete"
    assert not (tmp_path / "lauf.trec").exists()
    name = index_name(settings.index_prefix, IndexKind.PAGES, VERSIONS[IndexKind.PAGES])
    gone = Request(f"{settings.opensearch_url}/{name}", method="DELETE")
    urlopen(gone, timeout=30).close()
    answer = Person(stock.app, "leitung").search("Quittung")
    assert answer.status_code == 503 and "Der Suchindex fehlt" in answer.text
