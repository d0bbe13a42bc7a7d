"""`python -m bench.retrieval`: parts of the measurement, with sizes of one's own."""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.__main__ import machine
from bench.retrieval import FULL, QUICK
from bench.retrieval.cells import Row
from bench.retrieval.classes import CLASSES
from bench.retrieval.run import Plan, measure


def main() -> None:
    options = _options()
    console = Console(stderr=True, width=150)
    with tempfile.TemporaryDirectory() as temporary:
        rows = []
        for row in measure(_plan(options), options.folder or Path(temporary)):
            rows.append(row)
            console.print(_line(row), highlight=False)
    console.print(table(rows))
    print(json.dumps({"machine": machine(), "rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval")
    parser.add_argument("--quick", action="store_true", help="small stock, few queries, clean and 5 %%")
    parser.add_argument("--cases", type=int, help="of the stock, 12 or more")
    parser.add_argument("--laws", type=int)
    parser.add_argument("--queries", type=int, help="at most, of each class")
    parser.add_argument("--levels", help="shares of damaged letters: 0,0.05,0.2")
    parser.add_argument("--classes", help=", ".join(CLASSES))
    parser.add_argument("--collections", help="stock, law, questions")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--folder", type=Path, help="keeps stock, queries, judgements and runs; the stock is made once")
    return parser.parse_args()


def _plan(options: argparse.Namespace) -> Plan:
    given = {name: value for name, value in vars(options).items() if value is not None}
    changes: dict[str, Any] = {name: given[name] for name in ("cases", "laws", "queries", "seed") if name in given}
    changes |= {name: tuple(given[name].split(",")) for name in ("classes", "collections") if name in given}
    if "levels" in given:
        changes["levels"] = tuple(map(float, given["levels"].split(",")))
    return replace(QUICK if options.quick else FULL, **changes)


def table(rows: list[Row]) -> Table:
    shown = Table("Bestand", "Fehler", "Klasse", "Fragen", "Maß", "Wert", "Ziel", "erreicht", "verglichen mit")
    for row in rows:
        shown.add_row(*_cells(row))
    return shown


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "ja", False: "NEIN", None: ""}[row.met]
    level, value = f"{row.level:.0%}", f"{row.value:.3f}"
    return row.collection, level, row.name, str(row.queries), row.measure, value, row.goal, met, row.against


def _line(row: Row) -> str:
    return "  ".join(_cells(row))


if __name__ == "__main__":
    main()
