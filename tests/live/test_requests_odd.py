"""What nobody types but anybody can send, on either database: an ordinary answer, and a row in the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from casefile.database.accounts import AuditRow, RefusedSignInRow
from casefile.database.sessions import read_session
from casefile.model import Role
from casefile.settings import load_settings
from oversight.accounts import add_user
from search_ui.web.current import EXTENSION
from tests.postgres import Cluster
from tests.web import PASSWORD, Person, running_app

NOTHING_LISTENS = "http://127.0.0.1:9"
ODD_IDS = ["a" * 300, "%00" * 32, "a" * 31 + "%00", "A" * 32, "%ff" * 32, "ä" * 32, "a" * 33]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    home = tmp_path_factory.mktemp("home")
    settings = load_settings(home=home, opensearch_url=NOTHING_LISTENS)
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgres")
        settings = cluster.settings(home, opensearch_url=NOTHING_LISTENS)
    with running_app(settings) as app:
        add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        yield app


def refusals(app: Flask) -> int:
    with read_session(app.extensions[EXTENSION].accounts) as session:
        query = select(func.count()).select_from(AuditRow).where(AuditRow.outcome == "denied")
        return session.scalar(query) or 0


def unknown_names(app: Flask) -> int:
    """Refused sign-ins under no account's name, which are counted instead of having a row each."""
    with read_session(app.extensions[EXTENSION].accounts) as session:
        return session.scalar(select(func.sum(RefusedSignInRow.count))) or 0


@pytest.mark.parametrize("identifier", ODD_IDS)
@pytest.mark.parametrize("path", ["/seite/{}/1", "/bild/{}/1.webp", "/akte/{}", "/suche/{}"])
def test_an_odd_id_is_absent_and_the_refusal_is_written_down(app: Flask, path: str, identifier: str) -> None:
    person = Person(app, "leitung")
    before = refusals(app)
    assert person.get(path.format(identifier)).status_code == 404
    assert refusals(app) == before + 1


@pytest.mark.parametrize("identifier", ODD_IDS)
def test_an_odd_search_id_changes_no_refusal(app: Flask, identifier: str) -> None:
    before = refusals(app)
    assert Person(app, "leitung").get(f"/seite/{'a' * 32}/1?suche={identifier}").status_code == 404
    assert refusals(app) == before + 1


@pytest.mark.parametrize("name", ["lei\0tung", "ß" * 200, "x" * 5000])
def test_an_odd_name_is_a_wrong_name(app: Flask, name: str) -> None:
    before = unknown_names(app)
    assert Person(app).sign_in(name).status_code == 401
    assert unknown_names(app) == before + 1


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "0"])
def test_an_odd_page_number_is_absent(app: Flask, number: str) -> None:
    assert Person(app, "leitung").get(f"/seite/{'a' * 32}/{number}").status_code == 404
    assert Person(app, "leitung").get(f"/protokoll?blatt={number}").status_code == 200


def test_an_odd_purpose_and_odd_filters_are_kept(app: Flask) -> None:
    form = {"q": "Mie\0te", "zweck": "x\0" * 400, "akte": "\0" + "a" * 60, "art": "Brief\0" * 60}
    assert Person(app, "leitung").post("/suche", **form).status_code == 303
