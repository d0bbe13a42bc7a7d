"""How well the program finds: classes of questions on texts whose truth is known, beside five usual ways to search.

    python -m bench retrieval [--quick]
    python -m bench.retrieval --classes exact,inflected --levels 0 --queries 300 --folder DIR

Each collection (the generator's stock; law text and XQuAD where the shared corpus is there) is put into databases and
indices of its own, at each level of damage, with the index records of a run. The program is asked as `batch-search`
asks, or as the interface does; the baselines get the same pages in the same engine. `--folder` keeps the stock (made
once), and below `queries/` and `runs/` every query set, its judgements and every run in TREC's forms.

`RR`: mean reciprocal rank within 100; `Δ`: to the best baseline of the cell, with a paired bootstrap interval of 95 %.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench import Figure
from bench.retrieval.cells import Row
from bench.retrieval.classes import CLEAN, LEVELS, SOME
from bench.retrieval.run import Plan, measure

FULL = Plan(cases=300, pages=30, laws=300, queries=1000, levels=LEVELS)
QUICK = Plan(cases=40, pages=30, laws=100, queries=100, levels=(CLEAN, SOME))


def figures() -> Iterable[Figure]:
    return _figures(FULL)


def quick_figures() -> Iterable[Figure]:
    return _figures(QUICK)


def _figures(plan: Plan) -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from map(_figure, measure(plan, Path(folder)))


def _figure(row: Row) -> Figure:
    name = f"{row.collection} {row.level:.0%} {row.name}: {row.measure}"
    told = {True: "met", False: "NOT MET", None: ""}[row.met]
    return Figure(name, row.value, f"{row.queries} queries", " ".join(filter(None, (told, row.goal, row.against))))
