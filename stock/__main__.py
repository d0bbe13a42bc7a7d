"""`python -m stock build --size demo12 --seed 1 --out DIR --truth DIR`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from casefile.errors import AktensucheError
from stock import queries, text_mode
from stock.build import build
from stock.cases.plan import size


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
    make.add_argument("--first", type=int, default=0, help="nur ein Teil des Bestands: Nummer der ersten Akte, ab 0")
    make.add_argument("--count", type=int, help="so viele Akten davon (Vorgabe: bis zur letzten)")
    make.add_argument("--processes", type=int, default=1)
    text = commands.add_parser("text", help="nur Text: JSON-Zeilen für Lasttests")
    text.add_argument("--cases", type=int, required=True)
    text.add_argument("--pages", type=int, default=30, help="Seiten je Akte")
    text.add_argument("--seed", type=int, default=1)
    text.add_argument("--out", type=Path, required=True, help="Datei")
    text.add_argument("--processes", type=int, default=1)
    ask = commands.add_parser("queries", help="Anfragen mit Urteilen aus einer Wahrheit")
    ask.add_argument("--truth", type=Path, required=True)
    ask.add_argument("--count", type=int, default=1000, help="höchstens so viele je Klasse")
    ask.add_argument("--seed", type=int, default=1)
    return parser


def _build(options: argparse.Namespace) -> object:
    wanted = size(options.size, pages=options.pages, scans=options.scans)
    report = build(
        options.size,
        options.seed,
        options.out,
        options.truth,
        processes=options.processes,
        plan=wanted,
        first=options.first,
        count=options.count,
    )
    return asdict(report)


def _text(options: argparse.Namespace) -> object:
    pages = text_mode.write(options.seed, options.cases, options.pages, options.out, processes=options.processes)
    return {"pages": pages}


def _queries(options: argparse.Namespace) -> object:
    return queries.write(options.truth, options.seed, options.count)


def main(arguments: list[str] | None = None) -> int:
    """The command; prints the report as JSON."""
    options = _parser().parse_args(arguments)
    work = {"build": _build, "text": _text, "queries": _queries}[options.command]
    try:
        report = work(options)
    except AktensucheError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
