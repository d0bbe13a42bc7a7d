"""Words scattered over a document, a case and its cover sheet; whole documents decide the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from casefile.model import CoverSheet, Role
from casefile.model import Person as Named
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.retrieval import listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD, Person, running_app


@dataclass(frozen=True)
class Stock:
    app: Flask

    def hits(self, asked: str, user: str = "leitung") -> list[listing.ListedHit]:
        services: Services = self.app.extensions[EXTENSION]
        return list(listing.list_hits(services, user, SearchRequest(asked), 50).hits)

    def names(self, asked: str, user: str = "leitung") -> list[str]:
        return [f"{hit.path.rsplit('/', 1)[-1]}#{hit.page} {hit.reason}" for hit in self.hits(asked, user)]


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("rangfolge")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        fill(shelf)
        shelf.close()
        with running_app(settings) as app:
            accounts = app.extensions[EXTENSION].accounts
            add_user(accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
            add_user(accounts, "vogt", Role.CASEWORKER, ["Wohnen"], PASSWORD)
            yield Stock(app)


def fill(shelf: Shelf) -> None:
    filler = "Dazu steht hier weiterer Text, der nichts mit der Sache zu tun hat und länger ist."
    shelf.put(
        "Akte 1",
        CoverSheet(
            aktenzeichen="31702//0604545", stelle="Wohnen", personen=(Named("Bergmann", "Ute"),),
            schlagwoerter=("Darlehen",),
        ),
        {
            "vertrag.pdf": [f"Mietvertrag über Wohnraum\n{filler}", f"§ 8 Schlüssel\n{filler}"],
            "anfrage.pdf": [f"Anfrage\nBitte den Mietvertrag und den anderen Mietvertrag vorlegen.\n{filler} {filler}"],
            "bericht.pdf": ["Der Ofenrohrschaden wurde gemeldet", "Gezahlt wird der Ziegelersatz"],
            "brief.pdf": ["Es geht um die Dachluke"],
        },
    )  # fmt: skip
    shelf.put(
        "Akte 2",
        CoverSheet(aktenzeichen="31702//0999999", stelle="Ausland"),
        {
            "fremd.pdf": ["Die Akte 31702//0604545 wird hinzugezogen, 31702//0604545"],
            "ohr.pdf": ["Ofenrohrschaden allein", "essen gehen, essen kaufen", "Reise nach Essen"],
            "klein.pdf": ["wir essen zusammen"],
        },
    )


def test_the_document_that_is_one_stands_before_those_that_mention_it(stock: Stock) -> None:
    """The name stands on the cover sheet alone."""
    assert stock.names("Bergmann Mietvertrag")[0] == "vertrag.pdf#1 Seite und Deckblatt"
    assert stock.names("Mietvertrag")[0] == "vertrag.pdf#1 wörtlich"


def test_keywords_of_the_cover_sheet_are_searched_with_the_page(stock: Stock) -> None:
    assert stock.names("Darlehen Dachluke") == ["brief.pdf#1 Seite und Deckblatt"]


def test_words_on_several_pages_of_a_document(stock: Stock) -> None:
    found = stock.names("Ofenrohrschaden Ziegelersatz")
    assert set(found) == {f"bericht.pdf#{number} über das Dokument verteilt" for number in (1, 2)}
    assert "auf mehreren Seiten" in Person(stock.app, "leitung").search("Ofenrohrschaden Ziegelersatz").text


def test_words_in_several_documents_of_a_case(stock: Stock) -> None:
    found = stock.names("Dachluke Ziegelersatz")
    assert set(found) == {f"{place} über die Akte verteilt" for place in ("brief.pdf#1", "bericht.pdf#2")}
    assert "auf verschiedene Dokumente" in Person(stock.app, "leitung").search("Dachluke Ziegelersatz").text


def test_what_somebody_may_not_see_is_no_part_of_a_case(stock: Stock) -> None:
    assert stock.names("Ofenrohrschaden Reise")[0].startswith("ohr.pdf")
    assert stock.names("Ofenrohrschaden Reise", "vogt") == ["bericht.pdf#1 nicht alle Wörter"]


@pytest.mark.parametrize("asked", ["31702//0604545", "31702.0604545", "0604545"])
def test_the_case_itself_stands_before_those_that_cite_it(stock: Stock, asked: str) -> None:
    cases = list(dict.fromkeys(hit.case for hit in stock.hits(asked)))
    assert cases == ["31702//0604545", "31702//0999999"]


def test_letter_case_as_typed_comes_first(stock: Stock) -> None:
    assert stock.names("Essen")[0].startswith("ohr.pdf")
