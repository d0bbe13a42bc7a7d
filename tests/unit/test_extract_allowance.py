"""What one source file may unpack to: a bomb stays closed, too much is told entry by entry."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from casefile.errors import Reason
from casefile.settings import Settings, load_settings
from indexer.extract.allowance import ALWAYS, MIB, Allowance
from indexer.extract.result import Embedded
from indexer.extract.ziparchive import read_zip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(home=tmp_path, max_unpacked_mb=64, max_unpack_ratio=10)


def packed(path: Path, *sizes: int) -> Path:
    """Entries of so many bytes that compress to next to nothing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, size in enumerate(sizes):
            archive.writestr(f"{number}.txt", b"a" * size)
    return path


def read(path: Path, room: Allowance) -> list[tuple[int, Reason | None]]:
    found = read_zip(path, 1000, room)
    assert found is not None
    return [(len(entry.content), entry.fault) for entry in found]


def test_the_bounds_come_from_settings_and_size(settings: Settings) -> None:
    small, large = Allowance.of_file(1, settings), Allowance.of_file(5 * MIB, settings)
    assert (small.documents, small.bytes, small.likely) == (1000, 64 * MIB, ALWAYS)
    assert large.likely == 50 * MIB


def test_of_a_bomb_nothing_is_read_and_every_entry_is_named(settings: Settings, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", 6 * MIB, 6 * MIB, 1)
    room = Allowance.of_file(path.stat().st_size, settings)
    found = read_zip(path, 1000, room)
    assert found is not None
    assert [(e.name, e.content, e.fault) for e in found] == [(f"{n}.txt", b"", Reason.TOO_LARGE) for n in range(3)]
    assert "12 MB" in found[0].detail and "10-Fache" in found[0].detail
    assert "AKTENSUCHE_MAX_UNPACK_RATIO" in found[0].detail
    assert room.bytes == 64 * MIB, "what stays closed costs its neighbours nothing"


def test_ten_mebibytes_are_never_a_bomb(settings: Settings, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", ALWAYS - 1, 1)
    assert read(path, Allowance.of_file(path.stat().st_size, settings)) == [(ALWAYS - 1, None), (1, None)]


def test_archives_of_one_file_share_what_is_left(settings: Settings, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", 4 * MIB)
    room = Allowance.of_file(path.stat().st_size, settings)
    results = [read(path, room) for _ in range(4)]
    assert [fault for ((_, fault),) in results] == [None, None, Reason.TOO_LARGE, Reason.TOO_LARGE]


def test_too_much_is_told_entry_by_entry(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path, max_unpacked_mb=5, max_unpack_ratio=10**6)
    found = read_zip(packed(tmp_path / "x.zip", 3 * MIB, 3 * MIB, MIB), 1000, Allowance.of_file(10**6, settings))
    assert found is not None
    assert [(len(e.content), e.fault) for e in found] == [(3 * MIB, None), (0, Reason.TOO_LARGE), (MIB, None)]
    assert found[1].detail == "Ausgepackt mehr als 5 MB (AKTENSUCHE_MAX_UNPACKED_MB)"


def test_an_entry_that_lies_about_its_size_gives_no_more_than_it_claims(settings: Settings, tmp_path: Path) -> None:
    path = packed(tmp_path / "x.zip", 40 * MIB)
    raw = bytearray(path.read_bytes())
    directory = raw.rindex(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    assert read(path, Allowance.of_file(path.stat().st_size, settings)) == [(0, Reason.CORRUPT)]


def test_what_tika_unpacked_is_held_to_the_same(settings: Settings) -> None:
    entries = [Embedded(str(n), n, b"a" * 4 * MIB, "text/plain") for n in range(3)]
    broken = Embedded("x", 3, b"", "text/plain", Reason.CORRUPT, "kaputt")
    refused = list(Allowance.of_file(1, settings).admit([*entries, broken]))
    assert [(e.content, e.fault) for e in refused] == [(b"", Reason.TOO_LARGE)] * 3 + [(b"", Reason.CORRUPT)]
    assert refused[3].detail == "kaputt"
    assert list(Allowance.of_file(2 * MIB, settings).admit(entries)) == entries
    little = Allowance.of_file(2 * MIB, settings.model_copy(update={"max_unpacked_mb": 9}))
    assert [e.fault for e in little.admit(entries)] == [None, None, Reason.TOO_LARGE]
