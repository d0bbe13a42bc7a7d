"""Builds a stock: source tree on one side, truth on the other; case by case, so that memory stays flat at any size."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from gzip import GzipFile
from pathlib import Path
from typing import IO, Any

from casefile.errors import UsageFault
from stock import script
from stock.cases import coversheet, story
from stock.cases.filing import Filed, file_case
from stock.cases.plan import Size
from stock.cases.plan import size as named_size
from stock.damage.spread import in_order
from stock.world.cases import World


@dataclass(frozen=True)
class StockReport:
    """What was made: `cases` cases from number `first` on.

    `scan_only_word` stands on one scanned page and nowhere else (empty if the size or the slice has none).
    """

    size: str
    seed: int
    first: int
    cases: int
    files: int
    pages: int
    scanned_pages: int
    faults: int
    scan_only_word: str
    scan_only_page: str


@dataclass
class _Totals:
    files: int = 0
    pages: int = 0
    scanned: int = 0
    faults: int = 0
    word_page: str = ""


def build(
    size: str,
    seed: int,
    out: Path,
    truth: Path,
    *,
    processes: int = 1,
    plan: Size | None = None,
    first: int = 0,
    count: int | None = None,
) -> StockReport:
    """Make a stock of that size. Both folders must be new or empty; the truth must not lie inside the source tree.

    `first`, `count`: only these cases of it (numbered from 0), with the bytes and the truth they have in the whole.
    """
    out, truth = Path(out).resolve(), Path(truth).resolve()
    wanted = plan or named_size(size)
    numbers = _slice(wanted, first, count)
    _make_folders(out, truth)
    world = World(seed, wanted.cases)
    word = script.secret_word(seed) if wanted.script else ""
    totals = _Totals()
    with _Writer(out, truth) as writer:
        tasks = (_Task(world, wanted, out, index) for index in numbers)
        for filed in in_order(_work, tasks, processes):
            writer.add(filed)
            _count(totals, filed, word)
    report = StockReport(
        wanted.name,
        seed,
        first,
        len(numbers),
        totals.files,
        totals.pages,
        totals.scanned,
        totals.faults,
        word if totals.word_page else "",
        totals.word_page,
    )
    (truth / "stock.json").write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return report


def _make_folders(out: Path, truth: Path) -> None:
    if out == truth or out in truth.parents:
        raise UsageFault(
            "truth_inside", "Die Wahrheit darf nicht im Quellbaum liegen.", "Anderen Ordner für --truth wählen."
        )
    for path in (out, truth):
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UsageFault("not_empty", f"Der Ordner {path.name} ist nicht leer.", "Einen leeren Ordner angeben.")


def _slice(wanted: Size, first: int, count: int | None) -> range:
    """The numbers of the cases; the last slice may be shorter than asked for."""
    if not 0 <= first < wanted.cases or (count is not None and count < 1):
        raise UsageFault(
            "no_such_cases",
            f"Der Bestand hat die Akten 0 bis {wanted.cases - 1}.",
            "Für --first eine dieser Nummern, für --count mindestens 1 angeben.",
        )
    return range(first, wanted.cases if count is None else min(first + count, wanted.cases))


def _count(totals: _Totals, filed: Filed, word: str) -> None:
    totals.files += len(filed.files)
    totals.pages += len(filed.pages)
    totals.scanned += sum(1 for page in filed.pages if page["scanned"])
    totals.faults += len(filed.faults)
    if word:
        for page in filed.pages:
            if word in page["text"]:
                totals.word_page = page["id"]


@dataclass(frozen=True)
class _Task:
    world: World
    wanted: Size
    out: Path
    index: int


def _work(task: _Task) -> Filed:
    world, wanted = task.world, task.wanted
    if wanted.script:
        return file_case(world, script.plans(world, wanted.script)[task.index], task.out)
    return file_case(world, story.plan(world, wanted, task.index), task.out)


class _Writer:
    """Appends what cases hand back to the files of the truth and to the lists at the root."""

    def __init__(self, out: Path, truth: Path) -> None:
        self.out, self.truth = out, truth
        self._stack = ExitStack()

    def __enter__(self) -> _Writer:
        def text(path: Path, encoding: str = "utf-8") -> IO[str]:
            return self._stack.enter_context(path.open("w", encoding=encoding, errors="replace", newline=""))

        self._pages, self._files = text(self.truth / "pages.jsonl"), text(self.truth / "files.jsonl")
        self._cases, self._faults = text(self.truth / "cases.jsonl"), text(self.truth / "faults.jsonl")
        raw = self._stack.enter_context((self.truth / "words.jsonl.gz").open("wb"))
        self._words = self._stack.enter_context(GzipFile("", "wb", compresslevel=1, fileobj=raw, mtime=0))
        self._register = text(self.out / "register.csv")
        self._register.write(coversheet.REGISTER + "\r\n")
        self._delivery = text(self.out / "lieferliste.csv")
        self._delivery.write("datei;seiten\r\n")
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, filed: Filed) -> None:
        for target, records in (
            (self._pages, filed.pages),
            (self._files, filed.files),
            (self._cases, [filed.case]),
            (self._faults, filed.faults),
        ):
            for record in records:
                target.write(line(record))
        for record in filed.boxes:
            self._words.write(line(record).encode())
        if filed.register:
            self._register.write(filed.register + "\r\n")
        for row in filed.delivery:
            self._delivery.write(row + "\r\n")


def line(record: dict[str, Any]) -> str:
    """One JSON line."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
