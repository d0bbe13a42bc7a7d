"""The way of real files through Tika, Tesseract and OpenSearch, and what happens when the source changes under it."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from casefile.counts import embedded_counts, source_counts
from casefile.database import open_database, read_session
from casefile.errors import EnvironmentFault, UsageFault
from casefile.ledger import AclRow, CaseRow, DocumentRow, FileRow, PageRow
from casefile.mappings import IndexKind, alias_name
from casefile.model import State, page_id
from casefile.settings import Settings
from casefile.store import Store
from indexer.context import derived_store
from indexer.failures import failures
from indexer.heal import Healed, heal_root
from indexer.ledger import cleanup, runs
from indexer.pipeline import Summary, index_root
from indexer.progress import Reporter
from indexer.verify import RootReport, verify_root
from tests.material import mail_with_attachment, scan, text_pdf, zipped

SCAN_WORD = "Quittenwald"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Five documents in three cases: text, scan, mixed with a blank page, mail with attachment, encrypted."""
    root = tmp_path / "bestand"
    case = root / "50.2-1187"
    case.mkdir(parents=True)
    sheet = {"aktenzeichen": "50.2-1187/2021", "stelle": "Leistung 2", "personen": [{"name": "Müller"}]}
    sheet |= {
        "dokumente": [{"datei": "bescheid.pdf", "betreff": "Bewilligung", "art": "Bescheid", "datum": "2021-03-12"}]
    }
    (case / "deckblatt.json").write_text(json.dumps(sheet))
    text_pdf(case / "bescheid.pdf", ["Bewilligungsbescheid über Leistungen", "Rechtsbehelfsbelehrung und Hinweise"])
    scan(case / "scan.tif", [f"Mietvertrag\n{SCAN_WORD}", ""])
    other = root / "Akte Zwei"
    other.mkdir()
    mail_with_attachment(
        other / "nachricht.eml", "Bitte um Rückruf wegen der Nachzahlung", "Nebenkostenabrechnung 2020"
    )
    text_pdf(other / "geheim.pdf", ["verschlossen"], password="kennwort")
    shutil.copy(case / "scan.tif", other / "kopie.tif")
    (root / "Thumbs.db").write_bytes(b"x")
    return root


def run(settings: Settings, root: Path, **options: bool) -> Summary:
    with Reporter("bestand", quiet=True) as reporter:
        return index_root(settings, root, "bestand", reporter, **options)


def verify(settings: Settings, *, deep: bool = False) -> RootReport:
    sessions = open_database(settings, "ledger")
    store = Store.for_indexing(settings)
    try:
        return verify_root(sessions, store, derived_store(settings), runs.all_roots(sessions)[0], deep=deep)
    finally:
        store.close()


def heal(settings: Settings, *, deep: bool = False) -> Healed:
    sessions = open_database(settings, "ledger")
    (root,) = runs.all_roots(sessions)
    store = Store.for_indexing(settings)
    try:
        return heal_root(sessions, store, derived_store(settings), root, deep=deep)
    finally:
        store.close()


def find(settings: Settings, word: str) -> list[str]:
    store = Store.for_searching(settings)
    store.refresh()
    answer = store.search(IndexKind.PAGES, {"query": {"match": {"text": word}}, "size": 50})
    store.close()
    return sorted(f"{hit['_source']['path']}#{hit['_source']['page']}" for hit in answer["hits"]["hits"])


def test_every_page_is_accounted_for(instance: Settings, tree: Path) -> None:
    summary = run(instance, tree)
    assert (summary.total, summary.new, summary.processed) == (7, 7, 5)
    sessions = open_database(instance, "ledger")
    with read_session(sessions) as session:
        source, embedded = source_counts(session), embedded_counts(session)
        problems = [(f.path, f.page, f.code) for f in failures(session)]
    assert (source.files.searchable, source.files.failed, source.files.ignored) == (4, 1, 2)
    assert (source.pages.total, source.pages.searchable, source.pages.blank, source.pages.failed) == (8, 5, 2, 1)
    assert (embedded.files.total, embedded.pages.searchable) == (1, 1)
    assert problems == [("Akte Zwei/geheim.pdf", 1, "encrypted")]
    assert find(instance, SCAN_WORD) == ["50.2-1187/scan.tif#1", "Akte Zwei/kopie.tif#1"]
    assert find(instance, "Nebenkostenabrechnung") == ["Akte Zwei/nachricht.eml!anlage.pdf#1"]
    assert verify(instance).ok


