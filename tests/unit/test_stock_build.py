"""The small stock as a whole: same seed, same bytes; every fault is where the truth says, and nowhere else."""

from __future__ import annotations

import filecmp
import gzip
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pikepdf
import pytest

from casefile.errors import UsageFault
from stock.build import StockReport, build
from stock.cases.coversheet import keywords
from stock.cases.plan import Fault, Size
from stock.damage.spread import in_order
from stock.world.cases import World

SIZE = Size("faulty", 6, 3, 0.12, faults=0.35, levels=(("poor", 1.0), ("fax", 1.0)))
SEED = 107


@dataclass(frozen=True)
class Stock:
    out: Path
    truth: Path
    report: StockReport

    def records(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row) for row in (self.truth / f"{name}.jsonl").read_text("utf-8").splitlines()]


def make(folder: Path, processes: int = 1, first: int = 0, count: int | None = None) -> Stock:
    out, truth = folder / "akten", folder / "wahrheit"
    report = build("faulty", SEED, out, truth, processes=processes, plan=SIZE, first=first, count=count)
    return Stock(out, truth, report)


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Stock:
    return make(tmp_path_factory.mktemp("stock"))


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_same_seed_same_bytes_on_any_number_of_processes(stock: Stock, tmp_path: Path) -> None:
    again = make(tmp_path, processes=2)
    for first, second in ((stock.out, again.out), (stock.truth, again.truth)):
        names = listed(first)
        assert names == listed(second)
        _, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
        assert not different
        assert not missing


def test_slices_have_the_bytes_and_the_truth_of_the_whole(stock: Stock, tmp_path: Path) -> None:
    parts = [make(tmp_path / "a", count=4), make(tmp_path / "b", first=4, count=9)]
    assert [(part.report.first, part.report.cases) for part in parts] == [(0, 4), (4, 2)]
    lists = {"register.csv", "lieferliste.csv"}
    names = [name for part in parts for name in listed(part.out) if name not in lists]
    assert sorted(names) == [name for name in listed(stock.out) if name not in lists]
    for part in parts:
        own = [name for name in listed(part.out) if name not in lists]
        assert filecmp.cmpfiles(part.out, stock.out, own, shallow=False)[1:] == ([], [])
    for name in lists:
        head, *rows = (stock.out / name).read_text("utf-8").splitlines()
        found = [(part.out / name).read_text("utf-8").splitlines() for part in parts]
        assert [part[0] for part in found] == [head, head]
        assert [row for part in found for row in part[1:]] == rows
    for name in ("pages.jsonl", "files.jsonl", "cases.jsonl", "faults.jsonl"):
        assert b"".join((part.truth / name).read_bytes() for part in parts) == (stock.truth / name).read_bytes()
    boxes = [gzip.decompress((each.truth / "words.jsonl.gz").read_bytes()) for each in (*parts, stock)]
    assert boxes[0] + boxes[1] == boxes[2]


@pytest.mark.parametrize(("first", "count"), [(6, None), (-1, 2), (0, 0)])
def test_a_slice_outside_of_the_stock_is_refused(tmp_path: Path, first: int, count: int | None) -> None:
    with pytest.raises(UsageFault):
        make(tmp_path, first=first, count=count)


def test_a_slow_reader_slows_the_work_and_does_not_fill_the_memory() -> None:
    begun: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            begun.append(number)
            yield -number

    results = in_order(abs, tasks(), 2)
    assert [next(results) for _ in range(10)] == list(range(10))
    assert len(begun) < 40
    assert list(results) == list(range(10, 100))


def test_every_page_has_a_file_and_every_file_has_pages(stock: Stock) -> None:
    pages = {record["path"] for record in stock.records("pages")}
    covers = {"deckblatt.json", "deckblatt.yaml", "deckblatt.xml", "deckblatt.csv", "register.csv", "lieferliste.csv"}
    files = {name for name in listed(stock.out) if Path(name).name not in covers}
    assert pages == files


def test_ids_are_unique_and_lead_to_the_file(stock: Stock) -> None:
    records = stock.records("pages")
    assert len({record["id"] for record in records}) == len(records)
    for record in records:
        path = unquote(record["id"].rpartition("#")[0].partition("!")[0])
        assert (stock.out / path).is_file()


def test_boxes_lie_on_the_page(stock: Stock) -> None:
    with gzip.open(stock.truth / "words.jsonl.gz", "rt", encoding="utf-8") as source:
        rows = [json.loads(row) for row in source]
    texts = {record["id"]: record["text"].split() for record in stock.records("pages")}
    assert rows
    for row in rows:
        wide, high = row["size"]
        inside = [1 for _, x0, y0, x1, y1 in row["words"] if -2 <= x0 < x1 <= wide + 2 and -2 <= y0 < y1 <= high + 2]
        assert len(inside) > 0.9 * len(row["words"])
        assert {word for word, *_ in row["words"]} <= set(texts[row["id"]])


def test_the_truth_may_not_lie_in_the_source_tree(tmp_path: Path) -> None:
    with pytest.raises(UsageFault):
        build("test", 1, tmp_path / "akten", tmp_path / "akten" / "wahrheit")


