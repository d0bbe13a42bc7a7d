"""Kind and date that no cover sheet says reach ledger, index and filters, marked as inferred."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from casefile.database.ledger import AclRow, DocumentRow
from casefile.database.sessions import open_database, read_session
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from tests.material import text_pdf
from tests.runs import run

LETTER = (
    "Wohnbau Quellenhof eG\nDatum\n04.05.2020\nMietbescheinigung\nSehr geehrte Damen und Herren,\n"
    "hiermit wird bestätigt"
)


def rows(settings: Settings) -> dict[str, DocumentRow]:
    with read_session(open_database(settings, "ledger")) as session:
        return {row.path: row for row in session.scalars(select(DocumentRow))}


def test_inferred_where_the_sheet_is_silent(instance: Settings, tmp_path: Path) -> None:
    case = tmp_path / "bestand" / "Akte 1"
    case.mkdir(parents=True)
    text_pdf(case / "Dok_001.pdf", [LETTER])
    text_pdf(case / "Dok_002.pdf", [LETTER + " noch einmal"])
    mail = "From: Erika <e@example.org>\nDate: Mon, 03 Jan 2022 23:30:00 +0000\nSubject: Frage\n\nGuten Tag"
    (case / "post.eml").write_text(mail)
    sheet = {"aktenzeichen": "7/2020", "stelle": "Team 1"}
    listed = {"datei": "Dok_002.pdf", "art": "Sonstiges", "datum": "2019-01-01"}
    (case / "deckblatt.json").write_text(json.dumps(sheet | {"dokumente": [listed]}))
    run(instance, case.parent)
    found = rows(instance)
    first, second, third = (found[f"Akte 1/{name}"] for name in ("Dok_001.pdf", "Dok_002.pdf", "post.eml"))
    assert (first.kind, first.date, first.kind_inferred, first.date_inferred) == (
        "Mietbescheinigung",
        "2020-05-04",
        True,
        True,
    )
    assert (second.kind, second.date, second.kind_inferred, second.date_inferred) == (
        "Sonstiges",
        "2019-01-01",
        False,
        False,
    )
    assert (third.kind, third.date, third.header["sender"]) == ("E-Mail", "2022-01-04", "Erika <e@example.org>")
    with read_session(open_database(instance, "ledger")) as session:
        assert session.get_one(AclRow, first.acl_id).kind == ""
    index = IndexWriter.open(instance)
    index.refresh()
    hits = index.search(IndexKind.PAGES, {"query": {"term": {"kind": "Mietbescheinigung"}}})["hits"]["hits"]
    index.close()
    assert [hit["_source"]["date"] for hit in hits] == ["2020-05-04"]


def test_a_sheet_that_comes_later_wins_and_one_that_goes_gives_way(instance: Settings, tmp_path: Path) -> None:
    case = tmp_path / "bestand" / "Akte 1"
    case.mkdir(parents=True)
    text_pdf(case / "Dok_001.pdf", [LETTER])
    run(instance, case.parent)
    sheet = {"aktenzeichen": "7/2020", "dokumente": [{"datei": "Dok_001.pdf", "art": "Sonstiges"}]}
    (case / "deckblatt.json").write_text(json.dumps(sheet))
    run(instance, case.parent)
    row = rows(instance)["Akte 1/Dok_001.pdf"]
    assert (row.kind, row.kind_inferred, row.date_inferred) == ("Sonstiges", False, True)
    (case / "deckblatt.json").write_text(json.dumps({"aktenzeichen": "7/2020"}))
    run(instance, case.parent)
    row = rows(instance)["Akte 1/Dok_001.pdf"]
    assert (row.kind, row.kind_inferred) == ("Mietbescheinigung", True)
