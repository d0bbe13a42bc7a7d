"""Which collections are measured at which levels: makes them, loads them, and goes through the classes."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.retrieval import law_collection, questions
from bench.retrieval.baselines import Baselines, Run
from bench.retrieval.cells import Cell, Row
from bench.retrieval.classes import CLASSES, LEVELS
from bench.retrieval.collection import Collection, write_trec
from bench.retrieval.load import load
from bench.retrieval.noise import character_error_rate, damage
from bench.retrieval.stock_collection import make_stock, read_stock
from casefile.index.client import BULK
from casefile.instance import opensearch_url
from casefile.settings import Settings, load_settings
from engine import control
from engine.processes import ProcessId
from search_ui.services import Services


@dataclass(frozen=True)
class Plan:
    """Sizes; `queries`: at most, of each class. `classes`, `collections`: only these, where any are named."""

    cases: int
    pages: int
    laws: int
    queries: int
    levels: Sequence[float] = LEVELS
    classes: Sequence[str] = ()
    collections: Sequence[str] = ()
    seed: int = 1


def measure(plan: Plan, folder: Path) -> Iterator[Row]:
    """All cells. Query sets, judgements and runs are left in `folder`."""
    with _engine(folder / "engine") as settings:
        for collection in _collections(plan, folder):
            for level in plan.levels:
                yield from measure_level(plan, folder, settings, collection, level)


def measure_level(plan: Plan, folder: Path, settings: Settings, collection: Collection, level: float) -> Iterator[Row]:
    damaged = damage(collection, level, plan.seed)
    yield Row(collection.name, level, "pages", 0, "CER", round(character_error_rate(collection, damaged), 4))
    with loaded(settings, folder / "home" / f"{collection.name}-{100 * level:g}", damaged) as (services, baselines):
        for name in (name for name in CLASSES if name in collection.queries and name in (plan.classes or CLASSES)):
            cell = Cell(services, baselines, damaged, level, name)
            yield from cell.rows()
            write_trec(folder / "queries" / collection.name, name, cell.queries)
            _write_runs(folder / "runs" / f"{collection.name}-{100 * level:g}", name, cell.runs)


@contextmanager
def loaded(
    settings: Settings, home: Path, collection: Collection, *, with_baselines: bool = True
) -> Iterator[tuple[Services, Baselines]]:
    """An instance of its own on the engine of `settings`, and the baselines' index beside it (`False`: empty)."""
    prefix = f"bench-{home.name}"
    own = load_settings(home=home, opensearch_url=opensearch_url(settings), index_prefix=prefix)
    load(own, collection.cases)
    baselines = Baselines(opensearch_url(settings), f"{prefix}-baselines")
    baselines.load(collection if with_baselines else replace(collection, cases=()))
    services = Services(own, BULK)
    try:
        yield services, baselines
    finally:
        services.close()
        baselines.remove()


def _collections(plan: Plan, folder: Path) -> Iterable[Collection]:
    wanted = plan.collections or ("stock", "law", "questions")
    if "stock" in wanted:
        stock = read_stock(make_stock(folder, plan.cases, plan.pages, plan.seed, plan.queries), plan.queries, plan.seed)
        if law_collection.CORPUS.is_dir():
            absent = law_collection.absent_words(stock, plan.queries, plan.seed)
            stock = stock.asking("law_words_absent", absent)
        yield stock
    if "law" in wanted and law_collection.CORPUS.is_dir():
        yield law_collection.read_law(plan.laws, plan.queries, plan.seed)
    if "questions" in wanted and questions.CORPUS.is_dir():
        yield questions.read_questions(plan.queries)


@contextmanager
def _engine(home: Path) -> Iterator[Settings]:
    settings = load_settings(home=home)
    sys.stderr.write("starting the engine\n")
    control.start(settings, parent=ProcessId.current())
    try:
        yield settings
    finally:
        control.stop(settings)


def _write_runs(folder: Path, name: str, runs: dict[str, Run]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for system, run in runs.items():
        tag = "".join(letter if letter.isalnum() else "_" for letter in system)
        (folder / f"{name}.{tag}.trec").write_text("".join(_lines(run, tag)), "utf-8")


def _lines(run: Run, tag: str) -> Iterator[str]:
    for query, pages in run.items():
        yield from (f"{query} Q0 {page} {rank} {len(pages) - rank + 1} {tag}\n" for rank, page in enumerate(pages, 1))