class Delivered:
    """What the faults look like to somebody who has only the delivered tree (and the clean pages' truth)."""

    def __init__(self, stock: Stock) -> None:
        self.stock = stock
        rows = (stock.out / "lieferliste.csv").read_text("utf-8").splitlines()[1:]
        self.promised = {path: int(count) for path, _, count in (row.rpartition(";") for row in rows)}
        self.files = {record["path"]: record for record in stock.records("files")}
        self.cases = {record["case"]: record for record in stock.records("cases")}

    def found(self, fault: Fault) -> set[str]:
        return {"cover": self.of_covers, "file": self.of_files}["cover" if fault in COVERS else "file"](fault)

    def of_files(self, fault: Fault) -> set[str]:
        return {path for path in self.promised if self.has(fault, path)}

    def has(self, fault: Fault, path: str) -> bool:
        file = self.stock.out / path
        if fault is Fault.FILE_MISSING:
            return not file.is_file()
        if not file.is_file():
            return False
        data = file.read_bytes()
        tests = {
            Fault.EMPTY: lambda: not data,
            Fault.ENCRYPTED: lambda: b"/Encrypt" in data,
            Fault.CUT_OFF: lambda: data.startswith(b"%PDF") and not data.rstrip().endswith(b"%%EOF"),
            Fault.WRONG_SUFFIX: lambda: bool(data) and not fits(file.suffix, data),
            Fault.PAGES_MISSING: lambda: readable_pdf(data) and self.promised[path] != pdf_pages(file),
            Fault.DUPLICATE: lambda: self.foreign(path) and "misfiled" not in self.files[path]["faults"],
            Fault.MISFILED: lambda: self.foreign(path) and "duplicate" not in self.files[path]["faults"],
        }
        return tests[fault]()

    def foreign(self, path: str) -> bool:
        pages = [record for record in self.stock.records("pages") if record["path"] == path]
        return bool(pages) and all(record["case"] != record["filed"] for record in pages)

    def of_covers(self, fault: Fault) -> set[str]:
        world = World(SEED, SIZE.cases)
        found = set()
        for record in self.cases.values():
            case = world.case(record["index"])
            sheets = list((self.stock.out / record["folder"]).glob("deckblatt.*"))
            text = sheets[0].read_text("utf-8") if sheets else ""
            register = (self.stock.out / "register.csv").read_text("utf-8")
            in_register = f"{record['folder']};" in register
            row = next((line for line in register.splitlines() if line.startswith(record["folder"] + ";")), "")
            wrong_words = all(word in text + row for word in keywords(case, other=True))
            right_facts = all(
                part in text for part in (case.head.birth.isoformat(), case.end.isoformat(), case.reference)
            )
            if fault is Fault.NO_COVER and not sheets and not in_register:
                found.add(record["folder"])
            if fault is Fault.WRONG_KEYWORDS and (sheets or in_register) and wrong_words:
                found.add(record["folder"])
            if fault is Fault.COVER_ERROR and sheets and not sheets[0].name.endswith("csv") and not right_facts:
                found.add(record["folder"])
        return found


COVERS = (Fault.NO_COVER, Fault.WRONG_KEYWORDS, Fault.COVER_ERROR)
MAGIC = {
    ".pdf": b"%PDF",
    ".tif": b"II*",
    ".jpg": b"\xff\xd8",
    ".docx": b"PK",
    ".msg": b"\xd0\xcf\x11\xe0",
    ".zip": b"PK",
}


def fits(suffix: str, data: bytes) -> bool:
    return suffix not in MAGIC or data.startswith(MAGIC[suffix])


def readable_pdf(data: bytes) -> bool:
    return data.startswith(b"%PDF") and data.rstrip().endswith(b"%%EOF") and b"/Encrypt" not in data


def pdf_pages(path: Path) -> int:
    with pikepdf.open(path) as document:
        return len(document.pages)


@pytest.mark.parametrize("fault", list(Fault))
def test_faults_in_the_truth_and_in_the_stock_are_the_same(stock: Stock, fault: Fault) -> None:
    rows = [record for record in stock.records("faults") if record["fault"] == fault.value and "page" not in record]
    recorded = {record["path"] for record in rows}
    assert Delivered(stock).found(fault) == recorded


def test_the_small_stock_has_every_fault(stock: Stock) -> None:
    assert {record["fault"] for record in stock.records("faults")} == {fault.value for fault in Fault}


def test_duplicates_have_the_bytes_of_the_original(stock: Stock) -> None:
    pages = stock.records("pages")
    struck = {record["path"] for record in stock.records("faults")}
    copies = [record for record in pages if "duplicate" in record["faults"] and record["page"] == 1]
    assert copies
    for copy in copies:
        originals = {
            record["path"] for record in pages if record["filed"] == copy["case"] and record["text"] == copy["text"]
        }
        assert originals
        for original in originals - struck:
            assert (stock.out / original).read_bytes() == (stock.out / copy["path"]).read_bytes()


def test_office_files_open(stock: Stock) -> None:
    for name in listed(stock.out):
        path = stock.out / name
        if path.suffix in (".docx", ".xlsx", ".odt", ".zip") and path.read_bytes().startswith(b"PK"):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
