"""Guesses are bounded without locking anybody out, refusals do not fill the log, and nobody loses his place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from casefile.database.accounts import (
    AuditRow,
    KnownAddressRow,
    LoginAttemptRow,
    RefusedSignInRow,
    SearchRow,
    SessionRow,
    UserRow,
)
from casefile.database.ledger import now
from casefile.model import Role
from casefile.settings import load_settings
from oversight import accounts
from oversight.accounts import add_user, set_active
from oversight.signin import guesses, password, refused
from search_ui import serving
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.web import PASSWORD, Person, form_token, running_app

VPN, OUTSIDE = "10.1.2.3", "203.0.113.9"
ALL_BUDGETS = sum(guesses.BUDGETS.values())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = load_settings(home=tmp_path_factory.mktemp("home"), opensearch_url="http://127.0.0.1:9")
    with pytest.MonkeyPatch.context() as patch, running_app(settings) as app:
        cheap = PasswordHasher(
            time_cost=1, memory_cost=8, parallelism=1
        )  # what is counted here are verifications, not their cost
        patch.setattr(accounts, "HASHER", cheap)
        patch.setattr(password, "_DUMMY_HASH", cheap.hash("x"))
        for name in ("vogt", "nachbar"):
            add_user(services_of(app).accounts, name, Role.CASEWORKER, ["Leistung 2"], PASSWORD)
        yield app


@pytest.fixture(autouse=True)
def nothing_tried_yet(app: Flask) -> None:
    with services_of(app).accounts.begin() as session:
        for table in (LoginAttemptRow, KnownAddressRow, RefusedSignInRow, SearchRow):
            session.execute(delete(table))


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stored hashes with which passwords were compared."""
    found: list[str] = []
    original = password._verify
    monkeypatch.setattr(password, "_verify", lambda hashed, given: found.append(hashed) or original(hashed, given))
    return found


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def attempt(person: Person, name: str, given: str, address: str = VPN, onward: str = "") -> TestResponse:
    token = form_token(person.get("/anmelden"))
    form = {"name": name, "kennwort": given, "csrf_token": token, "weiter": onward}
    return person.client.post("/anmelden", data=form, environ_base={"REMOTE_ADDR": address})


def sign_in_rows(app: Flask) -> list[AuditRow]:
    with services_of(app).accounts() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == "login").order_by(AuditRow.id)))


def test_an_unknown_account_costs_a_verification_too(app: Flask, evaluated: list[str]) -> None:
    for name in ("niemand sonst", "vogt"):
        assert attempt(Person(app), name, "falsch").status_code == 401
    assert len(evaluated) == 2
    assert all(hashed.startswith("$argon2id$") for hashed in evaluated)


def test_forty_guesses_from_as_many_addresses_are_four_evaluated_ones(app: Flask, evaluated: list[str]) -> None:
    person = Person(app)
    answers = [attempt(person, "vogt", f"raten-{n}", f"203.0.113.{n}").status_code for n in range(40)]
    assert len(evaluated) == guesses.BUDGETS[guesses.Trust.STRANGER]
    assert Counter(answers) == {401: len(evaluated), 429: 40 - len(evaluated)}


def test_guesses_with_all_there_is_to_know_are_ten_at_most(app: Flask, evaluated: list[str]) -> None:
    own = Person(app)
    assert attempt(own, "vogt", PASSWORD).status_code == 303
    evaluated.clear()
    for person, address in ((own, VPN), (Person(app), VPN), (Person(app), OUTSIDE)):
        for number in range(20):
            attempt(person, "vogt", f"raten-{number}", address)
    assert len(evaluated) == ALL_BUDGETS == 10


def test_a_success_gives_nobody_new_guesses(app: Flask, evaluated: list[str]) -> None:
    own, thief = Person(app), Person(app)
    assert attempt(own, "vogt", PASSWORD).status_code == 303
    evaluated.clear()
    for _ in range(6):
        attempt(thief, "vogt", "raten", OUTSIDE)
        own.post("/abmelden")
        assert attempt(own, "vogt", PASSWORD).status_code == 303
    assert len(evaluated) == 6 + guesses.BUDGETS[guesses.Trust.STRANGER]


