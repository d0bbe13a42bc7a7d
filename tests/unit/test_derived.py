import shutil
import threading
from pathlib import Path

import pytest

from casefile.pagetext import PageText, TextSource, Word
from casefile.storage.derived import DerivedStore, Manifest

SHA = "ab" * 32
PAGE = PageText("Guten Tag", TextSource.OCR, (Word(0, 5, 0.1, 0.1, 0.2, 0.2, 91),), 91.0, 595.0, 842.0)


@pytest.fixture
def store(tmp_path: Path) -> DerivedStore:
    return DerivedStore(tmp_path)


def test_loose_pages_survive_and_are_packed(store: DerivedStore) -> None:
    store.put_page(SHA, "k1", PAGE)
    assert store.get_page(SHA, "k1") == PAGE
    store.pack(SHA, Manifest("image/tiff", 2, {1: "k1", 2: "k2"}), {"k2": PageText("zwei", TextSource.LAYER)})
    assert not (store.folder / "work" / SHA).exists()
    assert store.get_page(SHA, "k1") == PAGE
    assert store.get_page(SHA, "k2") == PageText("zwei", TextSource.LAYER)
    assert store.manifest(SHA) == Manifest("image/tiff", 2, {1: "k1", 2: "k2"})


def test_packing_again_keeps_what_is_still_listed(store: DerivedStore) -> None:
    store.put_original(SHA, b"bytes")
    store.put_page(SHA, "k1", PAGE)
    store.pack(SHA, Manifest("image/tiff", 2, {1: "k1"}))
    store.put_page(SHA, "k2", PAGE)
    store.pack(SHA, Manifest("image/tiff", 2, {1: "k1", 2: "k2"}))
    assert store.get_page(SHA, "k1") == PAGE
    assert store.original(SHA) == b"bytes"


def test_packing_a_copy_read_in_another_way_keeps_the_pages_of_the_first(store: DerivedStore) -> None:
    store.put_page(SHA, "k1", PAGE)
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k1"}))
    store.put_page(SHA, "k2", PageText("zwei", TextSource.OCR))
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k2"}), keep={"k1", "verloren"})
    assert store.packed_keys(SHA) == {"k1", "k2"}
    assert store.get_page(SHA, "k1") == PAGE
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k2"}), keep={"k2"})
    assert store.packed_keys(SHA) == {"k2"}


def test_same_pages_give_the_same_bytes(tmp_path: Path) -> None:
    packs = []
    for name in ("a", "b"):
        store = DerivedStore(tmp_path / name)
        store.put_page(SHA, "k1", PAGE)
        store.pack(SHA, Manifest("image/tiff", 1, {1: "k1"}))
        packs.append(next((tmp_path / name).rglob("*.zip")).read_bytes())
    assert packs[0] == packs[1]


def test_damage_reads_as_missing_never_as_another_text(store: DerivedStore) -> None:
    store.put_page(SHA, "k1", PAGE)
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k1"}))
    pack = next(store.folder.rglob("*.zip"))
    whole = pack.read_bytes()
    for position in range(0, len(whole), 7):
        pack.write_bytes(whole[:position] + bytes([whole[position] ^ 0xFF]) + whole[position + 1 :])
        assert store.get_page(SHA, "k1") in (None, PAGE)
    for length in range(0, len(whole), 11):
        pack.write_bytes(whole[:length])
        assert store.get_page(SHA, "k1") is None


def test_absent_is_none(store: DerivedStore) -> None:
    assert store.get_page(SHA, "x") is None
    assert store.manifest(SHA) is None
    assert store.original(SHA) is None


def test_writing_outlives_a_folder_that_another_process_removes(store: DerivedStore) -> None:
    done = threading.Event()

    def remove() -> None:
        while not done.wait(0.05):  # a writer needs less for one attempt
            shutil.rmtree(store.folder / "work" / SHA, ignore_errors=True)

    remover = threading.Thread(target=remove)
    remover.start()
    try:
        for number in range(100):
            store.put_page(SHA, f"k{number}", PAGE)
    finally:
        done.set()
        remover.join()
