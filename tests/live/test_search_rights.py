"""Rights on the command line, in batches, counts and single cases; every route is asked in `test_canaries.py`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from casefile.database.accounts import AuditRow, RightKind, RightRow, UserRow
from casefile.database.events import Channel
from casefile.database.ledger import CaseRow, DocumentRow
from casefile.errors import AccessDenied
from casefile.facets import KEYWORDS, KIND, UNIT
from casefile.model import Confidentiality, Role
from casefile.settings import Settings
from oversight.access.kinds import set_metadata_only
from oversight.accounts import add_user, set_units
from oversight.audit import Actor
from oversight.rights import current_scope
from search_ui.retrieval import batch, listing
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.ranking.lists import Unit
from search_ui.retrieval.search import search
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.canaries import EVERYWHERE, STAFF, Canary, put_canary
from tests.shelf import Shelf, own_instance
from tests.web import PASSWORD, Person, running_app

UNITS = ("Leistung 1", "Leistung 2")


@dataclass(frozen=True)
class Stock:
    app: Flask
    shelf: Shelf
    cases: tuple[Canary, ...]

    @property
    def services(self) -> Services:
        services: Services = self.app.extensions[EXTENSION]
        return services


# Those of `STAFF` whose rights are their role and units alone.
PEOPLE = ("sach1", "sach2", "sachalle", "leitung1", "leitungalle", "archiv2", "revision", "technik", "niemand")


@pytest.fixture(scope="module")
def stock(engine: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stock]:
    home = tmp_path_factory.mktemp("rechte")
    with own_instance(engine, home / "home") as settings:
        shelf = Shelf(settings, home / "quelle")
        cases = tuple(put_canary(shelf, unit, level, pages=2) for unit in (*UNITS, "") for level in Confidentiality)
        with running_app(settings) as app:
            for name in PEOPLE:
                add_user(app.extensions[EXTENSION].accounts, name, STAFF[name].role, STAFF[name].units, PASSWORD)
            yield Stock(app, shelf, cases)
        shelf.close()


@pytest.fixture(scope="module", params=sorted(PEOPLE))
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def expected(name: str, stock: Stock) -> set[str]:
    return {case.word for case in stock.cases if STAFF[name].sees(case)}


def test_the_command_line_obeys_the_same_rights(stock: Stock, name: str) -> None:
    found = listing.list_hits(stock.services, name, SearchRequest(EVERYWHERE), 100)
    assert {hit.path.split("-")[0] for hit in found.hits} == expected(name, stock)
    assert found.total.cases == len(expected(name, stock))
    assert found.total.pages == 2 * len(expected(name, stock))


@pytest.mark.parametrize("unit", list(Unit))
def test_a_batch_obeys_the_same_rights(stock: Stock, name: str, unit: Unit, tmp_path: Path) -> None:
    queries = [batch.Query("q1", EVERYWHERE, batch.plain_question(EVERYWHERE))]
    queries += [batch.Query(c.word, c.word, batch.plain_question(c.word)) for c in stock.cases]
    target = tmp_path / "lauf.trec"
    batch.run(stock.services, batch.Order(name, unit, 100, "t"), queries, target)
    lines = [line.split() for line in target.read_text().splitlines()]
    assert {line[2].split("-")[0] for line in lines if line[0] == "q1"} == expected(name, stock)
    exact = {line[0] for line in lines if line[0] != "q1" and line[2].startswith(f"{line[0]}-")}
    assert exact == expected(name, stock)


def test_counts_and_facets_count_only_what_may_be_seen(stock: Stock, name: str) -> None:
    answer = search(stock.services, Actor(name, Channel.WEB), SearchRequest(EVERYWHERE))
    visible = [case for case in stock.cases if STAFF[name].sees(case)]
    assert answer.totals.cases == len(visible)
    counts = {one.facet: {value.value: value.count for value in one.values} for one in answer.facets}
    assert set(counts.get(KIND, ())) == {f"{case.word}-Art" for case in visible}
    assert set(counts.get(UNIT, ())) == {case.unit for case in visible if case.unit}
    assert set(counts.get(KEYWORDS, ())) == {f"{case.word}-Schlagwort" for case in visible}
    assert sum(counts.get(KIND, {}).values()) == answer.totals.pages


def test_a_grant_opens_one_case_and_a_block_closes_one(stock: Stock) -> None:
    accounts = stock.services.accounts
    add_user(accounts, "einzel", Role.CASEWORKER, ["Leistung 1"], PASSWORD)
    foreign = next(c for c in stock.cases if c.unit == "Leistung 2" and c.level == 2)
    own = next(c for c in stock.cases if c.unit == "Leistung 1" and c.level == 0)
    person = Person(stock.app, "einzel")
    assert person.get(f"/seite/{foreign.document}/1").status_code == 404
    assert person.get(f"/seite/{own.document}/1").status_code == 200
    with accounts.begin() as session:
        user_id = session.scalar(select(UserRow.id).where(UserRow.name == "einzel"))
        session.add(RightRow(user_id=user_id, kind=RightKind.GRANT, value=foreign.shelved.case))
        session.add(RightRow(user_id=user_id, kind=RightKind.BLOCK, value=own.shelved.case))
    assert person.get(f"/seite/{foreign.document}/1").status_code == 200
    assert person.get(f"/bild/{foreign.document}/1.webp").status_code == 200
    assert person.get(f"/seite/{own.document}/1").status_code == 404
    body = person.search(EVERYWHERE).text
    assert foreign.word in body and own.word not in body


def test_a_grant_gives_no_content_to_roles_without_any(stock: Stock) -> None:
    with stock.services.accounts.begin() as session:
        user_id = session.scalar(select(UserRow.id).where(UserRow.name == "revision"))
        session.add(RightRow(user_id=user_id, kind=RightKind.GRANT, value=stock.cases[0].shelved.case))
    assert Person(stock.app, "revision").get(f"/seite/{stock.cases[0].document}/1").status_code == 404
    assert current_scope(stock.services.databases, "revision").granted == frozenset()


def test_text_of_a_kind_that_nobody_searches_is_found_by_nobody(stock: Stock) -> None:
    case = stock.cases[0]
    accounts, actor = stock.services.accounts, Actor("", Channel.CLI, "test")
    person = Person(stock.app, "leitungalle")
    assert "Keine Treffer" not in person.search(case.word, exakt="1").text
    set_metadata_only(accounts, f"{case.word}-art", actor, searchable=False)
    try:
        for name in ("leitungalle", "sach1"):
            assert "Keine Treffer" in Person(stock.app, name).search(case.word, exakt="1").text
        assert case.word not in person.search(EVERYWHERE).text, "neither as a hit nor as a facet"
        assert person.get(f"/seite/{case.document}/1").status_code == 200
        assert case.document in person.get(f"/akte/{case.shelved.case}").text
    finally:
        set_metadata_only(accounts, f"{case.word}-art", actor, searchable=True)


def test_revocation_holds_at_the_next_request(stock: Stock) -> None:
    accounts = stock.services.accounts
    add_user(accounts, "wechsel", Role.LEAD, ["Leistung 1"], PASSWORD)
    case = next(c for c in stock.cases if c.unit == "Leistung 1")
    person = Person(stock.app, "wechsel")
    location = person.post("/suche", q=EVERYWHERE).headers["Location"]
    assert case.word in person.get(location).text
    set_units(accounts, "wechsel", ["Leistung 3"])
    again = Person(stock.app, "wechsel")
    assert case.word not in again.get(location).text
    assert again.get(f"/bild/{case.document}/1.webp").status_code == 404


def test_a_case_whose_rights_are_being_rewritten_is_denied(stock: Stock) -> None:
    hidden = put_canary(stock.shelf, "Umzug", Confidentiality.NORMAL, shared="Umzugswort")
    person = Person(stock.app, "leitungalle")
    assert "Keine Treffer" not in person.search(hidden.word).text
    with stock.services.ledger.begin() as session:
        session.get_one(CaseRow, hidden.shelved.case).version = 2
    assert "Keine Treffer" in person.search(hidden.word).text
    assert person.get(f"/seite/{hidden.document}/1").status_code == 404
    assert person.get(f"/akte/{hidden.shelved.case}").status_code == 404
    with stock.services.ledger.begin() as session:
        session.get_one(CaseRow, hidden.shelved.case).indexed_version = 2
    assert person.get(f"/seite/{hidden.document}/1").status_code == 200


def test_what_the_ledger_no_longer_knows_is_not_shown(stock: Stock) -> None:
    """The index may lag behind: each hit is checked against the ledger before it is shown."""
    hidden = put_canary(stock.shelf, "Nur einmal", Confidentiality.NORMAL, shared="Einmalwort")
    with stock.services.ledger.begin() as session:
        session.delete(session.get_one(DocumentRow, hidden.document))
    body = Person(stock.app, "leitungalle").search(hidden.word).text
    assert "Keine Treffer" in body


def test_unknown_and_stopped_accounts_get_nothing(stock: Stock) -> None:
    with pytest.raises(AccessDenied):
        listing.list_hits(stock.services, "gibt es nicht", SearchRequest(EVERYWHERE), 10)


def test_the_export_of_the_log_is_whole_and_defused(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    from oversight.audit_cli import audit as command

    Person(stock.app, "leitungalle").search("=HYPERLINK(1)")
    settings = stock.services.settings
    monkeypatch.setenv("AKTENSUCHE_HOME", str(settings.home))
    with stock.services.accounts() as session:
        rows = session.scalar(select(func.count()).select_from(AuditRow)) or 0
    exported = json.loads(CliRunner().invoke(command, ["export"], catch_exceptions=False).output)
    assert len(exported) == rows + 1
    table = list(
        csv.DictReader(io.StringIO(CliRunner().invoke(command, ["export", "--format", "csv"]).output), delimiter=";")
    )
    assert len(table) == rows + 2
    assert any(line["text"] == "'=HYPERLINK(1)" for line in table)
    assert not any(line["text"].startswith("=") for line in table)
    verified = json.loads(CliRunner().invoke(command, ["verify", "--json"]).output)
    assert verified["findings"] == []
