"""An unknown exception at any stage is the state of the file that raised it: the run ends well, neighbours are read."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casefile.database.ledger import FileRow
from casefile.database.sessions import open_database, read_session
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from indexer import enrich, load, pipeline, process, read
from indexer.covers import reading
from indexer.extract import RecognitionPool, TikaClient
from indexer.ledger import cleanup, documents
from indexer.upkeep.failures import failures
from tests.material import mail_with_attachment, scan, zipped
from tests.runs import find, run, verify

VICTIM = "opfer.tif"
STAGES: list[tuple[Any, str]] = [
    (process, "_open_source"),
    (cleanup, "outdated_documents"),
    (process, "_unload_earlier"),
    (process, "read_document"),
    (read, "extract"),
    (TikaClient, "parse"),
    (read, "record_document"),
    (RecognitionPool, "submit"),
    (DerivedStore, "put_page"),
    (read, "update_pages"),
    (DerivedStore, "pack"),
    (process, "load_document"),
    (enrich, "page_language"),
    (load, "page_record"),
    (IndexWriter, "index_bulk"),
    (IndexWriter, "present_ids"),
    (load, "set_page_states"),
    (load, "close_document"),
    (cleanup, "stray_documents"),
    (documents, "close_file"),
]


class Unknown(Exception):
    """Nothing the program knows."""


@pytest.fixture
def raising(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes one function raise, every time, in the thread that works on the victim."""
    current = threading.local()
    work = pipeline.process_file

    def noted(ctx: Any, file: FileRow) -> None:
        current.path = file.path
        work(ctx, file)

    monkeypatch.setattr(pipeline, "process_file", noted)

    def at(owner: Any, name: str, victim: str = VICTIM) -> None:
        original = getattr(owner, name)

        def instead(*args: Any, **options: Any) -> Any:
            if getattr(current, "path", None) == victim:
                raise Unknown("etwas\nganz anderes")
            return original(*args, **options)

        monkeypatch.setattr(owner, name, instead)

    return at


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "bestand"
    root.mkdir()
    scan(root / VICTIM, ["Mietvertrag über eine Wohnung"])
    (root / "nachbar.txt").write_text("Vermerk über das Gespräch")
    scan(root / "zweiter.tif", ["Kündigung der Wohnung"])
    return root


def states(settings: Settings) -> dict[str, str]:
    with read_session(open_database(settings, "ledger")) as session:
        return {row.path: row.state for row in session.scalars(select(FileRow))}


def reported(settings: Settings) -> dict[str, tuple[str, str]]:
    with read_session(open_database(settings, "ledger")) as session:
        return {failure.path: (failure.code, failure.detail) for failure in failures(session)}


@pytest.mark.parametrize(("owner", "name"), STAGES, ids=[name for _, name in STAGES])
def test_a_crash_is_the_files_state(
    instance: Settings, tree: Path, raising: Callable[..., None], owner: Any, name: str
) -> None:
    raising(owner, name)
    run(instance, tree)
    assert states(instance) == {VICTIM: "failed", "nachbar.txt": "confirmed", "zweiter.tif": "confirmed"}
    ((path, (code, detail)),) = reported(instance).items()
    assert (path, code) == (VICTIM, "crashed")
    assert "Unknown: etwas ganz anderes" in detail
    assert find(instance, "Vermerk") == ["nachbar.txt#1"]
    assert find(instance, "Mietvertrag") == []


def test_a_crash_is_gone_once_it_is_retried_without_its_cause(
    instance: Settings, tree: Path, raising: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    raising(load, "page_record")
    run(instance, tree)
    assert verify(instance).ok
    monkeypatch.undo()
    sessions = open_database(instance, "ledger")
    with read_session(sessions) as session:
        (root_id,) = set(session.scalars(select(FileRow.root_id)))
    cleanup.reset_failed(sessions, None, {root_id})
    run(instance, tree)
    assert set(states(instance).values()) == {"confirmed"}
    assert reported(instance) == {}
    assert verify(instance).ok


def test_a_crash_of_an_attachment_spares_the_mail(
    instance: Settings, tmp_path: Path, raising: Callable[..., None]
) -> None:
    root = tmp_path / "mails"
    root.mkdir()
    mail_with_attachment(root / "nachricht.eml", "Bitte um Rückruf", "Nebenkostenabrechnung")
    raising(process, "_temporary_copy", "nachricht.eml")
    run(instance, root)
    assert states(instance) == {"nachricht.eml": "confirmed"}
    assert [(path, code) for path, (code, _) in reported(instance).items()] == [("nachricht.eml!anlage.pdf", "crashed")]


def test_a_crash_while_a_changed_case_is_loaded_again(
    instance: Settings, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(instance, tree)
    (tree / "deckblatt.json").write_text('{"aktenzeichen": "1/2020"}')

    def crash(*_: Any) -> None:
        raise Unknown

    monkeypatch.setattr(pipeline, "load_document", crash)
    run(instance, tree)
    assert set(states(instance).values()) <= {"confirmed", "ignored"}
    assert verify(instance).ok


def test_a_cover_sheet_that_makes_its_reader_fail_locks_its_case(
    instance: Settings, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tree / "deckblatt.json").write_text('{"aktenzeichen": "1/2020"}')

    def crash(*_: Any) -> None:
        raise Unknown("Deckblatt")

    monkeypatch.setattr(reading, "parse_sheets", crash)  # in this process: the task cannot even be handed over
    run(instance, tree)
    assert reported(instance)["deckblatt.json"][0] == "cover_sheet_invalid"
    assert states(instance)["nachbar.txt"] == "confirmed"


@pytest.mark.parametrize("damage", ["ohne Namen", "LZMA"])
def test_a_damaged_zip_harms_nobody(instance: Settings, tree: Path, damage: str) -> None:
    raw = nameless() if damage == "ohne Namen" else broken_lzma()
    (tree / "anlagen.zip").write_bytes(raw)
    run(instance, tree)
    assert set(states(instance).values()) <= {"confirmed", "failed", "partial"}
    assert states(instance)["zweiter.tif"] == "confirmed"
    assert [path for path in reported(instance) if path.startswith("anlagen.zip")]


def nameless() -> bytes:
    """An archive whose only entry has a name of length 0."""
    raw = bytearray(zipped({"x": b""}))
    for signature, length_at, name_at in ((b"PK\x03\x04", 26, 30), (b"PK\x01\x02", 28, 46)):
        at = raw.index(signature)
        assert raw[at + length_at] == 1
        raw[at + length_at] = 0
        del raw[at + name_at]
    end = raw.index(b"PK\x05\x06")
    raw[end + 12 : end + 16] = (46).to_bytes(4, "little")
    raw[end + 16 : end + 20] = (30).to_bytes(4, "little")
    return bytes(raw)


def broken_lzma() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("brief.txt", "Sehr geehrte Damen und Herren, " * 40)
    raw = bytearray(buffer.getvalue())
    start = raw.index(b"brief.txt") + len(b"brief.txt") + 9
    for at in range(start, start + 20):
        raw[at] ^= 0xFF
    return bytes(raw)
