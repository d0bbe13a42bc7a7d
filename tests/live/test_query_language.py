"""The query language against the real engine: what each sign finds, and what is said about it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from casefile.database.events import Channel
from casefile.model import CoverSheet, Role
from casefile.model import Person as Named
from casefile.settings import Settings
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui.answering import looking
from search_ui.retrieval import batch, listing
from search_ui.retrieval.operators.exclusion import look_up
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD, Person, running_app


@dataclass(frozen=True)
class Stock:
    app: Flask

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services

    def listing(self, asked: str, user: str = "leitung", **options: bool) -> listing.Listing:
        return listing.list_hits(self.services, user, SearchRequest(asked, **options), 50)

    def found(self, asked: str, user: str = "leitung", **options: bool) -> set[str]:
        return {f"{hit.path.rsplit('/', 1)[-1]}#{hit.page}" for hit in self.listing(asked, user, **options).hits}


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("sprache")
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
    shelf.put(
        "50.2-1187",
        CoverSheet(
            aktenzeichen="50.2-1187/2021", betreff="Unterkunft", stelle="Wohnen",
            personen=(Named("Yıldız", "Elif"),), schlagwoerter=("Kalte Kosten",),
        ),
        {
            "eins.pdf": ["Quittung über die Miete der Wohnung", "Dazu gehört die Fernwärme des Hauses"],
            "zwei.pdf": ["Quittung über Strom und weit davon entfernt steht nach sehr vielen anderen Wörtern auch Gas"],
            "drei.pdf": ["Quittung Miete", "andere Seite", "hier steht Ofenrohr, eins zwei drei, Kamin"],
        },
        kind="Beleg",
        date="2021-03-12",
    )  # fmt: skip
    shelf.put(
        "Fremd",
        CoverSheet(
            aktenzeichen="31702.0707648",
            betreff="Anderes",
            stelle="Ausland",
            personen=(Named("Dvořáková", "Jana"),),
        ),
        {
            "vier.pdf": ["Sehr geehrte Frau Çelik, die Quittung vom 12. März 2021 über 348,17 EUR liegt bei"],
            "acht.pdf": ["Die Quittung über Ofenrohre und den Kaminkehrer", "Ofenrohr"],
        },
        kind="Schreiben",
        date="2022-05-01",
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Quittung Miete", {"eins.pdf#1", "drei.pdf#1"}),
        ("Quittung UND Miete", {"eins.pdf#1", "drei.pdf#1"}),
        ("Miete ODER Strom", {"eins.pdf#1", "drei.pdf#1", "zwei.pdf#1"}),
        ("Quittung (Strom ODER Wohnung)", {"zwei.pdf#1", "eins.pdf#1"}),
        ("Quittung -Miete", {"zwei.pdf#1", "vier.pdf#1", "acht.pdf#1"}),
        # on another page of the document
        ("Quittung -Ofenrohr", {"eins.pdf#1", "zwei.pdf#1", "vier.pdf#1"}),
        ("Quittung NICHT (Fernwärme ODER Ofenrohr)", {"zwei.pdf#1", "vier.pdf#1"}),
        ('Quittung -"Fernwärme des Hauses" -Ofenrohr', {"zwei.pdf#1", "vier.pdf#1"}),
        # a part of a longer word excludes nothing
        ("Quittung -Wärme -Strom", {"eins.pdf#1", "drei.pdf#1", "vier.pdf#1", "acht.pdf#1"}),
        ("Quittung NICHT (Miete Ofenrohr)", {"eins.pdf#1", "zwei.pdf#1", "vier.pdf#1", "acht.pdf#1"}),
        ("Ofenrohr NAHE/3 Kamin", {"drei.pdf#3"}),
        ("Ofenrohr NAHE/2 Kamin", set()),
        ("Quittung NAHE (Strom ODER Wohnung)", {"zwei.pdf#1", "eins.pdf#1"}),
        ("Strom NAHE Gas", set()),
        ("Fernw*", {"eins.pdf#2"}),
        ("*wärme", {"eins.pdf#2"}),
        ("F?rnw*me", {"eins.pdf#2"}),
        ("Ofenr*", {"drei.pdf#3", "acht.pdf#1", "acht.pdf#2"}),
        ("Quittung -Ofenr*", {"eins.pdf#1", "zwei.pdf#1", "vier.pdf#1"}),
        ("az:50.2-1187/2021 Strom", {"zwei.pdf#1"}),
        ("az:3170207* Kaminkehrer", {"acht.pdf#1"}),
        ("name:Yildiz Miete", {"eins.pdf#1", "drei.pdf#1"}),
        ("name:Celik", {"vier.pdf#1"}),
        ("name:Quittung", set()),
        ("Quittung vom:2022", {"vier.pdf#1", "acht.pdf#1"}),
        ("Quittung vom:<2022", {"eins.pdf#1", "zwei.pdf#1", "drei.pdf#1"}),
        ("Quittung art:schreiben", {"vier.pdf#1", "acht.pdf#1"}),
        ('Strom schlagwort:"kalte kosten"', {"zwei.pdf#1"}),
        ("Quittung -schlagwort:Kalte*", {"vier.pdf#1", "acht.pdf#1"}),
        ("12.3.2021 ODER Fernwärme", {"vier.pdf#1", "eins.pdf#2"}),
        ("348,17 NICHT Miete", {"vier.pdf#1"}),
        ("Quittung NICHT 12.03.2021 -Miete -Ofenrohr", {"zwei.pdf#1"}),
    ],
)
def test_what_is_found(stock: Stock, asked: str, found: set[str]) -> None:
    assert stock.found(asked) == found


def test_only_exclusions_show_the_rest_and_say_so(stock: Stock) -> None:
    answer = stock.listing("-Quittung")
    assert not answer.hits and "nur Ausschlüsse" in answer.repairs[0]
    assert {hit.path.rsplit("/", 1)[-1] for hit in stock.listing("-Ofenrohr").hits} == {
        *("eins.pdf", "zwei.pdf", "vier.pdf"),
    }


def test_an_exclusion_says_how_much_it_takes_out(stock: Stock) -> None:
    assert "2 Dokumente" in stock.listing("Quittung -Ofenrohr").notices[0]
    assert "schließt nichts aus" in stock.listing("Quittung -Giraffe").notices[0]


def test_an_exclusion_counts_only_what_the_asker_may_see(stock: Stock) -> None:
    assert "1 Dokument." in stock.listing("Quittung -Ofenrohr", "vogt").notices[0]
    assert "schließt nichts aus" in stock.listing("Quittung -Kaminkehrer", "vogt").notices[0]


@pytest.mark.parametrize(("asked", "whole"), [("Fernwärme -Quittung", True), ("Quittung -Ofenrohr", False)])
def test_an_exclusion_of_too_many_documents_is_looked_up_among_the_hits(stock: Stock, asked: str, whole: bool) -> None:
    """One document at most: of a common word those that would be found; where these are too many it is said."""
    request = SearchRequest(asked)
    with looking(stock.services.databases, Actor("leitung", Channel.CLI, "test")) as look:
        scope = look.scope
    looked_up = look_up(stock.services.index(), scope, request, request.question.tree, most=1)
    (excluded,) = looked_up.exclusions.values()
    assert (excluded.whole, len(excluded.documents)) == (whole, 1)
    assert ("in mehr als" in looked_up.notices[0]) is not whole


def test_exact_holds_for_every_sign(stock: Stock) -> None:
    assert stock.found("Ofenrohre NAHE Kaminkehrer", exact=True) == {"acht.pdf#1"}
    assert stock.found("Ofenrohr NAHE Kaminkehrer", exact=True) == set()
    assert stock.found("Quittung -Ofenrohre", exact=True) >= {"drei.pdf#1"}


def test_what_is_excluded_is_not_marked_and_alternatives_have_their_reason(stock: Stock) -> None:
    reasons = {hit.path.rsplit("/", 1)[-1]: hit.reason for hit in stock.listing("Wohnung ODER Strom").hits}
    assert reasons == {"eins.pdf": "wörtlich", "zwei.pdf": "wörtlich"}
    (hit,) = stock.listing("Fernw*").hits
    assert hit.reason == "Platzhalter"
    body = Person(stock.app, "leitung").search("Fernw* -Ofenrohr").text
    assert "<mark>Fernwärme</mark>" in body


def test_repairs_are_shown_in_page_fragment_and_on_the_command_line(stock: Stock) -> None:
    said = "Eine Klammer war offen; sie wurde am Ende ergänzt."
    person = Person(stock.app, "leitung")
    assert said in html.unescape(person.search("(Miete ODER Strom").text)
    fragment = person.post("/suche", {"HX-Request": "true", "HX-Request-Type": "partial"}, q="(Miete ODER Strom")
    assert said in html.unescape(fragment.text) and "<html" not in fragment.text
    answer = stock.listing("(Miete ODER Strom")
    assert json.loads(listing.as_json(answer))["repairs"] == [said]
    assert next(listing.as_lines(answer)) == said


def test_a_batch_takes_the_language_only_when_asked(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("lauf")
    (folder / "fragen.tsv").write_text("a\tQuittung -Miete\nb\tMiete ODER Strom\n", encoding="utf-8")
    order = batch.Order("leitung", Unit.PAGE, 10, "lauf")
    found: dict[bool, set[tuple[str, str]]] = {}
    for syntax in (False, True):
        queries = batch.read_queries(folder / "fragen.tsv", syntax=syntax)
        batch.run(stock.services, order, queries, folder / "lauf.trec")
        lines = [line.split() for line in (folder / "lauf.trec").read_text(encoding="utf-8").splitlines()]
        found[syntax] = {(line[0], line[2].rsplit("/", 1)[-1]) for line in lines}
    assert {name for query, name in found[True] if query == "a"} == {"zwei.pdf#1", "vier.pdf#1", "acht.pdf#1"}
    assert {name for query, name in found[True] if query == "b"} == {"eins.pdf#1", "drei.pdf#1", "zwei.pdf#1"}
    assert ("a", "eins.pdf#1") in found[False]


@pytest.mark.parametrize("asked", ["(((", "ODER", '"', "-", "*", "NICHT ODER UND", "az:", "a* b*", ") NAHE ("])
def test_nothing_typed_is_an_error_page(stock: Stock, asked: str) -> None:
    answer = Person(stock.app, "leitung").post("/suche", q=asked)
    assert answer.status_code in (303, 422), asked
    if answer.status_code == 303:
        assert Person(stock.app, "leitung").get(answer.headers["Location"]).status_code == 200


def test_nothing_found_says_what_was_meant_and_what_each_part_takes_away(stock: Stock) -> None:
    body = html.unescape(Person(stock.app, "leitung").search("Quitung art:Beleg").text)
    assert "Meinten Sie" in body and "Quittung art:Beleg" in body
    body = html.unescape(Person(stock.app, "leitung").search("Kaminkehrer Fernwärme").text)
    assert "ohne Fernwärme" in body and "ohne Kaminkehrer" in body


def test_names_are_suggested_from_cover_sheets_of_the_own_cases_alone(stock: Stock) -> None:
    own, all_cases = Person(stock.app, "vogt"), Person(stock.app, "leitung")
    assert "Yıldız art:Beleg" in html.unescape(own.search("Yildzi art:Beleg").text)
    assert "Dvořáková" in html.unescape(all_cases.search("Dvorakowa").text)
    assert "Dvořáková" not in html.unescape(own.search("Dvorakowa").text)


def test_a_filter_says_how_much_it_hides(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    body = html.unescape(person.search("Quittung", art="Beleg").text)
    assert "Die Filter lassen Treffer weg" in body and "wären es 5 Seiten" in body
    assert "3 Seiten" in html.unescape(Person(stock.app, "vogt").search("Quittung").text)
    assert "lassen Treffer weg" not in html.unescape(Person(stock.app, "vogt").search("Quittung", art="Beleg").text)
    location = person.post("/suche", q="Kaminkehrer", art="Beleg").headers["Location"]
    assert "ohne Art: Beleg" in html.unescape(person.get(location).text)
    changed = person.post(f"{location}/filter", minus="art:")
    assert "Kaminkehrer" in html.unescape(person.get(changed.headers["Location"]).text)
    changed = person.post(f"{location}/filter", text="Quittung Strom")
    assert "<mark>Strom</mark>" in html.unescape(person.get(changed.headers["Location"]).text)
