import os
import socket
import time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from casefile.pagetext import PageText, TextSource
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import Manifest
from casefile.storage.scratch import LEFTOVER_S, scratch_prefix
from indexer.upkeep import tidy
from indexer.work.locks import ContentLocks
from tests.material import ledger_of_one_document

KNOWN, GONE = "aa" * 32, "bb" * 32
PAGE = PageText("Guten Tag", TextSource.OCR)
NO_PROCESS = 2**22 + 1  # above the highest number Linux gives


@pytest.fixture
def sessions(tmp_path: Path) -> sessionmaker[Session]:
    """A ledger with one document, whose content is KNOWN."""
    return ledger_of_one_document(tmp_path, KNOWN, state="found", pages=1)


@pytest.fixture
def derived(tmp_path: Path) -> DerivedStore:
    store = DerivedStore(tmp_path / "derived")
    for sha256 in (KNOWN, GONE):
        store.put_page(sha256, "k", PAGE)
        store.pack(sha256, Manifest("image/tiff", 1, {1: "k"}))
    return store


def remove_dropped(sessions: sessionmaker[Session], derived: DerivedStore, home: Path) -> None:
    tidy.remove_dropped(sessions, derived, ContentLocks(home), lambda: None)


def test_only_contents_without_a_document_are_removed(
    sessions: sessionmaker[Session], derived: DerivedStore, tmp_path: Path
) -> None:
    derived.mark_dropped([KNOWN, GONE, ""])
    remove_dropped(sessions, derived, tmp_path)
    assert list(derived.packed()) == [KNOWN]
    assert derived.dropped() == []


def test_what_another_run_reads_stays_and_stays_marked(
    sessions: sessionmaker[Session], derived: DerivedStore, tmp_path: Path
) -> None:
    derived.mark_dropped([GONE])
    with ContentLocks(tmp_path).hold(GONE, lambda: None):
        remove_dropped(sessions, derived, tmp_path)
    assert derived.get_page(GONE, "k") == PAGE
    assert derived.dropped() == [GONE]
    remove_dropped(sessions, derived, tmp_path)
    assert derived.get_page(GONE, "k") is None


def test_packs_without_a_document_are_found_without_a_mark(
    sessions: sessionmaker[Session], derived: DerivedStore
) -> None:
    tidy.mark_unknown(sessions, derived)
    assert derived.dropped() == [GONE]


def test_loose_pages_are_kept_for_a_run_that_goes_on(
    sessions: sessionmaker[Session], derived: DerivedStore, tmp_path: Path
) -> None:
    fresh = "cc" * 32
    for sha256 in (KNOWN, GONE, fresh):
        derived.put_page(sha256, "lose", PAGE)
    for sha256 in (KNOWN, GONE):
        age(derived.folder / "work" / sha256)
    tidy.clear_leftovers(tmp_path, sessions, derived)
    remove_dropped(sessions, derived, tmp_path)
    assert sorted(path.name for path in (derived.folder / "work").iterdir()) == [KNOWN, fresh]


def test_leftovers_are_old_and_of_no_living_process(
    sessions: sessionmaker[Session], derived: DerivedStore, tmp_path: Path
) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    host = socket.gethostname()
    mine, dead = f"{scratch_prefix()}a.pdf", f"{host}.{NO_PROCESS}.1.1-b.pdf"
    for name in (
        mine,
        dead,
        "tmpabcd.pdf",
        f"anderer-rechner.{os.getpid()}.1.1-c.pdf",
        f"{host}.{os.getpid()}.1.1-d.pdf",
    ):
        (folder / name).write_text("x")
        age(folder / name)
    for path in (folder / "ordner", folder / "verweis"):
        path.mkdir() if path.name == "ordner" else path.symlink_to(tmp_path)
    (folder / "ordner" / "x").write_text("x")
    age(folder / "ordner")
    young = f"{host}.{NO_PROCESS}.1.1-jung.pdf"
    (folder / young).write_text("x")
    tidy.clear_leftovers(tmp_path, sessions, derived)
    assert sorted(path.name for path in folder.iterdir()) == sorted([mine, young, "verweis"])


def age(path: Path) -> None:
    then = time.time() - LEFTOVER_S - 60
    os.utime(path, (then, then))
