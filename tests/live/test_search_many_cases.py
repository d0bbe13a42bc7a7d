"""A change or a grant that touches more cases than the engine takes in one clause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from casefile.database.accounts import RightKind, RightRow, UserRow
from casefile.database.ledger import CaseRow
from casefile.model import CoverSheet, CoverState, Role
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.retrieval import batch, listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.services import Services
from tests.shelf import Shelf, Shelved, own_instance
from tests.web import PASSWORD

MANY = 70_000
IDS = [f"{number:032x}" for number in range(MANY)]


@dataclass(frozen=True)
class Stock:
    services: Services
    open: Shelved
    changing: Shelved

    def found(self, user: str, text: str = "Gemeinschaftswort") -> set[str]:
        return {hit.path for hit in listing.list_hits(self.services, user, SearchRequest(text), 50).hits}


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("viele")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        cases = [shelf.put(name, CoverSheet(stelle="Team 1"), _one(name)) for name in ("offen", "wartend")]
        shelf.close()
        services = Services(settings)
        for name, units in {"leitung": ["*"], "gast": ["Team 9"]}.items():
            add_user(services.accounts, name, Role.LEAD, units, PASSWORD)
        _grant(services, "gast", [*IDS, *(case.case for case in cases)])
        _change(services, cases[1].case)
        yield Stock(services, *cases)
        services.close()


def _one(name: str) -> Mapping[str, Sequence[str]]:
    return {f"{name}.pdf": [f"Gemeinschaftswort und {name}"]}


def _grant(services: Services, user: str, cases: Sequence[str]) -> None:
    with services.accounts.begin() as session:
        user_id = session.scalars(select(UserRow.id).where(UserRow.name == user)).one()
        rows = [{"user_id": user_id, "kind": RightKind.GRANT, "value": case} for case in cases]
        session.execute(insert(RightRow), rows)


def _change(services: Services, case: str) -> None:
    """As a register does that moves every case to another unit: the index has yet to catch up."""
    with services.ledger.begin() as session:
        root = session.scalars(select(CaseRow.root_id).limit(1)).one()
        row = {"root_id": root, "cover_state": CoverState.PRESENT, "cover": {}, "version": 2, "indexed_version": 1}
        session.execute(insert(CaseRow), [row | {"id": key, "folder": key} for key in IDS])
        session.execute(update(CaseRow).where(CaseRow.id == case).values(version=2))


@pytest.mark.parametrize("user", ["leitung", "gast"])
def test_the_others_are_found_all_the_same(stock: Stock, user: str) -> None:
    assert stock.found(user) == {"offen/offen.pdf"}


def test_a_batch_answers_too(stock: Stock, tmp_path: Path) -> None:
    asked = tmp_path / "fragen.tsv"
    asked.write_text("".join(f"q{number}\tGemeinschaftswort\n" for number in range(batch.CHUNK)), encoding="utf-8")
    queries = batch.read_queries(asked, syntax=False)
    order = batch.Order("leitung", Unit.PAGE, 10, "t")
    assert batch.run(stock.services, order, queries, tmp_path / "lauf.trec") == batch.CHUNK
    lines = (tmp_path / "lauf.trec").read_text(encoding="utf-8").splitlines()
    assert {line.split()[2] for line in lines} == {"offen/offen.pdf#1"}
