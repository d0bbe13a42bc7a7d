"""Rights in the interface: whose may be managed by whom, and that changes are on record and hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import delete, select

from casefile.database.accounts import AuditRow, RightKind, RightRow, UserRow
from casefile.database.ledger import CaseRow, RootRow
from casefile.model import Role
from casefile.settings import load_settings
from oversight.access.changes import single_rights
from oversight.access.history import end_of
from oversight.accounts import add_user
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.web import PASSWORD, Person, running_app, without_reference

OWN, OTHER = "c" * 32, "d" * 32
PEOPLE = {
    "leitung1": (Role.LEAD, "L1"), "leitungalle": (Role.LEAD, "*"), "archiv": (Role.RECORDS_ADMIN, "*"),
    "vogt": (Role.CASEWORKER, "L1"), "kollegin": (Role.CASEWORKER, "L1"), "fremd": (Role.CASEWORKER, "L2"),
    "revision": (Role.AUDITOR, "L1"), "technik": (Role.SYSTEM_ADMIN, "*"),
}  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = load_settings(home=tmp_path_factory.mktemp("home"), opensearch_url="http://127.0.0.1:9")
    with running_app(settings) as app:
        services = services_of(app)
        for name, (role, unit) in PEOPLE.items():
            add_user(services.accounts, name, role, [unit], PASSWORD)
        with services.ledger.begin() as session:
            session.add(RootRow(id=1, name="q", path="/q"))
            session.flush()
            for key, unit in ((OWN, "L1"), (OTHER, "L2")):
                fields = {"folder": key, "cover_state": "present", "indexed_version": 1, "aktenzeichen": f"Az-{unit}"}
                session.add(CaseRow(id=key, root_id=1, unit=unit, cover={"aktenzeichen": f"Az-{unit}"}, **fields))
        yield app


@pytest.fixture(autouse=True)
def without_single_rights(app: Flask) -> Iterator[None]:
    yield
    with services_of(app).accounts.begin() as session:
        session.execute(delete(RightRow).where(RightRow.kind.in_(["grant", "block", "deputy"])))


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def address(app: Flask, name: str) -> str:
    with services_of(app).accounts() as session:
        return f"/rechte/{session.scalar(select(UserRow.id).where(UserRow.name == name))}"


def held(app: Flask, name: str) -> list[tuple[str, str]]:
    return [(row.kind.value, row.value) for row in single_rights(services_of(app).accounts, name)]


def test_a_lead_manages_the_accounts_of_his_units_and_nobody_his_own(app: Flask) -> None:
    body = Person(app, "leitung1").get("/rechte").text
    listed = {name for name in PEOPLE if f">{name}</a>" in body}
    assert listed == {"vogt", "kollegin"}
    everybody = Person(app, "leitungalle").get("/rechte").text
    assert {name for name in PEOPLE if f">{name}</a>" in everybody} == {
        "leitung1", "archiv", "vogt", "kollegin", "fremd",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["vogt", "revision", "technik"])
def test_who_manages_no_rights_is_refused_everywhere(app: Flask, name: str) -> None:
    person = Person(app, name)
    target = address(app, "kollegin")
    assert person.get("/rechte").status_code == 404
    assert person.get(target).status_code == 404
    answer = person.post(f"{target}/geben", art="grant", akte="Az-L1", grund="x")
    assert answer.status_code == 404
    assert held(app, "kollegin") == []


def test_accounts_of_others_are_absent(app: Flask) -> None:
    person = Person(app, "leitung1")
    absent = without_reference(person.get("/rechte/99999").text)
    for name in ("fremd", "leitung1", "revision"):
        answer = person.get(address(app, name))
        assert (answer.status_code, without_reference(answer.text)) == (404, absent)
        assert person.post(f"{address(app, name)}/geben", art="block", akte="Az-L1", grund="x").status_code == 404
    with services_of(app).accounts() as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()
    assert (last.user, last.action, last.outcome) == ("leitung1", "rights_read", "denied")


def test_a_block_holds_at_the_next_request_and_its_end_too(app: Flask) -> None:
    lead, person, target = Person(app, "leitung1"), Person(app, "vogt"), address(app, "vogt")
    assert person.get(f"/akte/{OWN}").status_code == 200
    answer = lead.post(f"{target}/geben", art="block", akte="Az-L1", grund="Akte der Schwester")
    assert answer.status_code == 303
    assert person.get(f"/akte/{OWN}").status_code == 404
    body = lead.get(target).text
    assert "Akte gesperrt" in body and "Az-L1" in body and "Akte der Schwester" in body
    number = body.split('name="recht" value="')[1].split('"')[0]
    assert lead.post(f"{target}/beenden", recht=number).status_code == 303
    assert person.get(f"/akte/{OWN}").status_code == 200
    assert lead.post(f"{target}/beenden", recht=number).status_code == 422
    assert "Ende: Akte gesperrt" in Person(app, "revision").get("/protokoll").text


def test_nobody_gives_what_he_does_not_see_and_is_told_nothing_of_it(app: Flask) -> None:
    lead, target = Person(app, "leitung1"), address(app, "vogt")
    answers = [
        lead.post(f"{target}/geben", art="grant", akte=reference, grund="Amtshilfe") for reference in ("Az-L2", "Az-X")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    bodies = [without_reference(a.text).replace("Az-L2", "").replace("Az-X", "") for a in answers]
    assert bodies[0] == bodies[1]
    assert held(app, "vogt") == []
    everybody = Person(app, "leitungalle")
    assert everybody.post(f"{target}/geben", art="grant", akte="Az-L2", grund="Amtshilfe").status_code == 303
    assert Person(app, "vogt").get(f"/akte/{OTHER}").status_code == 200
    assert "andere Akte" in lead.get(target).text and "Az-L2" not in lead.get(target).text


def test_a_deputy_is_named_with_an_end_among_ones_own_people(app: Flask) -> None:
    lead, target = Person(app, "leitung1"), address(app, "vogt")
    form = {"art": "deputy", "konto": "leitung1", "grund": "Urlaub"}
    assert lead.post(f"{target}/geben", **form).status_code == 422
    assert lead.post(f"{target}/geben", **form, bis="gestern").status_code == 422
    assert lead.post(f"{target}/geben", **(form | {"konto": "fremd"}), bis="2099-08-14").status_code == 422
    assert lead.post(f"{target}/geben", **form, bis="2099-08-14").status_code == 303
    (row,) = single_rights(services_of(app).accounts, "vogt")
    assert (row.kind, row.value, row.valid_to) == (RightKind.DEPUTY, "leitung1", end_of(date(2099, 8, 14)))
    assert row.given_by == "leitung1"


@pytest.mark.parametrize("kind", ["role", "unit", "level", "emergency", "x"])
def test_nothing_else_is_given_here(app: Flask, kind: str) -> None:
    lead, target = Person(app, "leitungalle"), address(app, "vogt")
    assert lead.post(f"{target}/geben", art=kind, akte="Az-L1", grund="x").status_code == 422
    assert held(app, "vogt") == []
