"""What the interface keeps is bounded: page images by bytes and by what exists, searches by age."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from casefile.database.accounts import AuditRow, SearchRow
from casefile.database.ledger import (
    AclRow,
    CaseRow,
    DocumentRow,
    FileRow,
    RootRow,
    now,
)
from casefile.database.sessions import read_session
from casefile.model import Role
from casefile.settings import load_settings
from oversight.accounts import add_user
from search_ui import housekeeping
from search_ui.housekeeping import Housekeeper, tidy
from search_ui.reading.image_cache import (
    image_folder,
    image_path,
    read_image,
    write_image,
)
from search_ui.services import Services
from search_ui.web.current import EXTENSION
from tests.web import PASSWORD, Person, running_app

NOTHING_LISTENS = "http://127.0.0.1:9"
EXISTING, GONE = "a" * 64, "b" * 64
IMAGE = b"x" * 200_000
DAYS = 30


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    settings = load_settings(home=tmp_path, opensearch_url=NOTHING_LISTENS, image_cache_mb=1, search_days=DAYS)
    with running_app(settings) as app:
        services = services_of(app)
        add_user(services.accounts, "vogt", Role.CASEWORKER, ["*"], PASSWORD)
        put_document(services, EXISTING)
        yield app


def services_of(app: Flask) -> Services:
    services: Services = app.extensions[EXTENSION]
    return services


def put_document(services: Services, sha256: str) -> None:
    numbers = {"size": 1, "mtime_ns": 1, "ctime_ns": 1, "inode": 1}
    with services.ledger.begin() as session:
        session.add(RootRow(id=1, name="q", path="/q"))
        session.flush()
        session.add(CaseRow(id="c" * 32, root_id=1, folder="A", cover_state="missing", cover={}))
        session.add(AclRow(id="r", unit="", confidentiality=0, kind=""))
        session.flush()
        session.add(
            FileRow(id=1, root_id=1, path="A/a.pdf", raw_path=b"A/a.pdf", role="document", state="confirmed", **numbers)
        )
        session.flush()
        values = {"media_type": "application/pdf", "page_count": 9, "acl_id": "r", "state": "confirmed"}
        session.add(DocumentRow(id="d" * 32, file_id=1, case_id="c" * 32, path="A/a.pdf", sha256=sha256, **values))


def put_image(services: Services, sha256: str, page: int, age_s: float = 0.0) -> Path:
    path = image_path(services.settings.home, sha256, page, "normal")
    write_image(path, IMAGE)
    moment = time.time() - age_s
    os.utime(path, (moment, moment))
    return path


def test_images_of_documents_that_are_gone_leave(app: Flask) -> None:
    services = services_of(app)
    kept, gone = put_image(services, EXISTING, 1), put_image(services, GONE, 1)
    tidy(services)
    assert (kept.exists(), gone.exists()) == (True, False)


def test_of_too_many_images_the_longest_unused_leave(app: Flask) -> None:
    services = services_of(app)
    images = [put_image(services, EXISTING, page, age_s=100 - page) for page in range(1, 9)]
    assert read_image(images[0]) == IMAGE, "and so it is the last one used"
    tidy(services)
    kept = [path for path in images if path.exists()]
    assert kept == [images[0], *images[-3:]]
    assert sum(path.stat().st_size for path in kept) <= 1024 * 1024


def test_what_fits_stays(app: Flask) -> None:
    services = services_of(app)
    images = [put_image(services, EXISTING, page, age_s=1e6) for page in range(1, 6)]
    tidy(services)
    assert all(path.exists() for path in images)


def test_temporary_files_of_killed_processes_leave(app: Flask) -> None:
    folder = image_folder(services_of(app).settings.home) / "aa"
    folder.mkdir(parents=True)
    old, new = folder / "a.1-1.tmp", folder / "b.1-1.tmp"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    tidy(services_of(app))
    assert (old.exists(), new.exists()) == (False, True)


def age_searches(services: Services, days: float) -> None:
    with services.accounts.begin() as session:
        session.execute(update(SearchRow).values(created=now() - timedelta(days=days)))


def searches(services: Services) -> int:
    with read_session(services.accounts) as session:
        return session.scalar(select(func.count()).select_from(SearchRow)) or 0


def test_an_expired_search_leads_to_a_page_that_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    services, person = services_of(app), Person(app, "vogt")
    bookmark = person.post("/suche", q="Miete").headers["Location"]
    age_searches(services, DAYS - 1)
    assert person.get(bookmark).status_code == 503, "it is asked, though no engine is here to answer"
    age_searches(services, DAYS + 1)
    before = person.get(bookmark)
    monkeypatch.setattr(housekeeping, "BATCH", 1)
    tidy(services)
    assert searches(services) == 0
    after, never = person.get(bookmark), person.get(f"/suche/{'0' * 32}")
    for answer in (before, after, never):
        assert answer.status_code == 404
        assert "Diese Suche gibt es hier nicht mehr" in answer.text and 'href="/"' in answer.text
    with read_session(services.accounts) as session:
        rows = session.scalars(select(AuditRow.outcome).where(AuditRow.action == "search").order_by(AuditRow.id))
        assert list(rows)[-3:] == ["denied"] * 3


def test_a_younger_search_stays(app: Flask) -> None:
    services = services_of(app)
    Person(app, "vogt").post("/suche", q="Miete")
    age_searches(services, DAYS - 1)
    tidy(services)
    assert searches(services) == 1


def test_it_is_done_beside_the_requests(app: Flask) -> None:
    services = services_of(app)
    gone = put_image(services, GONE, 1)
    keeper = Housekeeper(services, every_s=0.05)
    keeper.start()
    deadline = time.monotonic() + 30
    while gone.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    keeper.stop()
    assert not gone.exists()
