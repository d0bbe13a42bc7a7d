from __future__ import annotations

import struct
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from casefile.errors import DocumentFault, Reason
from indexer.extract.imagescan import overview
from tests.material import page_image, scan

TIFF = "image/tiff"


def test_the_pages_of_a_tiff_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    scan(path, ["eins", "zwei", "drei"])
    seen = overview(path, TIFF, 200)
    assert [(frame.number, frame.width, frame.fault) for frame in seen.frames] == [(n, 1240, None) for n in (1, 2, 3)]
    assert not seen.cut_off


def test_a_cut_off_tiff_keeps_its_whole_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [Image.effect_noise((300, 400), 60) for _ in range(4)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) * 6 // 10])
    seen = overview(path, TIFF, 200)
    assert [frame.fault for frame in seen.frames[:2]] == [None, None]
    assert seen.cut_off or seen.frames[-1].fault is Reason.TRUNCATED


def test_a_page_too_large_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    small, large = Image.new("1", (100, 100)), Image.new("1", (3000, 3000))
    small.save(path, save_all=True, append_images=[large, small])
    assert [frame.fault for frame in overview(path, TIFF, 5).frames] == [None, Reason.TOO_LARGE, None]


def test_a_ring_of_directories_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    page_image("x").resize((50, 60)).save(path)
    raw = bytearray(path.read_bytes())
    start = struct.unpack_from("<I", raw, 4)[0]
    entries = struct.unpack_from("<H", raw, start)[0]
    struct.pack_into("<I", raw, start + 2 + 12 * entries, start)
    path.write_bytes(raw)
    assert len(overview(path, TIFF, 200).frames) == 1


def test_an_animation_is_one_page(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    Image.new("L", (20, 20), 0).save(path, save_all=True, append_images=[Image.new("L", (20, 20), 255)])
    seen = overview(path, "image/gif", 200)
    assert len(seen.frames) == 1
    assert seen.animated


def test_what_is_no_image_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\x00\xff\xff\xff\xff")
    with pytest.raises(DocumentFault):
        overview(path, TIFF, 200)


def test_all_pictures_of_a_heic_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.heic"
    pillow_heif.register_heif_opener()
    first, second = Image.new("RGB", (64, 48), "white"), Image.new("RGB", (48, 64), "black")
    first.save(path, save_all=True, append_images=[second])
    seen = overview(path, "image/heic", 200)
    assert [(frame.width, frame.height, frame.fault) for frame in seen.frames] == [(64, 48, None), (48, 64, None)]
    assert not seen.animated
