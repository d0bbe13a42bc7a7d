import hashlib
import shutil
import threading
import zipfile
from pathlib import Path

import pytest

from casefile.pagetext import PageText, TextSource, Word
from casefile.storage.derived import DerivedStore
from casefile.storage.packs import Manifest

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
    content = b"bytes"
    sha256 = hashlib.sha256(content).hexdigest()
    store.put_original(sha256, content)
    store.put_page(sha256, "k1", PAGE)
    store.pack(sha256, Manifest("image/tiff", 2, {1: "k1"}))
    store.put_page(sha256, "k2", PAGE)
    store.pack(sha256, Manifest("image/tiff", 2, {1: "k1", 2: "k2"}))
    assert store.get_page(sha256, "k1") == PAGE
    assert store.original(sha256) == content


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


def flip(path: Path, position: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[position] ^= 0x10
    path.write_bytes(bytes(raw))


def test_a_whole_document_passes_the_check(store: DerivedStore) -> None:
    content = b"Anlage"
    sha256 = hashlib.sha256(content).hexdigest()
    store.put_original(sha256, content)
    store.pack(sha256, Manifest("text/plain", 1, {1: "k1"}), {"k1": PAGE})
    found = store.check(sha256)
    assert found.is_whole
    assert (found.whole_keys, found.damaged_keys) == ({"k1"}, set())
    assert store.original(sha256) == content


def test_every_flipped_bit_is_noticed_or_harmless(store: DerivedStore) -> None:
    """Harmless: in the ZIP's own fields that nobody reads. What is read is then the right text still."""
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k1"}), {"k1": PAGE})
    (pack,) = store.folder.glob("??/??/*.zip")
    whole = pack.read_bytes()
    for position in range(len(whole)):
        pack.write_bytes(whole)
        flip(pack, position)
        if store.check(SHA).is_whole:
            assert store.get_page(SHA, "k1") == PAGE
            assert store.manifest(SHA) == Manifest("image/tiff", 1, {1: "k1"})
        else:
            assert store.get_page(SHA, "k1") in (PAGE, None)
            assert store.manifest(SHA) in (Manifest("image/tiff", 1, {1: "k1"}), None)


def test_a_flipped_bit_in_the_page_or_the_manifest_fails_the_check(store: DerivedStore) -> None:
    store.pack(SHA, Manifest("image/tiff", 1, {1: "k1"}), {"k1": PAGE})
    (pack,) = store.folder.glob("??/??/*.zip")
    whole = pack.read_bytes()
    with zipfile.ZipFile(pack) as archive:
        places = {info.filename: info.header_offset + 30 + len(info.filename) + 4 for info in archive.infolist()}
    flip(pack, places["k1.json.zst"])
    found = store.check(SHA)
    assert (found.is_whole, found.damaged_keys, found.manifest) == (False, {"k1"}, True)
    pack.write_bytes(whole)
    flip(pack, places["manifest.json"])
    found = store.check(SHA)
    assert (found.is_whole, found.damaged_keys, found.manifest) == (False, set(), False)


def test_a_flipped_bit_in_a_loose_page_reads_as_missing(store: DerivedStore) -> None:
    store.put_page(SHA, "k1", PAGE)
    (loose,) = (store.folder / "work" / SHA).iterdir()
    whole = loose.read_bytes()
    for position in range(len(whole)):
        loose.write_bytes(whole)
        flip(loose, position)
        assert store.get_page(SHA, "k1") in (PAGE, None)


def test_an_original_with_another_hash_is_none(store: DerivedStore) -> None:
    store.put_original(SHA, b"etwas anderes")
    assert store.original(SHA) is None
    store.pack(SHA, Manifest("text/plain", 0, {}))
    assert not store.check(SHA).original


def test_a_document_that_was_never_packed_fails_the_check(store: DerivedStore) -> None:
    assert not store.check(SHA).is_whole


def test_a_page_is_searched_with_the_word_that_the_next_page_completes(store: DerivedStore) -> None:
    first, second = PageText("vom Schafgarben-", TextSource.LAYER), PageText("genossen-\nschaft", TextSource.LAYER)
    store.pack(SHA, Manifest("application/pdf", 2, {1: "k1", 2: "k2"}), {"k1": first, "k2": second})
    assert [store.searched_page(SHA, number, f"k{number}") for number in (1, 2, 3)] == [
        PageText("vom Schafgarbengenossenschaft", TextSource.LAYER),
        PageText("genossenschaft", TextSource.LAYER),
        None,
    ]
    assert store.get_page(SHA, "k1") == first
