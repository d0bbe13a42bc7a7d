import inspect
import os
import resource
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from casefile.database.ledger import FileRow
from casefile.database.sessions import open_database, read_session
from casefile.errors import EnvironmentFault, Reason, UsageFault
from casefile.model import FileRole
from casefile.settings import load_settings
from casefile.storage.beneath import read_beneath
from casefile.storage.hashing import file_sha256
from indexer.ledger import runs
from indexer.ledger.enumeration import enumerate_into
from indexer.source.discover import (
    SourceFile,
    discover,
    ledger_stamp,
)


def roles(root: Path) -> dict[str, FileRole]:
    return {entry.path: entry.role for entry in discover(root)}


def test_roles_of_a_mixed_tree(tmp_path: Path) -> None:
    case = tmp_path / "Akte 1"
    case.mkdir()
    for name in ("deckblatt.JSON", "Bescheid.pdf", "Thumbs.db", "~$Bescheid.docx", "register.csv"):
        (case / name).write_bytes(b"x")
    (tmp_path / "register.csv").write_bytes(b"x")
    (tmp_path / "lieferliste.csv").write_bytes(b"x")
    (case / "link.pdf").symlink_to(case / "Bescheid.pdf")
    os.mkfifo(case / "pipe")
    assert roles(tmp_path) == {
        "Akte 1/deckblatt.JSON": FileRole.COVER_SHEET,
        "Akte 1/Bescheid.pdf": FileRole.DOCUMENT,
        "Akte 1/Thumbs.db": FileRole.SYSTEM,
        "Akte 1/~$Bescheid.docx": FileRole.SYSTEM,
        "Akte 1/register.csv": FileRole.DOCUMENT,  # only the root has a register
        "Akte 1/link.pdf": FileRole.LINK,
        "Akte 1/pipe": FileRole.SYSTEM,
        "register.csv": FileRole.REGISTER,
        "lieferliste.csv": FileRole.REGISTER,
    }


def test_folder_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "echt").mkdir()
    (tmp_path / "echt" / "a.pdf").write_bytes(b"x")
    (tmp_path / "schleife").symlink_to(tmp_path)
    assert roles(tmp_path) == {"echt/a.pdf": FileRole.DOCUMENT, "schleife": FileRole.LINK}


def test_decomposed_names_are_shown_composed_and_still_found(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Müller.pdf")
    (tmp_path / decomposed).write_bytes(b"inhalt")
    (entry,) = discover(tmp_path)
    assert entry.path == "Müller.pdf"
    assert read_beneath(tmp_path, entry.raw_path, 100) == b"inhalt"


def test_composed_and_decomposed_twins_do_not_hide_each_other(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / unicodedata.normalize(form, "Müller.pdf")).write_bytes(form.encode())
    found = {entry.path: read_beneath(tmp_path, entry.raw_path, 100) for entry in discover(tmp_path)}
    assert len(found) == 2
    assert set(found.values()) == {b"NFC", b"NFD"}


def test_twin_folders_stay_two(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        folder = tmp_path / unicodedata.normalize(form, "Größe")
        folder.mkdir()
        (folder / "deckblatt.json").write_text(form)
    found = list(discover(tmp_path))
    assert {entry.role for entry in found} == {FileRole.COVER_SHEET}
    assert len({entry.path.rpartition("/")[0] for entry in found}) == 2


def test_folders_deeper_than_the_stack(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 200)).mkdir(parents=True)
    (tmp_path / "/".join("d" * 200) / "a.txt").write_text("x")
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(len(inspect.stack()) + 120)
    try:
        (entry,) = discover(tmp_path)
    finally:
        sys.setrecursionlimit(usual)
    assert entry.path.endswith("d/a.txt")


def test_names_in_windows_1252_are_readable(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/Erkl\xe4rung.pdf"
    Path(os.fsdecode(raw)).write_bytes(b"x")
    (entry,) = discover(tmp_path)
    assert entry.path == "Erklärung.pdf"


def test_unreadable_folder_is_an_entry_of_its_own(tmp_path: Path) -> None:
    closed = tmp_path / "zu"
    closed.mkdir()
    (closed / "a.pdf").write_bytes(b"x")
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("root reads every folder")
        (entry,) = discover(tmp_path)
        assert (entry.path, entry.fault) == ("zu/", Reason.UNREADABLE)
    finally:
        closed.chmod(0o700)


def test_missing_root_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="ist nicht da"):
        list(discover(tmp_path / "fehlt"))


def test_stamp_matches_what_discover_saw(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"abc")
    (entry,) = discover(tmp_path)
    assert ledger_stamp((tmp_path / "a.pdf").stat()) == entry.stamp
    assert file_sha256(tmp_path / "a.pdf").startswith("ba7816bf")  # FIPS 180-2, example "abc"


def test_every_inode_and_time_fits_into_the_ledger(tmp_path: Path) -> None:
    """Inodes as mergerfs gives them, times as a damaged file system does."""
    usual = tmp_path.stat()
    entries = [
        SourceFile(str(number), b"x", FileRole.DOCUMENT, *ledger_stamp(with_figures(usual, inode, time)))
        for number, inode, time in (
            (0, 2**63 - 1, 2**63 - 1),
            (1, 2**63, 2**63),
            (2, 2**64 - 1, 2**80),
            (3, 7, -(2**63) - 1),
        )
    ]
    assert len({entry.inode for entry in entries}) == len(entries)
    sessions = open_database(load_settings(home=tmp_path), "ledger")
    root = runs.ensure_root(sessions, "bestand", tmp_path)
    with runs.run_on(sessions, root, tmp_path) as run:
        found = [enumerate_into(sessions, root.id, run.id, entries) for _ in range(2)]
    assert [(each.new, each.changed) for each in found] == [(4, 0), (0, 0)]


def with_figures(info: os.stat_result, inode: int, time_ns: int) -> os.stat_result:
    seconds = tuple(info)[2:]
    return os.stat_result((info.st_mode, inode, *seconds), {"st_mtime_ns": time_ns, "st_ctime_ns": time_ns})


def test_a_root_that_cannot_be_listed_loses_nothing(tmp_path: Path) -> None:
    root = tmp_path / "bestand"
    root.mkdir()
    for number in range(3):
        (root / f"{number}.txt").write_text("Vermerk")
    sessions = open_database(load_settings(home=tmp_path), "ledger")
    row = runs.ensure_root(sessions, "bestand", root)
    with runs.run_on(sessions, row, tmp_path) as run:
        enumerate_into(sessions, row.id, run.id, discover(root))
        with pytest.raises(EnvironmentFault) as error:
            enumerate_into(sessions, row.id, run.id, without_file_handles(discover(root)))
    assert error.value.code == "root_lost"
    with read_session(sessions) as session:
        found = [(row.path, row.role) for row in session.scalars(select(FileRow).order_by(FileRow.path))]
    assert found == [(f"{number}.txt", "document") for number in range(3)]


def without_file_handles(entries: Iterator[SourceFile]) -> Iterator[SourceFile]:
    """Listing a folder fails while the root is there: as a share does that hangs or denies."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield from entries
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
