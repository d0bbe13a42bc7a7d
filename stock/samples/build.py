"""Builds the twelve sample cases of the demo, and beside them the truth about every page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from casefile.errors import UsageFault
from stock.samples.case import Case, Document
from stock.samples.cases import sample_cases
from stock.samples.files import PageTruth, content, pages_of
from stock.samples.sheets import cover_file, register_file

# Invented names that stand on one scanned page each, in clean print; the best one first.
SCAN_ONLY = ("Quellmoorgasse", "Luftmatratze", "Dachstuhlbau")
UNREADABLE = frozenset({"encrypted", "cut", "system"})


@dataclass(frozen=True)
class StockReport:
    scan_only_word: str
    cases: int
    documents: int
    pages: int


def build(seed: int, out: Path, truth: Path) -> StockReport:
    """Write the cases to `out` and the truth to `truth`. The same seed gives the same bytes."""
    if truth.resolve().is_relative_to(out.resolve()):
        raise UsageFault("truth_inside", "Die Wahrheit läge im Bestand.", "Einen Ordner daneben angeben.")
    cases = sample_cases()
    for case in cases:
        _write_case(case, seed, out)
    _put(out / "register.csv", register_file([case for case in cases if case.cover == "register"]))
    return _write_truth(cases, truth)


def _write_case(case: Case, seed: int, out: Path) -> None:
    cover = cover_file(case)
    if cover:
        _put(out / case.folder / cover[0], cover[1])
    for document in case.documents:
        _put(out / case.folder / document.file, content(document, seed))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _documents(cases: list[Case]) -> Iterator[tuple[Case, Document]]:
    for case in cases:
        for document in case.documents:
            yield case, document


def scan_only_words(cases: list[Case]) -> list[str]:
    """The candidates that really stand on a single page, and that one a scan without text layer, and in no sheet."""
    pages = [page for _, document in _documents(cases) for page in pages_of(document)]
    names = json.dumps([[case.folder, case.sheet, [d.file for d in case.documents]] for case in cases], default=str)
    listed = json.dumps([dict(d.about or {}) for _, d in _documents(cases)], ensure_ascii=False)
    elsewhere = (names + listed).casefold()
    return [word for word in SCAN_ONLY if _only_scanned(word.casefold(), pages) and word.casefold() not in elsewhere]


def _only_scanned(word: str, pages: list[PageTruth]) -> bool:
    found = [page for page in pages if word in page.text.casefold()]
    return len(found) == 1 and found[0].scanned and not found[0].layer


def _write_truth(cases: list[Case], truth: Path) -> StockReport:
    words = scan_only_words(cases)
    files = [_file_truth(case, document) for case, document in _documents(cases)]
    documents = [file for file in files if file["carrier"] != "system"]
    pages = sum(len(file["pages"]) for file in documents)
    report = StockReport(words[0], len(cases), len(documents), pages)
    stock = {**asdict(report), "scanned": sum(page["scanned"] for f in files for page in f["pages"]), "files": files}
    _put(truth / "stock.json", json.dumps(stock, ensure_ascii=False, indent=1).encode())
    _put(truth / "scan-only.json", json.dumps(words, ensure_ascii=False).encode())
    return report


def _file_truth(case: Case, document: Document) -> dict[str, Any]:
    return {
        "path": f"{case.folder}/{document.file}",
        "case": case.folder,
        "carrier": document.carrier,
        "readable": document.carrier not in UNREADABLE,
        "faults": list(document.faults),
        "pages": [asdict(page) for page in pages_of(document)],
    }
