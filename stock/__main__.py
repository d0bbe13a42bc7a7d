"""`python -m stock build --size demo12 --seed 1 --out DIR --truth DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from casefile.errors import AktensucheError
from stock.build import build
from stock.plan import size


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stock", description="Erzeugt Musterakten mit bekannter Wahrheit.")
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("build", help="Musterakten erzeugen")
    make.add_argument("--size", default="demo12", help="demo12, demo, test oder eine Zahl von Akten")
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--out", type=Path, required=True, help="Quellbaum (neu oder leer)")
    make.add_argument("--truth", type=Path, required=True, help="Wahrheit (neu oder leer, nicht im Quellbaum)")
    make.add_argument("--pages", type=float, default=30.0, help="mittlere Seiten je Akte (nur bei einer Zahl)")
    make.add_argument("--scans", type=float, default=0.1, help="Anteil gescannter Dateien (nur bei einer Zahl)")
    make.add_argument("--processes", type=int, default=1)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """The command; prints the report as JSON."""
    options = _parser().parse_args(arguments)
    try:
        wanted = size(options.size, pages=options.pages, scans=options.scans)
        report = build(options.size, options.seed, options.out, options.truth, processes=options.processes, plan=wanted)
    except AktensucheError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(json.dumps(asdict(report), ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
