"""The quick form of `bench/retrieval`: a class of questions that finds less than it did fails here.

A floor lies a little below what was measured, and rises with it; the goals are those of `bench.retrieval.classes`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.retrieval.cells import Cell
from bench.retrieval.classes import CLEAN
from bench.retrieval.measure import mean
from bench.retrieval.run import loaded
from bench.retrieval.stock_collection import read_stock
from casefile.settings import Settings
from stock import queries
from stock.build import build
from stock.cases.plan import Size

QUERIES = 30
FLOORS = {
    "exact": 0.97,
    "inflected": 0.95,
    "compound_by_parts": 0.55,
    "parts_by_compound": 0.90,
    "name_spelling": 0.95,
    "reference_spelling": 0.90,
    "identifier_spelling": 0.75,
    "amount_spelling": 0.95,
    "date_spelling": 0.90,
    "phrase": 0.98,
    "over_document": 0.95,
    "over_case": 0.95,
    "cover_and_page": 0.95,
    "rent_contract": 0.70,
}
MOST_DOCUMENTS = {"nowhere": 0.0}


@pytest.fixture(scope="module")
def cells(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Cell]]:
    folder = tmp_path_factory.mktemp("guete")
    build("q", 3, folder / "akten", folder / "wahrheit", plan=Size("q", 8, 12, 0.0))
    queries.write(folder / "wahrheit", 1, QUERIES)
    stock = read_stock(folder / "wahrheit", QUERIES, 1)
    with loaded(engine, folder / "q", stock, with_baselines=False) as (services, baselines):
        yield {name: Cell(services, baselines, stock, CLEAN, name) for name in stock.queries}


@pytest.mark.parametrize("name", FLOORS)
def test_a_class_finds_no_less_than_it_did(cells: dict[str, Cell], name: str) -> None:
    cell = cells[name]
    missed = [query.text for query in cell.queries if not cell.scores[query.id]]
    assert mean(cell.scores) >= FLOORS[name], f"not found: {missed}"


@pytest.mark.parametrize("name", MOST_DOCUMENTS)
def test_words_that_stand_nowhere_find_nothing(cells: dict[str, Cell], name: str) -> None:
    found = cells[name].documents_found
    assert mean(found) <= MOST_DOCUMENTS[name], found
