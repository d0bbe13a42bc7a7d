"""Runs the benchmarks: `python -m bench [name …] [--quick]`.

A table on standard error, one JSON document on standard output. `--quick`: a short form where a benchmark has one.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime

import psutil
from rich.console import Console
from rich.table import Table

import bench
from bench import Figure

Figures = Callable[[], Iterable[Figure]]


def names() -> list[str]:
    """Every module in bench/; those with a function `figures` are run, the others are called with arguments."""
    return [module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_")]


def machine() -> dict[str, object]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 1024**3),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }


def main(wanted: list[str], *, quick: bool = False) -> None:
    console = Console(stderr=True)
    report: dict[str, object] = {"machine": machine()}
    for name in wanted or names():
        figures = _figures(name, quick=quick)
        if figures is None:
            continue
        found = list(figures())
        console.print(_table(name, found))
        report[name] = [asdict(figure) for figure in found]
    print(json.dumps(report, ensure_ascii=False, indent=1))


def _figures(name: str, *, quick: bool) -> Figures | None:
    """None for a module that is called with arguments instead."""
    module = importlib.import_module(f"bench.{name}")
    whole: Figures | None = getattr(module, "figures", None)
    return getattr(module, "quick_figures", whole) if quick else whole


def _table(name: str, figures: list[Figure]) -> Table:
    table = Table("figure", "value", "unit", "compared with", "ratio", title=name)
    for figure in figures:
        ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
        table.add_row(figure.name, f"{figure.value:.3g}", figure.unit, figure.compared_with, ratio)
    return table


if __name__ == "__main__":
    main([name for name in sys.argv[1:] if name != "--quick"], quick="--quick" in sys.argv)
