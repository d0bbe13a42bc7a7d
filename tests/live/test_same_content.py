"""One content in several files, attachments and roots: each keeps its text, its bytes and its place."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from casefile.database.ledger import DocumentRow, FileRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.index.writer import IndexWriter
from casefile.settings import Settings
from indexer.context import derived_store
from indexer.ledger import runs
from indexer.pipeline import index_root
from indexer.progress import Reporter
from indexer.upkeep.verify import verify_root
from indexer.work.locks import ContentLocks
from tests.material import scan, text_pdf_bytes

PATIENCE_S = 90.0
ATTACHMENT = text_pdf_bytes(["Nebenkostenabrechnung 2020"])
SHA = hashlib.sha256(ATTACHMENT).hexdigest()


def run(settings: Settings, root: Path) -> None:
    with Reporter(root.name, quiet=True) as reporter:
        index_root(settings, root, root.name, reporter)


def mails(root: Path, count: int) -> Path:
    root.mkdir()
    for number in range(count):
        message = EmailMessage()
        message["Subject"] = f"Anfrage {number} an {root.name}"
        message.set_content(f"Bitte um Rückruf, Nummer {number}, {root.name}")
        message.add_attachment(ATTACHMENT, maintype="application", subtype="pdf", filename="anlage.pdf")
        (root / f"{number}.eml").write_bytes(bytes(message))
    return root


def all_verified(settings: Settings) -> bool:
    sessions = open_database(settings, "ledger")
    store = IndexWriter.open(settings)
    try:
        return all(verify_root(sessions, store, derived_store(settings), r).ok for r in runs.all_roots(sessions))
    finally:
        store.close()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_an_attachments_bytes_wait_for_who_works_on_them(instance: Settings, tmp_path: Path) -> None:
    root = mails(tmp_path / "post", 1)
    derived = derived_store(instance)
    sessions = open_database(instance, "ledger")

    def mail_is_loaded() -> bool:
        with read_session(sessions) as session:
            return list(session.scalars(select(DocumentRow.state))) == ["confirmed"]

    with ContentLocks(instance.home).hold(SHA, lambda: None):
        thread = threading.Thread(target=run, args=(instance, root))
        thread.start()
        wait_until(mail_is_loaded)
        time.sleep(0.5)
        assert derived.original(SHA) is None
    thread.join(PATIENCE_S)
    assert derived.original(SHA) == ATTACHMENT
    assert all_verified(instance)


def test_two_roots_at_once_with_the_same_attachment(
    instance: Settings, instance_environment: dict[str, str], tmp_path: Path
) -> None:
    roots = [mails(tmp_path / name, 6) for name in ("eins", "zwei")]
    open_database(instance, "ledger")
    command = [sys.executable, "-m", "aktensuche", "index", "--json"]
    running = [
        subprocess.Popen([*command, str(root)], env=instance_environment, stdout=subprocess.DEVNULL) for root in roots
    ]
    assert [process.wait(PATIENCE_S) for process in running] == [0, 0]
    assert derived_store(instance).original(SHA) == ATTACHMENT
    assert not list((instance.home / "derived" / "work").glob("*"))
    with read_session(open_database(instance, "ledger")) as session:
        assert set(session.scalars(select(DocumentRow.state))) == {"confirmed"}
        assert set(session.scalars(select(FileRow.state))) == {"confirmed"}
    assert all_verified(instance)


def test_a_copy_read_under_other_settings_takes_no_text_away(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "akte"
    root.mkdir()
    scan(root / "scan.tif", ["Mietvertrag", "Nachtrag zum Mietvertrag"])
    run(instance, root)
    shutil.copy(root / "scan.tif", root / "kopie.tif")
    run(instance.model_copy(update={"ocr_dpi": 150}), root)
    with read_session(open_database(instance, "ledger")) as session:
        rows = session.execute(select(DocumentRow.sha256, PageRow.store_key).join(PageRow)).all()
    assert len({row.store_key for row in rows}) == 4, "read in two ways"
    assert {row.store_key for row in rows} == derived_store(instance).packed_keys(rows[0].sha256)
    assert all_verified(instance)


def test_what_no_document_has_any_more_leaves_the_disk(instance: Settings, tmp_path: Path) -> None:
    root = mails(tmp_path / "post", 2)
    scan(root / "scan.tif", ["Mietvertrag"])
    shutil.copy(root / "scan.tif", root / "kopie.tif")
    run(instance, root)
    derived = derived_store(instance)
    scanned = hashlib.sha256((root / "scan.tif").read_bytes()).hexdigest()
    assert len(list(derived.packed())) == 4  # two mails, one attachment, one scan
    (root / "0.eml").unlink()
    (root / "scan.tif").unlink()
    run(instance, root)
    assert len(list(derived.packed())) == 3, "the other mail has the attachment, the copy the scan"
    assert derived.original(SHA) == ATTACHMENT
    (root / "1.eml").write_text("Subject: Anfrage\n\nnun ohne Anlage")
    run(instance, root)
    assert derived.original(SHA) is None
    assert len(list(derived.packed())) == 2
    (root / "kopie.tif").unlink()
    run(instance, root)
    assert scanned not in derived.packed()
    assert all_verified(instance)


def test_a_file_that_was_moved_keeps_its_text_until_it_is_read(instance: Settings, tmp_path: Path) -> None:
    root = tmp_path / "akte"
    root.mkdir()
    scan(root / "scan.tif", ["Mietvertrag"])
    run(instance, root)
    (contained,) = derived_store(instance).packed()
    (root / "scan.tif").rename(root / "umbenannt.tif")
    stop = threading.Event()
    stop.set()
    with Reporter("akte", quiet=True) as reporter:
        index_root(instance, root, "akte", reporter, stop=stop)
    assert list(derived_store(instance).packed()) == [contained]
    run(instance, root)
    assert list(derived_store(instance).packed()) == [contained]
    assert derived_store(instance).dropped() == []
    assert all_verified(instance)


def test_indices_that_two_runs_create_at_once(instance: Settings) -> None:
    stores = [IndexWriter.open(instance) for _ in range(4)]
    together = threading.Barrier(len(stores))

    def create(store: IndexWriter) -> None:
        together.wait(PATIENCE_S)
        store.create_indices()

    with ThreadPoolExecutor(len(stores)) as threads:
        list(threads.map(create, stores))
    assert stores[0].indices_exist()
    for store in stores:
        store.close()