def test_guesses_from_outside_lock_out_neither_the_person_nor_colleagues(app: Flask) -> None:
    own = Person(app)
    assert attempt(own, "vogt", PASSWORD).status_code == 303
    for name in ("vogt", "nachbar", *(f"geraten-{n}" for n in range(30))):
        for _ in range(5 if name == "vogt" else 1):
            attempt(Person(app), name, "raten", OUTSIDE)
    assert attempt(own, "vogt", PASSWORD, "198.51.100.7").status_code == 303, "a known device, from anywhere"
    assert attempt(Person(app), "vogt", PASSWORD, VPN).status_code == 303, "a known address, with any browser"
    assert attempt(Person(app), "nachbar", PASSWORD, OUTSIDE).status_code == 303, "a colleague at the guesser's address"


def test_a_known_device_is_known_for_its_account_alone(app: Flask) -> None:
    person = Person(app)
    assert attempt(person, "nachbar", PASSWORD, OUTSIDE).status_code == 303
    answers = [attempt(person, "vogt", "raten", OUTSIDE).status_code for _ in range(6)]
    assert answers == [401] * 4 + [429] * 2


def test_a_wrong_password_names_the_account_and_a_wrong_name_nothing(app: Flask) -> None:
    before = len(sign_in_rows(app))
    attempt(Person(app), "vogt", "falsch")
    attempt(Person(app), "mein-Kennwort-ins-falsche-Feld", "falsch")
    rows = sign_in_rows(app)[before:]
    assert [(row.user, row.outcome) for row in rows] == [("vogt", "denied"), ("", "denied")]
    assert "Kennwort" not in str([(row.detail, row.text) for row in rows])


def test_guessing_adds_few_rows_and_the_count_is_right(app: Flask) -> None:
    before = len(sign_in_rows(app))
    person = Person(app)
    for number in range(17):
        attempt(person, f"geraten-{number}", "x", OUTSIDE)
    rows = sign_in_rows(app)[before:]
    assert [(row.user, row.detail["count"]) for row in rows] == [("", 1), ("", 10)]
    with services_of(app).accounts.begin() as session:
        session.execute(update(RefusedSignInRow).values(began=now() - 2 * guesses.WINDOW))
    refused.close_windows(services_of(app).accounts)
    last = sign_in_rows(app)[-1]
    assert last.detail == {"address": OUTSIDE, "count": 17}
    refused.close_windows(services_of(app).accounts)
    assert sign_in_rows(app)[-1].id == last.id


def test_a_new_window_counts_from_one_and_closes_the_old_one(app: Flask) -> None:
    person = Person(app)
    for number in range(3):
        attempt(person, f"wer-{number}", "x", OUTSIDE)
    with services_of(app).accounts.begin() as session:
        session.execute(update(RefusedSignInRow).values(began=now() - timedelta(hours=1)))
    before = len(sign_in_rows(app))
    attempt(person, "wer-4", "x", OUTSIDE)
    assert [row.detail["count"] for row in sign_in_rows(app)[before:]] == [3, 1]


def test_many_addresses_do_not_make_many_rows(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "MAX_PLACES", 5)
    before = len(sign_in_rows(app))
    person = Person(app)
    for number in range(30):
        attempt(person, "niemand", "x", f"2001:db8:0:{number}::1")
        attempt(person, "niemand", "x", f"2001:db8:0:{number}::2")
    rows = sign_in_rows(app)[before:]
    assert len({row.detail["address"] for row in rows}) == 6
    assert len(rows) < 20


def test_disabling_an_account_ends_all_its_sessions(app: Flask) -> None:
    database = services_of(app).accounts
    add_user(database, "geht", Role.CASEWORKER, ["*"], PASSWORD)
    people = [Person(app, "geht") for _ in range(3)]
    set_active(database, "geht", active=False)
    assert [person.get("/").status_code for person in people] == [303] * 3
    set_active(database, "geht", active=True)
    assert [person.get("/").status_code for person in people] == [303] * 3


