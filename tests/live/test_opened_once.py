"""A link, pipe or other file put in a file's place at any moment of a run: not one foreign byte is read."""

from __future__ import annotations

import os
import socket
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from casefile.database.ledger import FileRow, PageRow
from casefile.database.sessions import open_database, read_session
from casefile.model import State
from casefile.settings import Settings
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import decode_page
from indexer import load, pipeline, process, read
from indexer.covers import settle
from indexer.extract import RecognitionPool, TikaClient, document
from indexer.ledger import cleanup, documents, enumeration
from indexer.source import open as source_open
from tests.material import mail_with_attachment, scan, text_pdf
from tests.runs import find, run

SECRET = "Staatsgeheimnis"
# Edges of the stages, in the order of a run: before and after each of them is a moment.
EDGES: list[tuple[Any, str]] = [
    (pipeline, "discover"),
    (enumeration, "enumerate_into"),
    (pipeline, "settle_cases"),
    (settle, "read_sheets"),
    (pipeline, "process_file"),
    (process, "open_source"),
    (source_open, "open_beneath"),
    (source_open, "_copy"),
    (process, "_process_opened"),
    (cleanup, "outdated_documents"),
    (process, "read_document"),
    (read, "extract"),
    (TikaClient, "parse"),
    (document, "read_embedded"),
    (document, "_pages"),
    (read, "record_document"),
    (RecognitionPool, "submit"),
    (DerivedStore, "put_page"),
    (read, "update_pages"),
    (read, "_check_source"),
    (DerivedStore, "pack"),
    (process, "load_document"),
    (load, "close_document"),
    (cleanup, "stray_documents"),
    (documents, "close_file"),
]
RUN = ("discover", "settle_cases", "read_sheets")  # of the whole root; the others are of one file


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A file of each way of reading, with a cover sheet beside them."""
    root = tmp_path / "bestand"
    root.mkdir()
    (root / "deckblatt.json").write_text('{"aktenzeichen": "1/2020"}')
    (root / "vermerk.txt").write_text("Vermerk über das Gespräch")
    text_pdf(root / "bescheid.pdf", ["Bewilligungsbescheid über Leistungen"])
    scan(root / "scan.tif", ["Mietvertrag"])
    mail_with_attachment(root / "nachricht.eml", "Bitte um Rückruf", "Nebenkostenabrechnung")
    return root


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """Files of the same types outside the tree."""
    folder = tmp_path / "fremd"
    folder.mkdir()
    (folder / "deckblatt.json").write_text(f'{{"aktenzeichen": "{SECRET}", "betreff": "{SECRET}"}}')
    (folder / "vermerk.txt").write_text(SECRET)
    text_pdf(folder / "bescheid.pdf", [SECRET])
    scan(folder / "scan.tif", [SECRET])
    mail_with_attachment(folder / "nachricht.eml", SECRET, SECRET)
    return folder


def once(action: Callable[[], None]) -> Callable[[], None]:
    done = threading.Lock()

    def act() -> None:
        if done.acquire(blocking=False):
            action()

    return act


def at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, before: bool, action: Callable[[], None]) -> None:
    """`action` once, before or after the first call of that function."""
    original = getattr(owner, name)
    act = once(action)

    def instead(*args: Any, **options: Any) -> Any:
        if before:
            act()
        result = original(*args, **options)
        if not before:
            act()
        return result

    monkeypatch.setattr(owner, name, instead)


def swap(tree: Path, foreign: Path) -> None:
    for path in foreign.iterdir():
        (tree / path.name).unlink()
        (tree / path.name).symlink_to(path)


def foreign_bytes(settings: Settings) -> list[str]:
    """Where the secret arrived: in the index, the derived store (packed uncompressed or not) or the ledger."""
    found = find(settings, SECRET)
    found += [str(path) for path in (settings.home / "derived").rglob("*") if path.is_file() and holds(path)]
    found += [str(path) for path in (settings.home / "db").iterdir() if SECRET.encode() in path.read_bytes()]
    return found


def holds(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return SECRET.encode() in path.read_bytes()
    with zipfile.ZipFile(path) as pack:
        raws = [pack.read(name) for name in pack.namelist()]
    texts = [page.text for raw in raws if (page := decode_page(raw)) is not None]
    return any(SECRET.encode() in raw for raw in raws) or any(SECRET in text for text in texts)


def test_a_link_swapped_in_at_any_of_fifty_moments_is_never_followed(
    instance: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run over fifty files: each is swapped for a link at a moment of its own."""
    root, foreign = tmp_path / "bestand", tmp_path / "fremd"
    root.mkdir()
    foreign.mkdir()
    victims = Victims(root, foreign, monkeypatch)
    for owner, name in EDGES:
        for before in (True, False):
            victims.add(owner, name, before)
    assert len(victims.paths) == 50
    run(instance, root)
    assert foreign_bytes(instance) == []
    assert all((root / path).is_symlink() for path in victims.paths)  # every moment came
    monkeypatch.undo()
    run(instance, root)
    assert foreign_bytes(instance) == []
    assert set(states(instance).values()) == {"ignored"}


