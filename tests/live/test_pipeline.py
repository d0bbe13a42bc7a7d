"""The way of real files through Tika, Tesseract and OpenSearch, and what happens when the source changes under it."""

from __future__ import annotations

import json
import shutil
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from casefile.database.counts import embedded_counts, source_counts
from casefile.database.ledger import (
    CaseRow,
    DocumentRow,
    FileRow,
    PageRow,
)
from casefile.database.sessions import open_database, read_session
from casefile.errors import EnvironmentFault, UsageFault
from casefile.index.names import index_name
from casefile.index.schema import VERSIONS, IndexKind
from casefile.index.writer import IndexWriter
from casefile.model import State, page_id
from casefile.settings import Settings
from indexer.enrich import ENRICHMENT
from indexer.ledger import cleanup, runs
from indexer.pipeline import index_root
from indexer.progress import Reporter
from indexer.upkeep.failures import failures
from tests.material import SCAN_WORD, scan, text_pdf, zipped
from tests.runs import delete_index, document_row, find, heal, run, verify


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
    before = document_row(instance, "50.2-1187/bescheid.pdf").id
    (tree / "50.2-1187" / "bescheid.pdf").touch()
    assert not verify(instance).ok
    run(instance, tree)
    assert document_row(instance, "50.2-1187/bescheid.pdf").id == before
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


def test_deleted_index_is_rebuilt_without_recognition(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    for kind in IndexKind:
        delete_index(instance, index_name(instance.index_prefix, kind, VERSIONS[kind]))
    healed = heal(instance)
    assert (healed.documents, healed.reread) == (5, 0)
    assert find(instance, SCAN_WORD) == ["50.2-1187/scan.tif#1", "Akte Zwei/kopie.tif#1"]
    assert verify(instance).ok


def test_lost_derived_store_is_read_again(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    delete_index(instance, index_name(instance.index_prefix, IndexKind.PAGES, VERSIONS[IndexKind.PAGES]))
    shutil.rmtree(instance.home / "derived")
    run(instance, tree)
    assert find(instance, SCAN_WORD) == ["50.2-1187/scan.tif#1", "Akte Zwei/kopie.tif#1"]
    assert verify(instance).ok


def test_verify_names_what_is_missing_and_what_is_too_much(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    store = IndexWriter.open(instance)
    store.delete_ids(IndexKind.PAGES, [page_id(document_row(instance, "50.2-1187/scan.tif").id, 1)])
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
    page = page_id(document_row(instance, "50.2-1187/scan.tif").id, 1)
    other = page_id(document_row(instance, "50.2-1187/bescheid.pdf").id, 1)
    store = IndexWriter.open(instance)
    for identifier, change in ((page, {"acl_id": "fremd"}), (other, {"text": "untergeschoben"})):
        hits = store.search(IndexKind.PAGES, {"query": {"ids": {"values": [identifier]}}})["hits"]["hits"]
        store.index_bulk(IndexKind.PAGES, [(identifier, hits[0]["_source"] | change)])
    store.close()
    shutil.rmtree(
        next((instance.home / "derived").rglob(f"{document_row(instance, 'Akte Zwei/nachricht.eml').sha256}*")).parent
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


def test_a_document_whose_repair_was_killed_is_loaded_again(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    document = document_row(instance, "50.2-1187/bescheid.pdf").id
    with open_database(instance, "ledger").begin() as session:
        session.execute(update(PageRow).where(PageRow.document_id == document).values(state=State.SENT))
    assert not verify(instance).ok
    assert run(instance, tree).processed == 0
    assert find(instance, "Bewilligungsbescheid") == ["50.2-1187/bescheid.pdf#1"]
    assert verify(instance).ok


def test_what_was_read_out_of_a_page_is_kept_and_renewed_by_a_later_program(instance: Settings, tree: Path) -> None:
    run(instance, tree)
    document = document_row(instance, "50.2-1187/bescheid.pdf").id
    with open_database(instance, "ledger").begin() as session:
        pages = list(session.scalars(select(PageRow).where(PageRow.document_id == document)))
        assert {page.enrichment for page in pages} == {ENRICHMENT}
        pages[0].findings, pages[1].findings = {"references": ["GEMERKT"]}, {"references": ["VERALTET"]}
        pages[1].enrichment = 0
    delete_index(instance, index_name(instance.index_prefix, IndexKind.PAGES, VERSIONS[IndexKind.PAGES]))
    heal(instance)
    assert find_reference(instance, "GEMERKT") == ["50.2-1187/bescheid.pdf#1"]
    assert find_reference(instance, "VERALTET") == []


def find_reference(settings: Settings, value: str) -> list[str]:
    with closing(IndexWriter.open(settings)) as store:
        store.refresh()
        hits = store.search(IndexKind.PAGES, {"query": {"term": {"references": value}}})["hits"]["hits"]
    return [f"{hit['_source']['path']}#{hit['_source']['page']}" for hit in hits]


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
        pending = list(session.scalars(select(FileRow.path).where(FileRow.state == State.FOUND)))
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
