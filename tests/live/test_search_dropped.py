"""Documents that the indexer drops while an answer is being made: they are left out, and the counts fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
)
from casefile.errors import AccessDenied
from casefile.model import CoverSheet, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from oversight.audit import Actor, Channel
from search_ui import ledgerview
from search_ui.context import Context, open_context
from search_ui.reading import opened
from search_ui.retrieval import batch, listing, search
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.result import Totals
from tests.shelf import Shelf, Shelved
from tests.web import PASSWORD

WORD = "Gemeinschaftswort"
LEAD = Actor("leitung", Channel.WEB)


@dataclass(frozen=True)
class Stock:
    context: Context
    kept: Shelved
    dropped: Shelved


@pytest.fixture
def stock(instance: Settings, tmp_path: Path) -> Iterator[Stock]:
    shelf = Shelf(instance, tmp_path / "quelle")
    files = {"a.pdf": [WORD, WORD], "b.pdf": [WORD]}
    cases = [shelf.put(name, CoverSheet(aktenzeichen=name), files) for name in ("bleibt", "geht")]
    shelf.close()
    context = open_context(instance)
    add_user(context.accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
    yield Stock(context, *cases)
    context.close()


def drop(stock: Stock, document: str) -> None:
    with stock.context.ledger.begin() as session:
        session.execute(delete(PageRow).where(PageRow.document_id == document))
        session.execute(delete(DocumentRow).where(DocumentRow.id == document))


def drop_case(stock: Stock) -> None:
    for document in stock.dropped.documents.values():
        drop(stock, document)
    with stock.context.ledger.begin() as session:
        session.execute(delete(FileRow).where(FileRow.case_id == stock.dropped.case))
        session.execute(delete(CaseRow).where(CaseRow.id == stock.dropped.case))


@pytest.fixture(params=["document", "case"])
def after_recheck(request: pytest.FixtureRequest, stock: Stock, monkeypatch: pytest.MonkeyPatch) -> str:
    """The indexer drops a document, or a whole case, right after the hits have been checked."""

    def dropping(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any) -> Any:
            hits = original(*arguments)
            drop_case(stock) if request.param == "case" else drop(stock, stock.dropped.documents["a.pdf"])
            return hits

        return checked

    for module in (search, batch):
        monkeypatch.setattr(module, "recheck", dropping(search.recheck))
    return str(request.param)


def test_the_hit_list_leaves_it_out(stock: Stock, after_recheck: str) -> None:
    answer = search.search(stock.context, LEAD, SearchRequest(WORD))
    expected = Totals(1, 2, 3) if after_recheck == "case" else Totals(2, 3, 4)
    assert answer.totals == expected
    documents = [document for case in answer.cases for document in case.documents]
    assert (len(answer.cases), len(documents)) == (expected.cases, expected.documents)
    assert sum(case.page_hits for case in answer.cases) == expected.pages


def test_the_command_line_leaves_it_out(stock: Stock, after_recheck: str) -> None:
    found = listing.list_hits(stock.context, "leitung", SearchRequest(WORD), 50)
    assert found.total.pages == len(found.hits) == (3 if after_recheck == "case" else 4)


@pytest.mark.parametrize("unit", list(batch.Unit))
def test_a_batch_leaves_it_out(stock: Stock, after_recheck: str, tmp_path: Path, unit: batch.Unit) -> None:
    query = batch.Query("q", WORD, batch.plain_terms(WORD))
    target = tmp_path / "lauf.trec"
    assert batch.run(stock.context, batch.Order("leitung", unit, 50, "t"), [query], target) == 1
    named = [line.split()[2] for line in target.read_text(encoding="utf-8").splitlines()]
    assert not [name for name in named if name.startswith("geht/a.pdf")]
    if after_recheck == "case":
        assert named and not [name for name in named if name.startswith("geht")]


def test_a_page_whose_case_goes_is_absent(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    original = ledgerview.documents

    def dropping(*arguments: Any) -> Any:
        rows = original(*arguments)
        drop_case(stock)
        return rows

    monkeypatch.setattr(ledgerview, "documents", dropping)
    place = opened.Place(stock.dropped.documents["a.pdf"], 1)
    with pytest.raises(AccessDenied):
        opened.open_page(stock.context, LEAD, place)


def test_an_attachment_without_its_parent_has_no_name(stock: Stock) -> None:
    """Between reading the attachment and its parent both are dropped."""
    orphan = DocumentRow(id="f" * 32, parent_id="e" * 32, path="a.zip!b.pdf", file_id=1)
    assert ledgerview.with_parents(stock.context, {orphan.id: orphan}) == {orphan.id: orphan}
