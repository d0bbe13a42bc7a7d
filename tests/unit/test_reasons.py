"""A purpose is asked once for a session and case and stands in every row; access beyond one's rights is on display."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from casefile.database.accounts import AuditRow, RightKind, RightRow
from casefile.database.events import Channel
from casefile.database.ledger import CaseRow, RootRow, now
from casefile.errors import UsageFault
from casefile.model import Role
from casefile.settings import Settings, load_settings
from oversight.access.changes import Right, give
from oversight.access.purpose import PurposeRule, purpose_rule
from oversight.accounts import add_user
from oversight.audit import Actor
from search_ui.retrieval.listing import parse_request
from search_ui.retrieval.question.purpose import search_needs_purpose
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.web import PASSWORD, Person, running_app, without_reference

PLAIN, SECRET, SENSITIVE, FOREIGN = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
CASES = {PLAIN: ("L1", 0), SECRET: ("L1", 1), SENSITIVE: ("Sozialdienst", 0), FOREIGN: ("L9", 0)}
REASON = "Polizei fragt nach einem vermissten Kind"
ACTOR = Actor("", Channel.CLI, "test")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(
        home=tmp_path_factory.mktemp("home"), opensearch_url="http://127.0.0.1:9",
        purpose_level=1, purpose_units=" sozialdienst ; ", emergency_minutes=30,
    )  # fmt: skip


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    with running_app(settings) as app:
        services = services_of(app)
        for name, (role, units) in PEOPLE.items():
            add_user(services.accounts, name, role, units, PASSWORD)
        with services.ledger.begin() as session:
            session.add(RootRow(id=1, name="q", path="/q"))
            session.flush()
            for key, (unit, level) in CASES.items():
                row = CaseRow(id=key, root_id=1, folder=key, cover_state="present", indexed_version=1)
                row.unit, row.confidentiality, row.aktenzeichen = unit, level, f"Az-{key[0]}"
                row.cover = {"aktenzeichen": row.aktenzeichen}
                session.add(row)
        yield app


PEOPLE = {
    "vogt": (Role.CASEWORKER, ["L1", "Sozialdienst"]),
    "leitung1": (Role.LEAD, ["L1", "Sozialdienst"]),
    "leitung9": (Role.LEAD, ["L9"]),
    "leitung5": (Role.LEAD, ["L5"]),
    "revision": (Role.AUDITOR, ["*"]),
    "technik": (Role.SYSTEM_ADMIN, ["*"]),
}


@pytest.fixture(autouse=True)
def without_emergencies(app: Flask) -> Iterator[None]:
    yield
    with services_of(app).accounts.begin() as session:
        session.execute(delete(RightRow).where(RightRow.kind.in_([RightKind.EMERGENCY, RightKind.BLOCK])))


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def last_row(app: Flask) -> AuditRow:
    with services_of(app).accounts() as session:
        return session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()


@pytest.mark.parametrize("case", [SECRET, SENSITIVE])
def test_a_purpose_is_asked_once_for_a_session_and_a_case(app: Flask, case: str) -> None:
    person = Person(app, "vogt")
    asked = person.get(f"/akte/{case}")
    assert asked.status_code == 303
    assert asked.headers["Location"].startswith(f"/zweck/{case}")
    assert "Az-" in person.get(asked.headers["Location"]).text
    assert person.post(f"/zweck/{case}", zweck="  ", weiter=f"/akte/{case}").status_code == 422
    stated = person.post(f"/zweck/{case}", zweck="Widerspruch bearbeiten", weiter=f"/akte/{case}")
    assert stated.headers["Location"] == f"/akte/{case}"
    for _ in range(2):
        assert person.get(f"/akte/{case}").status_code == 200
        row = last_row(app)
        assert (row.action, row.case_id, row.purpose) == ("open_case", case, "Widerspruch bearbeiten")
    other = SECRET if case == SENSITIVE else SENSITIVE
    assert person.get(f"/akte/{other}").status_code == 303, "another case"
    assert Person(app, "vogt").get(f"/akte/{case}").status_code == 303, "another session"


def test_other_cases_need_none(app: Flask) -> None:
    assert Person(app, "vogt").get(f"/akte/{PLAIN}").status_code == 200


def test_the_purpose_of_the_search_that_led_there_counts(app: Flask) -> None:
    person = Person(app, "vogt")
    search = person.post("/suche", q="Miete", zweck="Anfrage der Person").headers["Location"].removeprefix("/suche/")
    assert person.get(f"/akte/{SECRET}?suche={search}").status_code == 200
    assert last_row(app).purpose == "Anfrage der Person"
    assert person.get(f"/akte/{SENSITIVE}?suche={'0' * 32}").status_code == 303


def test_nobody_is_asked_about_a_case_that_he_may_not_see(app: Flask) -> None:
    person = Person(app, "leitung9")
    absent = without_reference(person.get(f"/zweck/{'0' * 32}").text)
    for answer in (person.get(f"/zweck/{SECRET}"), person.post(f"/zweck/{SECRET}", zweck="x")):
        assert (answer.status_code, without_reference(answer.text)) == (404, absent)
    assert person.get(f"/akte/{SECRET}").status_code == 404


def test_searches_over_such_a_unit_state_their_purpose_on_every_channel(app: Flask, settings: Settings) -> None:
    assert Person(app, "vogt").post("/suche", q="Miete").status_code == 422
    assert Person(app, "leitung9").post("/suche", q="Miete").status_code == 303
    needed = {name: search_needs_purpose(services_of(app), Actor(name, Channel.CLI)) for name in ("vogt", "leitung9")}
    assert needed == {"vogt": True, "leitung9": False}
    with pytest.raises(UsageFault):
        parse_request("Miete", (), False, "", purpose_required=True)
    assert purpose_rule(settings) == PurposeRule(1, frozenset({"sozialdienst"}))
    assert not purpose_rule(load_settings(home=settings.home)).asks_for("", 2)


def test_an_emergency_opens_one_case_for_a_while_and_is_on_display(app: Flask) -> None:
    person = Person(app, "vogt")
    assert person.get(f"/akte/{FOREIGN}").status_code == 404
    assert person.post("/notzugriff", akte="Az-d", grund="eilig").status_code == 422
    taken = person.post("/notzugriff", akte="Az-d", grund=REASON)
    assert (taken.status_code, taken.headers["Location"]) == (303, f"/akte/{FOREIGN}")
    row = last_row(app)
    assert (row.action, row.outcome, row.case_id, row.purpose) == ("emergency", "ok", FOREIGN, REASON)
    assert person.get(f"/akte/{FOREIGN}").status_code == 200
    for name, title in (("revision", "Az-d"), ("leitung1", "andere Akte"), ("leitung9", "Az-d")):
        body = Person(app, name).get("/notzugriffe").text
        assert REASON in body and title in body, name
    assert REASON not in Person(app, "leitung5").get("/notzugriffe").text
    assert person.get("/notzugriffe").status_code == 404
    with services_of(app).accounts.begin() as session:
        session.execute(update(RightRow).where(RightRow.kind == RightKind.EMERGENCY).values(valid_to=now()))
    assert person.get(f"/akte/{FOREIGN}").status_code == 404
    assert REASON in Person(app, "revision").get("/notzugriffe").text


def test_absent_and_blocked_cases_cannot_be_taken_and_are_told_alike(app: Flask) -> None:
    give(services_of(app).accounts, "vogt", Right(RightKind.BLOCK, FOREIGN, "eigene Akte"), ACTOR)
    person = Person(app, "vogt")
    bodies = []
    for reference in ("Az-d", "Az-x"):
        answer = person.post("/notzugriff", akte=reference, grund=REASON)
        assert answer.status_code == 404
        row = last_row(app)
        assert (row.action, row.outcome, row.case_id, row.detail) == ("emergency", "denied", "", {"value": reference})
        bodies.append(without_reference(answer.text).replace(reference, ""))
    assert bodies[0] == bodies[1]
    assert person.get(f"/akte/{FOREIGN}").status_code == 404


def test_roles_without_content_take_nothing(app: Flask) -> None:
    for name in ("revision", "technik"):
        assert Person(app, name).post("/notzugriff", akte="Az-d", grund=REASON).status_code == 404


def test_what_may_be_seen_anyway_is_opened_without_an_emergency(app: Flask) -> None:
    person = Person(app, "vogt")
    assert person.post("/notzugriff", akte="Az-a", grund=REASON).headers["Location"] == f"/akte/{PLAIN}"
    with services_of(app).accounts() as session:
        assert session.scalars(select(RightRow).where(RightRow.kind == RightKind.EMERGENCY)).all() == []


def test_where_it_is_switched_off_nothing_is_taken(settings: Settings, app: Flask) -> None:
    with running_app(settings.model_copy(update={"emergency_minutes": 0})) as off:
        person = Person(off, "vogt")
        assert "nicht eingerichtet" in person.get("/notzugriff").text
        assert person.post("/notzugriff", akte="Az-d", grund=REASON).status_code == 404


def test_an_emergency_ends_after_its_minutes(app: Flask) -> None:
    Person(app, "vogt").post("/notzugriff", akte="Az-d", grund=REASON)
    with services_of(app).accounts() as session:
        row = session.scalars(select(RightRow).where(RightRow.kind == RightKind.EMERGENCY)).one()
    assert row.valid_to is not None
    assert row.valid_to - row.valid_from <= timedelta(minutes=30, seconds=5)