def time_out(app: Flask, name: str) -> None:
    with services_of(app).accounts.begin() as session:
        owner = select(UserRow.id).where(UserRow.name == name).scalar_subquery()
        long_ago = now() - timedelta(hours=3)
        session.execute(update(SessionRow).where(SessionRow.user_id == owner).values(last_seen=long_ago))


def kept_text(app: Flask, address: str) -> str:
    with services_of(app).accounts() as session:
        return str(session.get_one(SearchRow, address.removeprefix("/suche/")).request["text"])


def test_an_ended_session_leads_back_to_the_search_that_was_typed_in_each_of_two_tabs(app: Flask) -> None:
    """Both tabs share the cookies; each has its own form, with the token of before."""
    person = Person(app, "vogt")
    old_token = form_token(person.get("/"))
    time_out(app, "vogt")
    onward = []
    for typed in ("Mietvertrag", "Räumungsklage"):
        answer = person.client.post("/suche", data={"q": typed, "csrf_token": old_token})
        assert (answer.status_code, typed in answer.headers["Location"]) == (303, False)
        page = person.get(answer.headers["Location"]).text
        assert "abgelaufen" in page
        onward.append((typed, page.split('name="weiter" value="')[1].split('"')[0], form_token_of(page)))
    for typed, address, token in onward:
        form = {"name": "vogt", "kennwort": PASSWORD, "csrf_token": token, "weiter": address}
        answer = person.client.post("/anmelden", data=form)
        assert answer.status_code == 303
        assert kept_text(app, answer.headers["Location"]) == typed


def form_token_of(page: str) -> str:
    return page.split('name="csrf_token" value="')[1].split('"', maxsplit=1)[0]


def test_a_form_left_open_in_another_tab_is_sent_after_signing_in_again(app: Flask) -> None:
    person = Person(app, "vogt")
    old_token = form_token(person.get("/"))
    time_out(app, "vogt")
    assert attempt(person, "vogt", PASSWORD).status_code == 303
    answer = person.client.post("/suche", data={"q": "Mietvertrag", "csrf_token": old_token})
    assert kept_text(app, answer.headers["Location"]) == "Mietvertrag"


def test_another_person_takes_over_neither_token_nor_search(app: Flask) -> None:
    person = Person(app, "vogt")
    old_token = form_token(person.get("/"))
    time_out(app, "vogt")
    answer = person.client.post("/suche", data={"q": "Mietvertrag", "csrf_token": old_token})
    onward = form_onward(person.get(answer.headers["Location"]).text)
    assert attempt(person, "nachbar", PASSWORD, onward=onward).headers["Location"] == onward
    assert person.get(onward).status_code == 404
    assert person.client.post("/suche", data={"q": "Miete", "csrf_token": old_token}).status_code == 400


def form_onward(page: str) -> str:
    return page.split('name="weiter" value="')[1].split('"', maxsplit=1)[0]


def test_an_outdated_sign_in_form_keeps_where_it_wanted_to_go(app: Flask) -> None:
    answer = Person(app).client.post("/anmelden", data={"name": "vogt", "kennwort": PASSWORD, "weiter": "/bestand"})
    assert answer.status_code == 400
    assert form_onward(answer.text) == "/bestand"
    assert 'value="vogt"' in answer.text and PASSWORD not in answer.text


def test_a_session_that_was_ended_keeps_no_search(app: Flask) -> None:
    person = Person(app, "vogt")
    token = form_token(person.get("/"))
    with services_of(app).accounts.begin() as session:
        session.execute(update(UserRow).where(UserRow.name == "vogt").values(epoch=UserRow.epoch + 1))
    answer = person.client.post("/suche", data={"q": "Mietvertrag", "csrf_token": token})
    assert "weiter" not in answer.headers["Location"]


def test_without_any_account_the_server_says_how_to_make_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    services = Services(load_settings(home=tmp_path))
    serving._warn_without_accounts(services)
    assert "users add" in capsys.readouterr().err
    add_user(services.accounts, "technik", Role.SYSTEM_ADMIN, ["*"], PASSWORD)
    serving._warn_without_accounts(services)
    assert capsys.readouterr().err == ""
    services.close()
