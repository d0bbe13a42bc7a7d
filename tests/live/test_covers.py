"""Cover sheets and registers reach documents, rights and index, also when they change, break or vanish."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from sqlalchemy import select

from casefile.database.ledger import AclRow, CaseRow, DocumentRow
from casefile.database.sessions import open_database, read_session
from casefile.index.schema import IndexKind
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from indexer.upkeep.failures import failures
from tests.material import text_pdf
from tests.runs import document_row, run, verify


def test_cover_sheet_reaches_documents_and_rights(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    with read_session(open_database(instance, "ledger")) as session:
        row = session.scalars(select(DocumentRow).where(DocumentRow.path == "50.2-1187/bescheid.pdf")).one()
        acl = session.get_one(AclRow, row.acl_id)
        assert (row.title, row.kind, row.date) == ("Bewilligung", "Bescheid", "2021-03-12")
        assert (acl.unit, acl.kind) == ("Leistung 2", "Bescheid")


def test_changed_cover_sheet_reaches_every_page(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    sheet = {"aktenzeichen": "50.2-9999/2022", "stelle": "Leistung 7", "vertraulichkeit": "vertraulich"}
    (tree / "50.2-1187" / "deckblatt.json").write_text(json.dumps(sheet))
    run(instance, tree)
    store = IndexWriter.open(instance)
    store.refresh()
    hits = store.search(IndexKind.PAGES, {"query": {"term": {"unit": "Leistung 7"}}})["hits"]["hits"]
    store.close()
    assert {hit["_source"]["path"] for hit in hits} == {"50.2-1187/bescheid.pdf", "50.2-1187/scan.tif"}
    with read_session(open_database(instance, "ledger")) as session:
        acls = set(session.scalars(select(DocumentRow.acl_id).where(DocumentRow.path.like("50.2%"))))
        assert {hit["_source"]["acl_id"] for hit in hits} == acls
        row = session.scalars(select(CaseRow).where(CaseRow.aktenzeichen == "50.2-9999/2022")).one()
        assert row.version == row.indexed_version == 2
    assert verify(instance).ok


def test_what_the_sheet_no_longer_says_of_a_document_goes(instance: Settings, tree: Path) -> None:
    sheet, mail = tree / "Akte Zwei" / "deckblatt.json", "Akte Zwei/nachricht.eml"
    content: dict[str, object] = {"aktenzeichen": "7/2021", "stelle": "Leistung 2", "aussonderung": "2031-12-31"}
    listed = {"datei": "nachricht.eml", "betreff": "Rückrufbitte", "art": "Kontoauszug", "datum": "2020-02-02"}
    listed["absender"] = "Sparkasse Musterstadt"
    sheet.write_text(json.dumps(content | {"dokumente": [listed]}))
    run(instance, tree)
    row, attachment = document_row(instance, mail), document_row(instance, f"{mail}!anlage.pdf")
    assert (row.title, row.kind, row.date) == ("Rückrufbitte", "Kontoauszug", "2020-02-02")
    assert (attachment.title, attachment.kind) == ("anlage.pdf", "Kontoauszug")
    assert row.sender == attachment.sender == "Sparkasse Musterstadt"
    sheet.write_text(json.dumps(content))
    run(instance, tree)
    row, attachment = document_row(instance, mail), document_row(instance, f"{mail}!anlage.pdf")
    assert (row.title, row.kind, row.kind_inferred) == ("Anfrage", "E-Mail", True)
    assert (row.date, row.sender) == ("2021-03-12", "jana@example.org")
    assert attachment.kind != "Kontoauszug" and attachment.sender == ""
    with read_session(open_database(instance, "ledger")) as session:
        assert {session.get_one(AclRow, found.acl_id).kind for found in (row, attachment)} == {""}
        case = session.get_one(CaseRow, row.case_id)
        assert (case.retention, case.period_from) == (date(2031, 12, 31), None)
    assert verify(instance).ok


def test_new_cover_sheet_moves_documents_to_its_case(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    (tree / "Akte Zwei" / "deckblatt.yaml").write_text("aktenzeichen: 33-1/22\nstelle: Team 3\n")
    run(instance, tree)
    store = IndexWriter.open(instance)
    store.refresh()
    hits = store.search(IndexKind.CASES, {"query": {"match_all": {}}})["hits"]["hits"]
    store.close()
    assert {hit["_source"].get("aktenzeichen") for hit in hits} >= {"33-1/22", "50.2-1187/2021"}
    assert verify(instance).ok


def test_unreadable_register_makes_no_case_less_confidential(instance: Settings, tree: Path) -> None:
    register = "Ordner;Aktenzeichen;Stelle;Vertraulichkeit\nAkte Zwei;7/20;Team 1;streng vertraulich\n"
    (tree / "register.csv").write_text(register)
    run(instance, tree)
    (tree / "register.csv").write_text(register.replace("Ordner", "Akte"))
    run(instance, tree)
    with read_session(open_database(instance, "ledger")) as session:
        levels = {row.folder: row.confidentiality for row in session.scalars(select(CaseRow))}
        assert levels == {"50.2-1187": 0, "Akte Zwei": 2}
        assert [(f.path, f.code) for f in failures(session) if f.page is None] == [
            ("register.csv", "cover_sheet_invalid")
        ]


def test_a_vanished_register_or_sheet_opens_no_case(instance: Settings, tree: Path) -> None:
    sheet = tree / "50.2-1187" / "deckblatt.json"
    content = json.loads(sheet.read_text())
    sheet.write_text(json.dumps(content | {"vertraulichkeit": "streng vertraulich"}))
    register = "Ordner;Stelle;Vertraulichkeit\nAkte Zwei;Team 1;vertraulich\n"
    (tree / "register.csv").write_text(f"{register}50.2-1187;Leistung 2;normal\n")
    run(instance, tree)
    sheet.unlink()
    for _ in range(2):
        run(instance, tree)
        assert _rights(instance)["50.2-1187"] == ("vanished", 2, "Leistung 2")
    (tree / "register.csv").unlink()
    for _ in range(2):  # the second run must not forget what the first one kept
        run(instance, tree)
        assert _rights(instance) == {"50.2-1187": ("vanished", 2, "Leistung 2"), "Akte Zwei": ("vanished", 1, "Team 1")}
        with read_session(open_database(instance, "ledger")) as session:
            document = session.scalars(select(DocumentRow).where(DocumentRow.path == "50.2-1187/bescheid.pdf")).one()
            right = session.get_one(AclRow, document.acl_id)
            assert (right.unit, right.confidentiality) == ("Leistung 2", 2)
            lost = [(f.path, f.code) for f in failures(session) if f.page is None]
            assert lost == [("50.2-1187/", "cover_sheet_vanished"), ("Akte Zwei/", "cover_sheet_vanished")]
    sheet.write_text(json.dumps(content | {"vertraulichkeit": "normal"}))
    (tree / "register.csv").write_text(register.replace("vertraulich\n", "normal\n"))
    run(instance, tree)
    assert _rights(instance) == {"50.2-1187": ("present", 0, "Leistung 2"), "Akte Zwei": ("register", 0, "Team 1")}


def test_a_register_row_without_a_folder_is_reported_and_gives_no_rights(instance: Settings, tree: Path) -> None:
    text_pdf(tree / "lose.pdf", ["Ein Blatt ohne Akte"])
    (tree / "register.csv").write_text("Ordner;Aktenzeichen;Stelle\n ;7/20;Team 1\n50.2-1187;8/20;Team 2\n")
    run(instance, tree)
    assert {folder: unit for folder, (_, _, unit) in _rights(instance).items()} == {
        "": "",
        "50.2-1187": "Leistung 2",
        "Akte Zwei": "",
    }
    with read_session(open_database(instance, "ledger")) as session:
        (found,) = [f for f in failures(session) if f.page is None]
    assert (found.path, found.code) == ("register.csv", "cover_sheet_invalid")
    assert "7/20" in found.detail


def test_a_register_that_can_be_read_again_unlocks_what_it_does_not_name(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    (tree / "register.csv").write_text("Akte;Stelle\n")
    run(instance, tree)
    assert _rights(instance)["Akte Zwei"] == ("invalid", 2, "")
    (tree / "register.csv").write_text("Ordner;Stelle\n")
    run(instance, tree)
    assert _rights(instance)["Akte Zwei"] == ("missing", 0, "")


def _rights(settings: Settings) -> dict[str, tuple[str, int, str]]:
    with read_session(open_database(settings, "ledger")) as session:
        return {
            row.folder: (row.cover_state, row.confidentiality, row.unit) for row in session.scalars(select(CaseRow))
        }


def test_what_a_delivery_list_names_and_what_arrived(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "bestand"
    root.mkdir()
    text_pdf(root / "da.pdf", ["Erste Seite"])
    text_pdf(root / "kurz.pdf", ["Erste Seite", "Zweite Seite"])
    (root / "lieferliste.csv").write_text("Datei;Seiten\nda.pdf;1\nkurz.pdf;5\nfehlt.pdf;2\n")
    run(instance, root)
    with read_session(open_database(instance, "ledger")) as session:
        found = {(failure.path, failure.code, failure.detail) for failure in failures(session)}
    assert found == {("fehlt.pdf", "not_delivered", ""), ("kurz.pdf", "pages_not_delivered", "2 Seiten von 5")}
    text_pdf(root / "fehlt.pdf", ["Nachgeliefert", "Seite zwei"])
    (root / "lieferliste.csv").write_text("Datei;Seiten\nfehlt.pdf;2\nkurz.pdf;2\n")
    run(instance, root)
    with read_session(open_database(instance, "ledger")) as session:
        assert list(failures(session)) == []
    assert verify(instance).ok
