"""How many transactions an answer costs, counted by the databases' own events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from casefile.database.events import Channel
from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui.reading import cases, inventory, log, pages
from search_ui.retrieval import batch, listing, search
from search_ui.retrieval.kept import keep_search
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.shelf import Shelf, Shelved, own_instance
from tests.web import PASSWORD, Person, running_app

LEAD = Actor("leitung", Channel.WEB)


@dataclass(frozen=True)
class Stock:
    app: Flask
    case: Shelved

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services

    @property
    def place(self) -> pages.Place:
        return pages.Place(self.case.documents["Brief.pdf"], 1)

    def kept(self, text: str) -> str:
        return keep_search(self.services.accounts, 1, SearchRequest(text))


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("transaktionen")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        case = shelf.put("Akte 1", CoverSheet(aktenzeichen="1-2345/2020"), {"Brief.pdf": ["Wohnung", "Wohnungen"]})
        shelf.close()
        with running_app(settings) as app:
            add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
            yield Stock(app, case)


@contextmanager
def counted(services: Services) -> Iterator[Counter[str]]:
    """Transactions begun meanwhile, by database."""
    begun: Counter[str] = Counter()
    sessions = {"ledger": services.ledger, "accounts": services.accounts}
    listeners = [(made.kw["bind"], lambda _, name=name: begun.update([name])) for name, made in sessions.items()]
    for database, listener in listeners:
        event.listen(database, "begin", listener)
    yield begun
    for database, listener in listeners:
        event.remove(database, "begin", listener)


ANSWERS: dict[str, Callable[[Stock], object]] = {
    "hit list": lambda stock: search.search(stock.services, LEAD, SearchRequest("Wohnung")),
    "look-alikes": lambda stock: search.search(stock.services, LEAD, SearchRequest("Wohnvng")),
    "nothing found": lambda stock: search.search(stock.services, LEAD, SearchRequest("Kaninchenstall")),
    "command line": lambda stock: listing.list_hits(stock.services, "leitung", SearchRequest("Wohnung"), 10),
    "page": lambda stock: pages.open_page(stock.services, LEAD, stock.place),
    "case": lambda stock: cases.open_case(stock.services, LEAD, stock.case.case),
    "state of the stock": lambda stock: inventory.open_inventory(stock.services, LEAD),
    "audit log": lambda stock: log.read_log(stock.services, LEAD, 1),
}
ENGINE_ASKED = {"hit list", "look-alikes", "nothing found", "command line"}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_looks_before_and_after_the_engine_once_each(stock: Stock, name: str) -> None:
    with counted(stock.services) as begun:
        ANSWERS[name](stock)
    looks = 2 if name in ENGINE_ASKED else 1
    assert begun == {"ledger": looks, "accounts": looks}


def test_a_kept_search_costs_no_more(stock: Stock) -> None:
    identifier = stock.kept("Wohnung")
    with counted(stock.services) as begun:
        request, answer = search.open_search(stock.services, LEAD, identifier)
    assert (request.text, answer.totals.pages, begun.total()) == ("Wohnung", 2, 4)
    with counted(stock.services) as begun:
        view = pages.open_page(stock.services, LEAD, stock.place, identifier)
    assert view.walk is not None and view.walk.total == 2
    assert begun.total() == 4


def test_a_chunk_of_a_batch_costs_as_much_as_one_search(stock: Stock, tmp_path: Path) -> None:
    queries = [batch.Query(f"q{number}", "Wohnung", batch.plain_question("Wohnung")) for number in range(batch.CHUNK)]
    order = batch.Order("leitung", Unit.PAGE, 10, "t")
    with counted(stock.services) as begun:
        assert batch.run(stock.services, order, queries, tmp_path / "lauf.trec") == batch.CHUNK
    assert begun.total() == 4


def test_the_request_of_a_browser_adds_the_look_at_its_session(stock: Stock) -> None:
    person = Person(stock.app, "leitung")
    location = person.post("/suche", q="Wohnung").headers["Location"]
    with counted(stock.services) as begun:
        assert "Wohnung" in person.get(location).text
    assert begun.total() == 5