def test_cover_sheet_reaches_documents_and_rights(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    with read_session(open_database(instance, "ledger")) as session:
        row = session.scalars(select(DocumentRow).where(DocumentRow.path == "50.2-1187/bescheid.pdf")).one()
        acl = session.get_one(AclRow, row.acl_id)
        assert (row.title, row.kind, row.date) == ("Bewilligung", "Bescheid", "2021-03-12")
        assert (acl.unit, acl.kind) == ("Leistung 2", "Bescheid")


def test_second_run_does_nothing(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    assert run(instance, tree).processed == 0
    with read_session(open_database(instance, "ledger")) as session:
        assert set(session.scalars(select(CaseRow.version))) == {1}


def test_recognition_runs_once_for_identical_copies(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    with read_session(open_database(instance, "ledger")) as session:
        keys = session.execute(
            select(DocumentRow.sha256, PageRow.store_key).join(PageRow).where(PageRow.source == "ocr")
        ).all()
    assert len(keys) == 2
    assert len(set(keys)) == 1
    packs = list((instance.home / "derived").rglob("*.zip"))
    assert len({pack.stem for pack in packs}) == len(packs) == 4  # bescheid, scan (= kopie), mail, anlage


def test_changed_and_removed_files_leave_no_trace(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    text_pdf(tree / "50.2-1187" / "bescheid.pdf", ["Aufhebungsbescheid"])
    (tree / "Akte Zwei" / "nachricht.eml").unlink()
    summary = run(instance, tree)
    assert (summary.changed, summary.removed) == (1, 1)
    assert find(instance, "Bewilligungsbescheid") == []
    assert find(instance, "Nebenkostenabrechnung") == []
    assert find(instance, "Aufhebungsbescheid") == ["50.2-1187/bescheid.pdf#1"]
    assert verify(instance).ok


def test_touched_file_is_not_read_again(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    before = _row(instance, "50.2-1187/bescheid.pdf").id
    (tree / "50.2-1187" / "bescheid.pdf").touch()
    assert not verify(instance).ok
    run(instance, tree)
    assert _row(instance, "50.2-1187/bescheid.pdf").id == before
    assert verify(instance).ok


def test_most_files_gone_is_taken_for_a_lost_drive(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "viele"
    root.mkdir()
    for number in range(25):
        (root / f"{number}.txt").write_text(f"Vermerk Nummer {number}")
    run(instance, root)
    for path in root.iterdir():
        path.unlink()
    with pytest.raises(EnvironmentFault, match="25 von 25") as error:
        run(instance, root)
    assert error.value.code == "source_shrunk"
    assert len(find(instance, "Vermerk")) == 25
    assert run(instance, root, accept_removals=True).removed == 25
    assert find(instance, "Vermerk") == []
    assert verify(instance).ok


def test_an_empty_folder_is_taken_for_a_lost_drive_however_few_files_are_known(
    instance: Settings, tmp_path: Path
) -> None:
    root = tmp_path / "wenige"
    root.mkdir()
    for name in ("eins", "zwei"):
        (root / f"{name}.txt").write_text(f"Vermerk {name}")
    run(instance, root)
    (root / "eins.txt").unlink()
    assert run(instance, root).removed == 1
    (root / "zwei.txt").unlink()
    with pytest.raises(EnvironmentFault, match="1 von 1") as error:
        run(instance, root)
    assert error.value.code == "source_shrunk"
    assert len(find(instance, "Vermerk")) == 1


def test_changed_cover_sheet_reaches_every_page(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    sheet = {"aktenzeichen": "50.2-9999/2022", "stelle": "Leistung 7", "vertraulichkeit": "vertraulich"}
    (tree / "50.2-1187" / "deckblatt.json").write_text(json.dumps(sheet))
    run(instance, tree)
    store = Store.for_searching(instance)
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
    content: dict[str, object] = {"aktenzeichen": "7/2021", "stelle": "Leistung 2"}
    listed = {"datei": "nachricht.eml", "betreff": "Rückrufbitte", "art": "Kontoauszug", "datum": "2021-03-12"}
    sheet.write_text(json.dumps(content | {"dokumente": [listed]}))
    run(instance, tree)
    row, attachment = _row(instance, mail), _row(instance, f"{mail}!anlage.pdf")
    assert (row.title, row.kind, row.date) == ("Rückrufbitte", "Kontoauszug", "2021-03-12")
    assert (attachment.title, attachment.kind) == ("anlage.pdf", "Kontoauszug")
    sheet.write_text(json.dumps(content))
    run(instance, tree)
    row, attachment = _row(instance, mail), _row(instance, f"{mail}!anlage.pdf")
    assert (row.title, row.kind, row.date) == ("Anfrage", "", "")
    assert (attachment.title, attachment.kind) == ("anlage.pdf", "")
    with read_session(open_database(instance, "ledger")) as session:
        assert {session.get_one(AclRow, found.acl_id).kind for found in (row, attachment)} == {""}
    assert verify(instance).ok


def test_a_name_with_an_exclamation_mark_stays_whole(instance: Settings, tree: Path) -> None:
    case = tree / "Akte Zwei"
    (case / "Achtung! Frist.zip").write_bytes(zipped({"post/Wichtig! Eins.txt": b"Erster Brief", "b!.txt": b""}))
    sheet = {"aktenzeichen": "7/2021", "dokumente": [{"datei": "Achtung! Frist.zip", "art": "Kontoauszug"}]}
    (case / "deckblatt.json").write_text(json.dumps(sheet))
    for _ in range(2):  # read, then brought up to a changed sheet
        run(instance, tree)
        with read_session(open_database(instance, "ledger")) as session:
            rows = session.scalars(select(DocumentRow).where(DocumentRow.path.like("%Frist.zip%")))
            assert {(row.title, row.kind) for row in rows} == {
                ("Achtung! Frist.zip", "Kontoauszug"),
                ("Wichtig! Eins.txt", "Kontoauszug"),
                ("b!.txt", "Kontoauszug"),
            }
        (case / "deckblatt.json").write_text(json.dumps(sheet | {"stelle": "Leistung 2"}))


def test_new_cover_sheet_moves_documents_to_its_case(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    (tree / "Akte Zwei" / "deckblatt.yaml").write_text("aktenzeichen: 33-1/22\nstelle: Team 3\n")
    run(instance, tree)
    store = Store.for_searching(instance)
    store.refresh()
    hits = store.search(IndexKind.CASES, {"query": {"match_all": {}}})["hits"]["hits"]
    store.close()
    assert {hit["_source"].get("aktenzeichen") for hit in hits} >= {"33-1/22", "50.2-1187/2021"}
    assert verify(instance).ok


def test_deleted_index_is_rebuilt_without_recognition(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    store = Store.for_indexing(instance)
    for kind in IndexKind:
        store._client.indices.delete(index=f"{alias_name(instance.index_prefix, kind)}-v1")
    store.close()
    healed = heal(instance)
    assert (healed.documents, healed.reread) == (5, 0)
    assert find(instance, SCAN_WORD) == ["50.2-1187/scan.tif#1", "Akte Zwei/kopie.tif#1"]
    assert verify(instance).ok


def test_lost_derived_store_is_read_again(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    store = Store.for_indexing(instance)
    store._client.indices.delete(index=f"{alias_name(instance.index_prefix, IndexKind.PAGES)}-v1")
    store.close()
    shutil.rmtree(instance.home / "derived")
    run(instance, tree)
    assert find(instance, SCAN_WORD) == ["50.2-1187/scan.tif#1", "Akte Zwei/kopie.tif#1"]
    assert verify(instance).ok


def test_verify_names_what_is_missing_and_what_is_too_much(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    store = Store.for_indexing(instance)
    store.delete_ids(IndexKind.PAGES, [page_id(_row(instance, "50.2-1187/scan.tif").id, 1)])
    store.index_bulk(IndexKind.PAGES, [("fremd", {"root": "bestand", "text": "untergeschoben"})])
    store.close()
    (tree / "neu.txt").write_text("noch nicht erfasst")
    report = verify(instance)
    assert not report.ok
    found = {code: finding.examples for code, finding in report.findings.items() if finding.count}
    assert found == {
        "new": ("neu.txt",),
        "missing_pages": ("50.2-1187/scan.tif#1",),
        "orphaned_pages": ("fremd",),
    }
    heal(instance)
    run(instance, tree)
    assert verify(instance).ok


def test_verify_sees_foreign_rights_foreign_text_and_lost_texts(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    page = page_id(_row(instance, "50.2-1187/scan.tif").id, 1)
    other = page_id(_row(instance, "50.2-1187/bescheid.pdf").id, 1)
    store = Store.for_indexing(instance)
    for identifier, change in ((page, {"acl_id": "fremd"}), (other, {"text": "untergeschoben"})):
        hits = store.search(IndexKind.PAGES, {"query": {"ids": {"values": [identifier]}}})["hits"]["hits"]
        store.index_bulk(IndexKind.PAGES, [(identifier, hits[0]["_source"] | change)])
    store.close()
    shutil.rmtree(
        next((instance.home / "derived").rglob(f"{_row(instance, 'Akte Zwei/nachricht.eml').sha256}*")).parent
    )
    found = {code: f.examples for code, f in verify(instance, deep=True).findings.items() if f.count}
    assert found == {
        "altered_pages": ("50.2-1187/bescheid.pdf#1", "50.2-1187/scan.tif#1"),
        "missing_texts": ("Akte Zwei/nachricht.eml",),
    }
    healed = heal(instance, deep=True)
    assert (healed.documents, healed.reread) == (2, 1)
    run(instance, tree)
    assert verify(instance, deep=True).ok


def test_a_name_belongs_to_one_folder(instance: Settings, tree: Path, tmp_path: Path) -> None:
    run(instance, tree)
    other = tmp_path / "anderswo"
    other.mkdir()
    (other / "a.txt").write_text("Vermerk")
    with pytest.raises(UsageFault, match="gehört schon"):
        run(instance, other)
    assert verify(instance).ok
    moved = tree.rename(tmp_path / "umgezogen")
    assert run(instance, moved).removed == 0
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


def test_vanished_root_stops_the_run_and_blames_no_file(instance: Settings, tree: Path, tmp_path: Path) -> None:
    class Unplug(Reporter):
        def expect(self, files: int) -> None:
            super().expect(files)
            tree.rename(tmp_path / "abgezogen")

    with pytest.raises(EnvironmentFault) as error, Unplug("bestand", quiet=True) as reporter:
        index_root(instance, tree, "bestand", reporter)
    assert error.value.code == "root_lost"
    (tmp_path / "abgezogen").rename(tree)
    run(instance, tree)
    assert verify(instance).ok


def test_ink_without_a_word_is_said_and_a_blank_page_is_blank(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "bilder"
    root.mkdir()
    photo = Image.effect_mandelbrot((900, 1200), (-3, -2.5, 2, 2.5), 60)
    photo.convert("L").save(root / "foto.png", dpi=(150, 150))
    scan(root / "leer.tif", [""])
    run(instance, root)
    with read_session(open_database(instance, "ledger")) as session:
        rows = session.execute(select(DocumentRow.path, PageRow.state, PageRow.reason).join(PageRow)).all()
    assert {tuple(row) for row in rows} == {("foto.png", "failed", "no_text"), ("leer.tif", "blank", "")}
    assert verify(instance).ok


def test_nested_archives_are_bounded_as_a_whole(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "archive"
    root.mkdir()
    inner = zipped({f"{number}.txt": b"Vermerk" for number in range(4)})
    (root / "bombe.zip").write_bytes(zipped({f"{number}.zip": inner for number in range(4)}))
    limited = instance.model_copy(update={"max_embedded": 6})
    run(limited, root)
    with read_session(open_database(instance, "ledger")) as session:
        embedded = embedded_counts(session)
    assert embedded.files.searchable == 6
    assert embedded.files.failed >= 1
    assert verify(instance).ok


def test_retry_reads_only_what_failed(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    sessions = open_database(instance, "ledger")
    assert len(cleanup.reset_failed(sessions, None, {1})) == 1
    with read_session(sessions) as session:
        pending = list(session.scalars(select(FileRow.path).where(FileRow.state == State.FOUND.value)))
    assert pending == ["Akte Zwei/geheim.pdf"]
    assert run(instance, tree).processed == 1
    assert verify(instance).ok


def test_stopped_run_goes_on_where_it_was(instance: Settings, tree: Path) -> None:
    stop = threading.Event()
    stop.set()
    with Reporter("bestand", quiet=True) as reporter:
        index_root(instance, tree, "bestand", reporter, stop=stop)
    assert not verify(instance).ok
    run(instance, tree)
    assert verify(instance).ok


def test_two_runs_on_one_root_exclude_each_other(instance: Settings, tree: Path) -> None:
    sessions = open_database(instance, "ledger")
    root = runs.ensure_root(sessions, "bestand", tree)
    with runs.run_on(sessions, root, instance.home), pytest.raises(EnvironmentFault) as error:
        run(instance, tree)
    assert error.value.code == "index_running"


def test_home_inside_the_source_is_refused(instance: Settings) -> None:
    with pytest.raises(UsageFault, match="Arbeitsordner"):
        run(instance, instance.home.parent)


def _rights(settings: Settings) -> dict[str, tuple[str, int, str]]:
    with read_session(open_database(settings, "ledger")) as session:
        return {
            row.folder: (row.cover_state, row.confidentiality, row.unit) for row in session.scalars(select(CaseRow))
        }


def _row(settings: Settings, path: str) -> DocumentRow:
    with read_session(open_database(settings, "ledger")) as session:
        return session.scalars(select(DocumentRow).where(DocumentRow.path == path)).one()
