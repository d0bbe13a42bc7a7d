"""Every route of the app, without an engine: headers, form tokens, sign-in, errors."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from flask import Flask
from sqlalchemy import select, text

from casefile.database.accounts import (
    AuditRow,
    LoginAttemptRow,
    SessionRow,
    UserRow,
)
from casefile.database.ledger import (
    CaseRow,
    FileRow,
    RootRow,
    now,
)
from casefile.database.sessions import open_database
from casefile.index.client import BULK, COMMAND, PEOPLE
from casefile.model import Role
from casefile.settings import Settings, load_settings
from oversight.accounts import (
    add_user,
    set_active,
    set_password,
    set_units,
)
from search_ui.app import create_app
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from search_ui.web.errors import REFERENCE_HEADER
from search_ui.web.headers import CONTENT_SECURITY_POLICY, HEADERS
from search_ui.web.needs import Need, check_declared, need_of, needs
from tests.web import PASSWORD, Person, form_token, running_app, without_reference

NOTHING_LISTENS = "http://127.0.0.1:9"
IDS = {"document_id": "d" * 32, "case_id": "c" * 32, "identifier": "s" * 32}
VALUES = IDS | {"number": 1, "user_id": 1, "filename": "app.css"}
# Written down here once more: what is answered without a session.
PUBLIC = {"static", "sign_in.form", "sign_in.submit", "health.live", "health.ready"}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(home=tmp_path_factory.mktemp("home"), opensearch_url=NOTHING_LISTENS)


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    with running_app(settings) as app:
        accounts = services_of(app).accounts
        for name, role in {"vogt": Role.CASEWORKER, "leitung": Role.LEAD, "revision": Role.AUDITOR}.items():
            add_user(accounts, name, role, ["Leistung 2"], PASSWORD)
        yield app


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def routes(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every route."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            path = app.url_for(rule.endpoint, **{name: VALUES[name] for name in rule.arguments})
            found += [(rule.endpoint, method, path) for method in rule.methods - {"HEAD", "OPTIONS"}]
    return found


def test_every_route_has_all_security_headers(app: Flask) -> None:
    person = Person(app, "leitung")
    for endpoint, method, path in routes(app):
        for client in (app.test_client(), person.client):
            response = client.open(path, method=method)
            for name, value in HEADERS.items():
                assert response.headers[name] == value, (endpoint, name)
            if endpoint != "static":
                assert response.headers["Cache-Control"] == "no-store", endpoint
                assert "HX-Request-Type" in response.headers["Vary"], endpoint
            response.close()


def test_the_policy_allows_nothing_unsafe() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


def test_every_route_but_the_public_ones_needs_a_session(app: Flask) -> None:
    for endpoint, method, path in routes(app):
        response = app.test_client().open(path, method=method)
        if endpoint in PUBLIC:
            assert response.status_code != 303, endpoint
        elif method == "GET":
            assert response.status_code == 303, endpoint
            assert response.headers["Location"].startswith("/anmelden"), endpoint
        else:
            assert response.status_code in (303, 400), endpoint
        response.close()


def test_every_route_says_what_it_needs(app: Flask) -> None:
    declared = {endpoint: need_of(app, endpoint) for endpoint, _, _ in routes(app)}
    assert None not in declared.values()
    assert {endpoint for endpoint, need in declared.items() if need is Need.NOTHING} == PUBLIC


def test_a_route_that_does_not_say_what_it_needs_keeps_the_app_from_starting(tmp_path: Path) -> None:
    silent = Flask("silent")
    needs(Need.NOTHING)(silent.view_functions["static"])
    check_declared(silent)
    silent.add_url_rule("/neu", "neu", lambda: "")
    with pytest.raises(RuntimeError, match="neu"):
        check_declared(silent)


def test_a_route_that_was_added_later_answers_nobody(tmp_path: Path) -> None:
    with running_app(load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS)) as late:
        add_user(services_of(late).accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        late.add_url_rule("/neu", "neu", lambda: "geheim")
        assert late.test_client().get("/neu").status_code == 303
        answer = Person(late, "leitung").get("/neu")
        assert answer.status_code == 404 and "geheim" not in answer.text


def test_a_role_that_does_not_meet_the_need_is_refused_on_record_like_what_is_absent(app: Flask) -> None:
    person = Person(app, "revision")
    for path, action in ((f"/seite/{'d' * 32}/1", "open_page"), (f"/akte/{'c' * 32}", "open_case")):
        answer = person.get(path)
        assert answer.status_code == 404
        row = last_row(app)
        assert (row.user, row.action, row.outcome) == ("revision", action, "denied")
        assert path.split("/")[2] in (row.document_id, row.case_id)
    assert without_reference(answer.text) == without_reference(person.get("/gibtesnicht").text)


def test_every_post_needs_its_token(app: Flask) -> None:
    posts = [(endpoint, path) for endpoint, method, path in routes(app) if method == "POST"]
    assert len(posts) >= 4
    for endpoint, path in posts:
        person = Person(app, "leitung")
        assert person.client.post(path, data={"q": "Miete"}).status_code == 400, endpoint
        assert person.client.get("/").status_code == 200, f"{endpoint} acted without a token"


def test_a_form_of_another_site_is_refused(app: Flask) -> None:
    person = Person(app, "vogt")
    answer = person.post("/suche", headers={"Sec-Fetch-Site": "cross-site"}, q="Miete")
    assert answer.status_code == 403


def test_no_inline_script_or_style_anywhere() -> None:
    import search_ui

    for template in (Path(search_ui.__file__).parent / "templates").glob("*.html"):
        source = template.read_text(encoding="utf-8")
        assert " style=" not in source and "<style" not in source, template.name
        assert "javascript:" not in source and " onclick" not in source and "hx-on" not in source, template.name
        assert "<script>" not in source and "|safe" not in source.replace("'|safe)", ""), template.name


def test_the_cookie_is_closed_to_scripts_and_bound_to_https_where_there_is_any(tmp_path: Path, app: Flask) -> None:
    person = Person(app)
    cookie = person.sign_in("vogt").headers.getlist("Set-Cookie")
    assert any(c.startswith("sitzung=") and "HttpOnly" in c and "SameSite=Lax" in c for c in cookie)
    secure = load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS, web_tls=True)
    with running_app(secure) as other:
        add_user(services_of(other).accounts, "vogt", Role.CASEWORKER, ["*"], PASSWORD)
        client = other.test_client()
        token = form_token(client.get("/anmelden", base_url="https://akten.example"))
        answer = client.post(
            "/anmelden",
            base_url="https://akten.example",
            data={"name": "vogt", "kennwort": PASSWORD, "csrf_token": token},
        )
        assert answer.status_code == 303
        assert any(c.startswith("__Host-sitzung=") and "Secure" in c for c in answer.headers.getlist("Set-Cookie"))
        assert "Strict-Transport-Security" in answer.headers


def test_wrong_name_and_wrong_password_look_the_same(app: Flask) -> None:
    bodies = []
    for name, password in (("vogt", "falsch"), ("niemand", "falsch")):
        answer = Person(app).sign_in(name, password)
        assert answer.status_code == 401
        bodies.append(answer.text.replace(f'value="{name}"', "").split("csrf_token")[0])
    assert bodies[0] == bodies[1]


@pytest.mark.parametrize("onward", ["//[", "//evil.example", "/\\evil.example", "/\t/evil.example", "http://["])
def test_after_sign_in_nothing_leads_elsewhere_or_breaks(app: Flask, onward: str) -> None:
    answer = Person(app).sign_in("vogt", onward=onward)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_session_ends_when_rights_or_password_change(app: Flask) -> None:
    accounts = services_of(app).accounts
    add_user(accounts, "wechsel", Role.CASEWORKER, ["*"], PASSWORD)
    for change in (
        lambda: set_units(accounts, "wechsel", ["Leistung 1"]),
        lambda: set_password(accounts, "wechsel", PASSWORD),
        lambda: set_active(accounts, "wechsel", False),
    ):
        person = Person(app, "wechsel")
        assert person.get("/").status_code == 200
        change()
        assert person.get("/").status_code == 303
    assert Person(app).sign_in("wechsel").status_code == 401


@pytest.mark.parametrize("field", ["created", "last_seen"])
def test_a_session_ends_by_itself(app: Flask, field: str) -> None:
    from datetime import timedelta

    person = Person(app, "vogt")
    with services_of(app).accounts.begin() as session:
        for row in session.scalars(select(SessionRow)):
            setattr(row, field, now() - timedelta(days=2))
    answer = person.get("/bestand")
    assert answer.status_code == 303
    page = person.get(answer.headers["Location"])
    assert "abgelaufen" in page.text
    assert 'name="weiter" value="/bestand"' in page.text


def test_signing_out_ends_the_session_on_the_server(app: Flask) -> None:
    person = Person(app, "vogt")
    stolen = person.client.get_cookie("sitzung")
    assert stolen is not None
    answer = person.post("/abmelden")
    assert answer.headers["Clear-Site-Data"]
    thief = app.test_client()
    thief.set_cookie("sitzung", stolen.value)
    assert thief.get("/").status_code == 303


def test_an_ended_session_sends_the_whole_browser_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/bestand", headers=FRAGMENT)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"].startswith("/anmelden")


def test_a_fragment_only_for_partial_requests(app: Flask) -> None:
    person = Person(app, "vogt")
    for headers, whole in (
        ({}, True),
        (FRAGMENT, False),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, True),
        (FRAGMENT | {"HX-History-Restore-Request": "true"}, True),
        ({"HX-Request": "true"}, True),
    ):
        body = person.client.get("/", headers=headers).text
        assert ("<html" in body) is whole, headers
        assert "Akten durchsuchen" in body
        assert "<title>" in body


def test_errors_beside_their_fields(app: Flask) -> None:
    answer = Person(app, "vogt").post("/suche", q="Miete", von="gestern")
    assert answer.status_code == 422
    assert 'id="von-fehler"' in answer.text
    assert 'value="Miete"' in answer.text
    assert 'value="gestern"' in answer.text


def test_the_engine_down_is_said_in_german_with_a_number(app: Flask) -> None:
    person = Person(app, "vogt")
    location = person.post("/suche", q="Miete").headers["Location"]
    answer = person.get(location)
    assert answer.status_code == 503
    assert answer.headers[REFERENCE_HEADER] in answer.text
    assert "antwortet zurzeit nicht" in answer.text
    assert "Traceback" not in answer.text and NOTHING_LISTENS not in answer.text


def test_after_sign_in_comes_the_start_page(app: Flask) -> None:
    assert Person(app).sign_in("vogt").headers["Location"] == "/"


def test_no_terms_in_any_address(app: Flask) -> None:
    location = Person(app, "vogt").post("/suche", q="Geheimwort").headers["Location"]
    assert "Geheim" not in location


def test_a_search_belongs_to_its_user(app: Flask) -> None:
    location = Person(app, "vogt").post("/suche", q="Miete").headers["Location"]
    other = Person(app, "leitung")
    assert other.get(location).status_code == 404
    assert other.post(location + "/filter", plus="art:Bescheid").status_code == 404


def test_health_says_nothing_but_yes_or_no(app: Flask) -> None:
    assert app.test_client().get("/health/live").text == "ok"
    ready = app.test_client().get("/health/ready")
    assert (ready.status_code, ready.text) == (503, "not ready")


def test_unknown_addresses_and_methods_have_a_page(app: Flask) -> None:
    person = Person(app, "vogt")
    assert person.get("/gibtesnicht").status_code == 404
    assert "Hauptnavigation" in person.get("/gibtesnicht").text
    assert person.client.get("/abmelden").status_code == 405
    assert person.client.post("/", data={}).status_code in (400, 405)


def test_too_long_a_form_is_refused(app: Flask) -> None:
    assert Person(app, "vogt").post("/suche", q="x" * 100_000).status_code == 413


def test_no_log_no_answer(app: Flask) -> None:
    person = Person(app, "leitung")
    accounts = services_of(app).accounts
    with accounts.begin() as session:
        session.execute(text("CREATE TRIGGER voll BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'voll'); END"))
    try:
        for path in ("/bestand", "/protokoll"):
            answer = person.get(path)
            assert answer.status_code == 503, path
            assert "<table" not in answer.text and "<dl" not in answer.text, path
        assert Person(app).sign_in("vogt").status_code == 503
    finally:
        with accounts.begin() as session:
            session.execute(text("DROP TRIGGER voll"))


def test_sign_in_and_out_are_written_down(app: Flask) -> None:
    person = Person(app, "vogt")
    Person(app).sign_in("vogt", "falsch")
    person.post("/abmelden")
    with services_of(app).accounts() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.user == "vogt").order_by(AuditRow.id.desc())).all()
    assert [(row.action, row.outcome, row.channel) for row in rows[:3]] == [
        ("logout", "ok", "web"),
        ("login", "denied", "web"),
        ("login", "ok", "web"),
    ]
    assert all("falsch" not in str(row.detail) and PASSWORD not in str(row.detail) for row in rows)


def test_the_log_is_for_leads_and_auditors(app: Flask) -> None:
    assert Person(app, "vogt").get("/protokoll").status_code == 404
    assert Person(app, "revision").get("/protokoll").status_code == 200
    assert Person(app, "leitung").get("/protokoll").status_code == 200


def test_passwords_are_kept_as_argon2id(app: Flask) -> None:
    with services_of(app).accounts() as session:
        assert all(row.password_hash.startswith("$argon2id$") for row in session.scalars(select(UserRow)))


def test_the_secret_is_made_once_and_closed_to_others(settings: Settings, app: Flask) -> None:
    path = settings.home / "secrets" / "web.key"
    assert path.stat().st_mode & 0o077 == 0
    second = create_app(settings)
    assert second.secret_key == app.secret_key
    second.extensions[EXTENSION].close()


def test_accounts_of_a_new_home_are_migrated(tmp_path: Path) -> None:
    sessions = open_database(load_settings(home=tmp_path), "accounts")
    with sessions() as session:
        assert session.scalars(select(UserRow)).all() == []
    sessions.kw["bind"].dispose()


def test_behind_a_proxy_each_address_counts_for_itself(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS, web_tls=True)
    with running_app(settings) as app:
        client = app.test_client()
        forwarded = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        token = form_token(client.get("/anmelden", base_url="https://akten.example", headers=forwarded))
        client.post(
            "/anmelden",
            base_url="https://akten.example",
            headers=forwarded,
            data={"name": "niemand", "kennwort": "falsch", "csrf_token": token},
        )
        with services_of(app).accounts() as session:
            assert session.scalars(select(LoginAttemptRow.address)).all() == ["203.0.113.7"]


def test_without_a_proxy_nobody_chooses_his_address(app: Flask) -> None:
    person = Person(app)
    token = form_token(person.get("/anmelden"))
    person.client.post(
        "/anmelden",
        headers={"X-Forwarded-For": "203.0.113.9"},
        data={"name": "niemand anders", "kennwort": "falsch", "csrf_token": token},
    )
    with services_of(app).accounts() as session:
        rows = session.scalars(select(LoginAttemptRow.address).where(LoginAttemptRow.account == "niemand anders"))
        assert rows.all() == ["127.0.0.1"]


def last_row(app: Flask) -> AuditRow:
    with services_of(app).accounts() as session:
        return session.scalars(select(AuditRow).order_by(AuditRow.id.desc()).limit(1)).one()


@pytest.mark.parametrize("path", ["/seite/{}/{}", "/bild/{}/{}.webp"])
def test_a_page_number_beyond_all_bounds_is_absent_like_any_other(app: Flask, path: str) -> None:
    person = Person(app, "leitung")
    huge, absent = (person.get(path.format("d" * 32, number)) for number in (99999999999999999999, 7))
    assert (huge.status_code, absent.status_code) == (404, 404)
    assert without_reference(huge.text) == without_reference(absent.text)
    person.get(path.format("d" * 32, 99999999999999999999))
    row = last_row(app)
    assert (row.user, row.outcome, row.page, row.detail) == ("leitung", "denied", None, {"page": "9" * 20})


def test_the_search_of_somebody_else_is_refused_and_written_down(app: Flask) -> None:
    location = Person(app, "leitung").post("/suche", q="Miete").headers["Location"]
    person = Person(app, "vogt")
    for answer in (person.get(location), person.post(f"{location}/filter", plus="art:x"), person.get("/suche/nie")):
        assert answer.status_code == 404
        row = last_row(app)
        assert (row.user, row.action, row.outcome) == ("vogt", "search", "denied")
    assert row.detail == {"search": "nie"}


def test_text_without_a_word_is_told_at_the_field(app: Flask) -> None:
    answer = Person(app, "vogt").post("/suche", q="(((")
    assert answer.status_code == 422
    assert "nichts, wonach sich suchen lässt" in answer.text and "q-fehler" in answer.text


def test_files_that_are_not_read_yet_are_told(tmp_path: Path) -> None:
    with running_app(load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS)) as app:
        services = services_of(app)
        for name, unit in (("vogt", "L2"), ("nachbar", "L3")):
            add_user(services.accounts, name, Role.CASEWORKER, [unit], PASSWORD)
        add_user(services.accounts, "technik", Role.SYSTEM_ADMIN, ["*"], PASSWORD)
        put_unread(services, "L2")
        body = Person(app, "vogt").get("/bestand").text
        assert "1 Datei ist noch nicht fertig gelesen" in body
        assert "Alle Seiten Ihrer Akten" not in body
        assert "Alle Seiten Ihrer Akten" in Person(app, "nachbar").get("/bestand").text
        assert "1 Datei ist noch nicht" in Person(app, "technik").get("/bestand").text


def put_unread(services: Services, unit: str) -> None:
    """A case with one file found, one read and one that is no document."""
    with services.ledger.begin() as session:
        session.add(RootRow(id=1, name="q", path="/q"))
        session.flush()
        session.add(CaseRow(id="c1", root_id=1, folder="A", cover_state="missing", cover={}, unit=unit))
        session.flush()
        for state, role in (("found", "document"), ("confirmed", "document"), ("found", "system")):
            path = f"A/{state}-{role}.pdf"
            numbers = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
            session.add(
                FileRow(root_id=1, path=path, raw_path=path.encode(), role=role, state=state, case_id="c1", **numbers)
            )


def test_an_engine_that_hangs_is_waited_for_once_and_less_than_five_seconds(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with running_app(load_settings(home=tmp_path, opensearch_url=url)) as app:
            add_user(services_of(app).accounts, "vogt", Role.CASEWORKER, ["*"], PASSWORD)
            person = Person(app, "vogt")
            started = monotonic()
            assert person.search("Miete").status_code == 503
            assert monotonic() - started < 2 * PEOPLE.seconds
    assert PEOPLE.seconds < 5
    assert PEOPLE.retries == 0 and COMMAND.seconds > PEOPLE.seconds < BULK.seconds
