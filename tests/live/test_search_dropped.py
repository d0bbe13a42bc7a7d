"""Documents that the indexer drops while an answer is being made: they are left out, and the counts fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from casefile.database.events import Channel
from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
)
from casefile.database.sessions import read_session
from casefile.errors import AccessDenied
from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui import ledgerview
from search_ui.answering import Answering, answering
from search_ui.reading import pages
from search_ui.retrieval import answer, batch, listing, search
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.retrieval.result import Totals
from search_ui.services import Services
from tests.shelf import Shelf, Shelved
from tests.web import PASSWORD

WORD = "Gemeinschaftswort"
LEAD = Actor("leitung", Channel.WEB)


@dataclass(frozen=True)
class Stock:
    services: Services
    kept: Shelved
    dropped: Shelved


@pytest.fixture
def stock(instance: Settings, tmp_path: Path) -> Iterator[Stock]:
    shelf = Shelf(instance, tmp_path / "quelle")
    files = {"a.pdf": [WORD, WORD], "b.pdf": [WORD]}
    cases = [shelf.put(name, CoverSheet(aktenzeichen=name), files) for name in ("bleibt", "geht")]
    shelf.close()
    services = Services(instance)
    add_user(services.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
    yield Stock(services, *cases)
    services.close()


def drop(stock: Stock, document: str) -> None:
    with stock.services.ledger.begin() as session:
        session.execute(delete(PageRow).where(PageRow.document_id == document))
        session.execute(delete(DocumentRow).where(DocumentRow.id == document))


def drop_case(stock: Stock) -> None:
    for document in stock.dropped.documents.values():
        drop(stock, document)
    with stock.services.ledger.begin() as session:
        session.execute(delete(FileRow).where(FileRow.case_id == stock.dropped.case))
        session.execute(delete(CaseRow).where(CaseRow.id == stock.dropped.case))


@dataclass(frozen=True)
class Dropped:
    """`noticed`: by the second look at rights; else only a statement after it finds the row gone (PostgreSQL)."""

    what: str
    noticed: bool


DROPPED = [Dropped(what, noticed) for what in ("document", "case") for noticed in (True, False)]


@pytest.fixture(params=DROPPED, ids=lambda dropped: f"{dropped.what}-{dropped.noticed}")
def after_engine(request: pytest.FixtureRequest, stock: Stock, monkeypatch: pytest.MonkeyPatch) -> str:
    """The indexer drops a document, or a whole case, right after the engine has answered."""
    dropped: Dropped = request.param

    @contextmanager
    def dropping(*arguments: Any) -> Iterator[Answering]:
        drop_case(stock) if dropped.what == "case" else drop(stock, stock.dropped.documents["a.pdf"])
        with answering(*arguments) as now:
            yield now

    for module in (answer, batch):
        monkeypatch.setattr(module, "answering", dropping)
        if not dropped.noticed:
            monkeypatch.setattr(module, "permitted", lambda _, hits: set(hits))
    return dropped.what


def test_the_hit_list_leaves_it_out(stock: Stock, after_engine: str) -> None:
    given = search.search(stock.services, LEAD, SearchRequest(WORD))
    expected = Totals(1, 2, 3) if after_engine == "case" else Totals(2, 3, 4)
    assert given.totals == expected
    documents = [document for case in given.cases for document in case.documents]
    assert (len(given.cases), len(documents)) == (expected.cases, expected.documents)
    assert sum(case.page_hits for case in given.cases) == expected.pages


def test_the_command_line_leaves_it_out(stock: Stock, after_engine: str) -> None:
    found = listing.list_hits(stock.services, "leitung", SearchRequest(WORD), 50)
    assert found.total.pages == len(found.hits) == (3 if after_engine == "case" else 4)


@pytest.mark.parametrize("unit", list(Unit))
def test_a_batch_leaves_it_out(stock: Stock, after_engine: str, tmp_path: Path, unit: Unit) -> None:
    query = batch.Query("q", WORD, batch.plain_question(WORD))
    target = tmp_path / "lauf.trec"
    assert batch.run(stock.services, batch.Order("leitung", unit, 50, "t"), [query], target) == 1
    named = [line.split()[2] for line in target.read_text(encoding="utf-8").splitlines()]
    assert not [name for name in named if name.startswith("geht/a.pdf")]
    if after_engine == "case":
        assert named and not [name for name in named if name.startswith("geht")]


def test_a_page_whose_case_goes_is_absent(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgerview, "cases", lambda *_: {})
    place = pages.Place(stock.dropped.documents["a.pdf"], 1)
    with pytest.raises(AccessDenied):
        pages.open_page(stock.services, LEAD, place)


def test_an_attachment_without_its_parent_has_no_name(stock: Stock) -> None:
    """Between reading the attachment and its parent both are dropped."""
    orphan = DocumentRow(id="f" * 32, parent_id="e" * 32, path="a.zip!b.pdf", file_id=1)
    with read_session(stock.services.ledger) as ledger:
        assert ledgerview.with_parents(ledger, {orphan.id: orphan}) == {orphan.id: orphan}
