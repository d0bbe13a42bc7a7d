"""The twelve sample cases: the same bytes each time, readable sheets, every fault really there."""

from __future__ import annotations

import email
import email.policy
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from casefile.errors import UsageFault
from indexer.covers.sheet import parse_cover_sheet, parse_register
from indexer.source.discover import COVER_SHEET_NAMES
from stock.samples.build import StockReport, build

Built = tuple[Path, dict[str, Any], StockReport]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    place = tmp_path_factory.mktemp("stock")
    report = build(1, place / "akten", place / "wahrheit")
    return place / "akten", json.loads((place / "wahrheit" / "stock.json").read_text(encoding="utf-8")), report


def tree(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def file_with(built: Built, fault: str) -> Path:
    root, truth, _ = built
    return next(root / file["path"] for file in truth["files"] if fault in file["faults"])


def test_the_same_seed_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    build(1, tmp_path / "akten", tmp_path / "wahrheit")
    assert tree(tmp_path / "akten") == tree(built[0])
    assert tree(tmp_path / "wahrheit") == tree(built[0].parent / "wahrheit")


def test_the_stock_has_the_size_it_reports(built: Built) -> None:
    root, truth, report = built
    assert report.cases == 12
    assert 45 <= report.pages <= 60
    assert truth["scanned"] >= 25
    sheets = {*COVER_SHEET_NAMES, "register.csv"}
    assert {path for path in tree(root) if Path(path).name not in sheets} == {file["path"] for file in truth["files"]}


def test_cover_sheets_are_read_without_problems(built: Built) -> None:
    root, _, _ = built
    sheets = [path for path in root.rglob("deckblatt.*") if path.name in COVER_SHEET_NAMES]
    assert {path.suffix for path in sheets} == {".json", ".yaml", ".xml", ".csv"}
    assert len(sheets) == 9
    for path in sheets:
        read = parse_cover_sheet(path.read_bytes(), path.suffix)
        assert read.problems == (), path
        assert read.cover.aktenzeichen and read.cover.stelle and read.cover.personen and read.cover.schlagwoerter
        assert all((path.parent / listed.datei).is_file() for listed in read.cover.dokumente)


def test_the_register_covers_two_cases(built: Built) -> None:
    root, _, _ = built
    rows = dict(parse_register((root / "register.csv").read_bytes()))
    assert len(rows) == 2
    for folder, read in rows.items():
        assert (root / folder).is_dir()
        assert read.problems == ()
        assert read.cover.personen[0].geburtsdatum


def test_born_digital_and_scanned_pages_are_what_the_truth_says(built: Built) -> None:
    root, truth, _ = built
    for file in truth["files"]:
        if file["carrier"] != "pdf":
            continue
        with pypdfium2.PdfDocument(root / file["path"]) as pdf:
            assert len(pdf) == len(file["pages"]), file["path"]
            for page, true in zip(pdf, file["pages"], strict=True):
                seen = "".join(page.get_textpage().get_text_bounded().split())
                wanted = "" if true["scanned"] and not true["layer"] else "".join(true["text"].split())
                assert sorted(seen) == sorted(wanted), file["path"]


def test_every_fault_is_there(built: Built) -> None:
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(file_with(built, "encrypted"))
    with pytest.raises(pypdfium2.PdfiumError), pypdfium2.PdfDocument(file_with(built, "cut_off")) as pdf:
        pdf[0].render()
    assert b"%%EOF" not in file_with(built, "cut_off").read_bytes()
    assert file_with(built, "system_file").name == "Thumbs.db"
    assert file_with(built, "scanner_name").name == "00012345.pdf"
    assert not any((file_with(built, "no_cover").parent / name).exists() for name in COVER_SHEET_NAMES)
    with Image.open(file_with(built, "one_bit")) as fax:
        assert (fax.mode, getattr(fax, "n_frames", 1)) == ("1", 3)
    known = {name for file in built[1]["files"] for name in file["faults"]}
    assert {"blank_page", "low_contrast", "noisy", "skewed", "stamp", "punch_holes", "mixed"} <= known


def test_the_blank_page_is_blank(built: Built) -> None:
    blank = [f["path"] for f in built[1]["files"] for page in f["pages"] if not page["text"] and page["scanned"]]
    assert blank == [str(file_with(built, "blank_page").relative_to(built[0]))]


def contents(data: bytes, name: str) -> Iterator[bytes]:
    """The bytes and everything packed in them."""
    yield data
    if name.endswith((".docx", ".xlsx")):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            yield from (packed.read(part) for part in packed.namelist())
    elif name.endswith(".eml"):
        message = email.message_from_bytes(data, policy=email.policy.default)
        for part in message.walk():
            if not part.is_multipart():
                inner = part.get_payload(decode=True)
                assert isinstance(inner, bytes)
                yield from contents(inner, part.get_filename() or "")
    elif name.endswith(".pdf") and b"%%EOF" in data[-20:] and b"/Encrypt" not in data:
        with pypdfium2.PdfDocument(data) as pdf:
            yield from (page.get_textpage().get_text_bounded().encode() for page in pdf)


def test_the_word_of_the_scan_stands_nowhere_else(built: Built) -> None:
    root, truth, report = built
    word = report.scan_only_word
    assert word == json.loads((root.parent / "wahrheit" / "scan-only.json").read_text(encoding="utf-8"))[0]
    pages = [page for file in truth["files"] for page in file["pages"] if word in page["text"]]
    assert [(page["scanned"], page["layer"]) for page in pages] == [(True, False)]
    forms = [word.casefold().encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    for name, data in tree(root).items():
        assert word.casefold() not in name.casefold()
        assert not [part for part in contents(data, name) for form in forms if form in part.lower()], name


def test_the_truth_never_lies_in_the_stock(tmp_path: Path) -> None:
    with pytest.raises(UsageFault):
        build(1, tmp_path, tmp_path / "wahrheit")