class Victims:
    """Scans, each of which becomes a link at one edge of the stage that works on it."""

    def __init__(self, root: Path, foreign: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: list[str] = []
        self._root, self._foreign, self._monkeypatch = root, foreign, monkeypatch
        self._current = threading.local()
        self._scans = {text: self._scan(text) for text in ("Mietvertrag", SECRET)}

    def _scan(self, text: str) -> bytes:
        scan(self._foreign / "muster.tif", [text])
        return (self._foreign / "muster.tif").read_bytes()

    def add(self, owner: Any, name: str, before: bool) -> None:
        path = f"{'vor' if before else 'nach'}-{name.strip('_')}.tif"
        self.paths.append(path)
        (self._foreign / path).write_bytes(self._scans[SECRET])
        (self._root / path).write_bytes(self._scans["Mietvertrag"])
        if name == "put_page":  # recognised pages of equal content are written once
            scan(self._root / path, [f"Mietvertrag {len(self.paths)}"])
        original = getattr(owner, name)

        def instead(*args: Any, **options: Any) -> Any:
            concerned = self._concerns(args, path) or owner is enumeration or name in RUN
            if before and concerned:
                self._swap(path)
            result = original(*args, **options)
            if not before and concerned:
                self._swap(path)
            return result

        self._monkeypatch.setattr(owner, name, instead)

    def _concerns(self, args: tuple[Any, ...], path: str) -> bool:
        for arg in args:
            if isinstance(arg, FileRow):
                self._current.path = arg.path
        return getattr(self._current, "path", "") == path

    def _swap(self, path: str) -> None:
        if not (self._root / path).is_symlink():
            (self._root / path).unlink()
            (self._root / path).symlink_to(self._foreign / path)


def test_a_cover_sheet_that_becomes_a_link_is_not_read(
    instance: Settings, tree: Path, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, pipeline, "settle_cases", True, lambda: swap(tree, foreign))
    run(instance, tree)
    assert foreign_bytes(instance) == []
    assert reasons(instance)["deckblatt.json"] == "cover_sheet_invalid"


def states(settings: Settings) -> dict[str, str]:
    with read_session(open_database(settings, "ledger")) as session:
        return {row.path: row.state for row in session.scalars(select(FileRow))}


def reasons(settings: Settings) -> dict[str, str]:
    with read_session(open_database(settings, "ledger")) as session:
        return {row.path: row.reason for row in session.scalars(select(FileRow))}


def test_a_folder_that_becomes_a_link_is_not_entered(
    instance: Settings, tmp_path: Path, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "tief"
    (root / "Akte").mkdir(parents=True)
    (root / "Akte" / "vermerk.txt").write_text("Vermerk")

    def replace() -> None:
        (root / "Akte").rename(tmp_path / "weg")
        (root / "Akte").symlink_to(foreign)

    at(monkeypatch, pipeline, "process_file", True, replace)
    run(instance, root)
    assert foreign_bytes(instance) == []
    assert reasons(instance) == {"Akte/vermerk.txt": "vanished"}


def socket_at(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # the name of a socket may be short only
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "unreadable"),
        (socket_at, "unreadable"),
        (Path.mkdir, "unreadable"),
        (lambda path: path.symlink_to("/dev/zero"), "symlink"),
        (Path.exists, "vanished"),
    ],
    ids=["pipe", "socket", "folder", "link to a device", "nothing"],
)
def test_whatever_else_takes_its_place_ends_in_a_final_state(
    instance: Settings, tree: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None], reason: str
) -> None:
    def replace() -> None:
        (tree / "vermerk.txt").unlink()
        make(tree / "vermerk.txt")

    at(monkeypatch, enumeration, "enumerate_into", False, replace)
    run(instance, tree)
    assert states(instance)["vermerk.txt"] == "failed"
    assert reasons(instance)["vermerk.txt"] == reason
    assert states(instance)["bescheid.pdf"] == "confirmed"


def test_a_file_that_is_replaced_before_it_is_opened_is_left_to_the_next_run(
    instance: Settings, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, enumeration, "enumerate_into", False, lambda: (tree / "vermerk.txt").write_text("Neuer Vermerk"))
    run(instance, tree)
    assert states(instance)["vermerk.txt"] == "found"
    run(instance, tree)
    assert find(instance, "Neuer") == ["vermerk.txt#1"]
    with read_session(open_database(instance, "ledger")) as session:
        assert State.FAILED not in set(session.scalars(select(PageRow.state)))
