"""A page of which something is known to be missing: found, loaded again, and told wherever pages are counted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from casefile.database.ledger import DocumentRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import REMEDIES, Reason
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.model import Role, State, page_id
from casefile.settings import Settings
from oversight.accounts import add_user
from search_ui.web.current import EXTENSION
from tests.material import SCAN_WORD, page_image
from tests.runs import document_row, find, heal, run, verify
from tests.web import PASSWORD, Person, running_app

REMEDY = REMEDIES[Reason.PART_NOT_READ]


@pytest.fixture
def stock(instance: Settings, tmp_path: Path) -> Settings:
    """A moving picture, of which only the first frame is read."""
    folder = tmp_path / "quelle" / "Akte"
    folder.mkdir(parents=True)
    frames = [page_image(text) for text in (f"Dieses Wort heisst {SCAN_WORD}", "Zweites Bild")]
    frames[0].save(folder / "bild.webp", save_all=True, append_images=frames[1:], lossless=True)
    run(instance, folder.parent)
    return instance


@pytest.fixture
def app(stock: Settings) -> Iterator[Flask]:
    with running_app(stock) as app:
        add_user(app.extensions[EXTENSION].accounts, "leitung", Role.LEAD, ["*"], PASSWORD)
        yield app


def test_it_is_found_and_counted_as_explained(stock: Settings) -> None:
    report = verify(stock)
    assert report.ok
    assert (report.source.pages.total, report.source.pages.partial, report.source.files.partial) == (1, 1, 1)
    assert (report.reported, report.incomplete) == ({}, {"part_not_read": 1})
    assert find(stock, SCAN_WORD) == ["Akte/bild.webp#1"]


def test_a_lost_record_is_noticed_and_loaded_again(stock: Settings) -> None:
    document = document_row(stock, "Akte/bild.webp")
    store = IndexWriter.open(stock)
    store.delete_ids(IndexKind.PAGES, [page_id(document.id, 1)])
    store.close()
    assert verify(stock).findings["missing_pages"].count == 1
    assert heal(stock).documents == 1
    assert verify(stock).ok
    with read_session(open_database(stock, "ledger")) as session:
        assert session.scalars(select(PageRow.state).join(DocumentRow)).all() == [State.PARTIAL]


def test_page_case_and_stock_say_what_is_missing(stock: Settings, app: Flask) -> None:
    person = Person(app, "leitung")
    document = document_row(stock, "Akte/bild.webp")
    page = person.get(f"/seite/{document.id}/1").text
    assert "nur teilweise durchsuchbar" in page
    assert f"Bewegtes Bild: nur das erste Bild wird gelesen: {REMEDY}" in page
    case = person.get(f"/akte/{document.case_id}").text
    assert "1 von 1 Seite dieser Akte nur teilweise durchsuchbar" in case
    overview = person.get("/bestand").text
    assert "teilweise durchsuchbar" in overview
    assert REMEDY in overview
