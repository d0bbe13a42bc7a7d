"""Stray sheets: the pages that say in the delivered file that they are another case's are those of the truth."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
import tesserocr
from PIL import Image

from casefile.imaging.render import render_page
from stock.build import build
from stock.carriers import scan
from stock.cases import story
from stock.cases.plan import Size, size
from stock.pages.render import render
from stock.world.cases import World

SIZE = Size("stray", 4, 3, 0.8, faults=0.09, levels=(("clean", 1.0),))
SEED = 162
TESSDATA = Path("/usr/share/tesseract-ocr/5/tessdata")
TYPES = {".pdf": "application/pdf", ".tif": "image/tiff"}
CONTINUED = re.compile(r"Seite [2-9] von")
Sheets = dict[str, list[str]]


@dataclass(frozen=True)
class Stock:
    """A delivered stock and its truth."""

    out: Path
    truth: Path

    def records(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row) for row in (self.truth / f"{name}.jsonl").read_text("utf-8").splitlines()]

    @cached_property
    def strays(self) -> dict[tuple[str, int], str]:
        """Path and page of each stray sheet in the list of faults, and the reference of its own case."""
        rows = [row for row in self.records("faults") if row["fault"] == "misfiled" and "page" in row]
        return {(row["path"], row["page"]): row["detail"] for row in rows}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    folder = tmp_path_factory.mktemp("stray")
    build("stray", SEED, folder / "akten", folder / "wahrheit", plan=SIZE)
    return Stock(folder / "akten", folder / "wahrheit")


@pytest.fixture(scope="module")
def sheets(stock: Stock) -> Sheets:
    """What plain recognition reads on each page of each delivered file that has more than one."""
    if not (TESSDATA / "deu.traineddata").is_file():
        pytest.skip("Tesseract's German data are absent")
    found = {}
    with tesserocr.PyTessBaseAPI(path=str(TESSDATA), lang="deu") as reader:
        for row in (stock.out / "lieferliste.csv").read_text("utf-8").splitlines()[1:]:
            path = row.rpartition(";")[0]
            count = delivered_pages(stock.out / path)
            if count > 1:
                found[path] = [read(reader, stock.out / path, page) for page in range(1, count + 1)]
    return found


def delivered_pages(path: Path) -> int:
    try:
        if path.suffix == ".tif":
            with Image.open(path) as image:
                return int(getattr(image, "n_frames", 1))
        with pikepdf.open(path) as document:
            return len(document.pages)
    except (OSError, pikepdf.PdfError):
        return 0


def read(reader: tesserocr.PyTessBaseAPI, path: Path, page: int) -> str:
    reader.SetImage(render_page(path, TYPES[path.suffix], page, dpi=200).image)
    return str(reader.GetUTF8Text())


def bare(text: str) -> str:
    """Without what recognition takes for one another: separators, strokes (`/`, `1`, `I`, `l`), `O` and `0`."""
    return "".join(char for char in text.upper() if char.isalnum() and char not in "1IL").replace("O", "0")


def heads(texts: list[str], references: list[str]) -> dict[int, str]:
    """The reference at the head of each page that is not the continuation of another."""
    found = {}
    for page, text in enumerate(texts, start=1):
        places = {name: bare(text).find(bare(name)) for name in references}
        written = {name: place for name, place in places.items() if place >= 0}
        if written and not CONTINUED.search(text):
            found[page] = min(written, key=lambda name: written[name])
    return found


def test_pages_with_another_head_than_their_file_are_those_of_the_truth(stock: Stock, sheets: Sheets) -> None:
    folders = {record["folder"]: record["case"] for record in stock.records("cases")}
    found = {}
    for path, texts in sheets.items():
        own = folders[path.split("/")[0]]
        known = heads(texts, list(folders.values()))
        if own in known.values():
            found |= {(path, page): name for page, name in known.items() if name != own}
    assert found == stock.strays


def test_each_text_of_the_truth_stands_on_its_own_page_of_the_file(stock: Stock, sheets: Sheets) -> None:
    pages = stock.records("pages")
    for path in {path for path, _ in stock.strays}:
        texts = {record["page"]: record["text"] for record in pages if record["path"] == path}
        assert len(texts) == len(sheets[path])
        for page, text in texts.items():
            shares = [shared(text, other) for other in sheets[path]]
            assert shares.index(max(shares)) == page - 1
            assert shares[page - 1] > 0.75


def shared(text: str, found: str) -> float:
    wanted = Counter(text.lower().split())
    return (wanted & Counter(found.lower().split())).total() / wanted.total()


def test_first_middle_and_last_page_may_be_the_stray_one(stock: Stock) -> None:
    last = Counter(record["path"] for record in stock.records("pages"))
    places = {"first" if page == 1 else "last" if page == last[path] else "middle" for path, page in stock.strays}
    assert places == {"first", "middle", "last"}


def test_only_the_stray_page_is_misfiled_in_the_truth(stock: Stock) -> None:
    hosts = {path for path, _ in stock.strays}
    for record in stock.records("pages"):
        right = stock.strays.get((record["path"], record["page"]))
        if right is not None:
            assert (record["case"], record["faults"]) == (right, ["misfiled"])
            assert right in record["references"]
            assert right not in record["foreign_references"]
        elif record["path"] in hosts:
            assert (record["case"], record["faults"]) == (record["filed"], [])
    assert all(not record["faults"] for record in stock.records("files") if record["path"] in hosts)


def test_the_delivery_list_counts_the_stray_page(stock: Stock) -> None:
    rows = (stock.out / "lieferliste.csv").read_text("utf-8").splitlines()[1:]
    promised = {path: int(count) for path, _, count in (row.rpartition(";") for row in rows)}
    for path in {path for path, _ in stock.strays}:
        assert promised[path] == delivered_pages(stock.out / path)


@pytest.mark.parametrize("seed", range(1, 11))
def test_the_demo_has_stray_sheets_and_keeps_its_bound(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 200 scanned pages; the sides are only counted, since scanning them takes a minute."""
    blank = np.zeros((8, 8), np.uint8)
    monkeypatch.setattr(scan, "scan", lambda _, damages, *__: [scan.Side(blank, one, ()) for one in damages])
    wanted = size("demo")
    world = World(seed, wanted.cases)
    items = [item for index in range(wanted.cases) for item in story.plan(world, wanted, index).items]
    scanned = [item for item in items if item.carrier.startswith(("scan", "ocr", "mixed"))]
    assert any(item.stray for item in scanned)
    assert sum(page.scanned for item in scanned for page in render(world, item).pages) <= 200
