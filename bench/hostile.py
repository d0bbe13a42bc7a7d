"""Crafted and mutated files beside good neighbours, in one run: each ends in a final state, no neighbour is lost.

python -m bench.hostile --corpus FOLDER [--crafted FOLDER] [--mutants 200] [--seed 1] [--neighbours 40]

`--corpus`: files to be mutated (bit flips, cuts, splices of two). `--crafted`: files taken as they are, gzipped ones
unpacked. Some kinds are made here. JSON on standard output: states, reasons, what is not final, neighbours' times with
and without the hostile files beside them, the slowest files, peak memory of each part in MB.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psutil
from fpdf import FPDF
from sqlalchemy import select

from bench.__main__ import machine
from casefile.database.ledger import FileRow, RootRow
from casefile.database.sessions import open_database, read_session
from casefile.model import FileRole, State
from casefile.settings import Settings, load_settings
from engine import control
from engine.processes import ProcessId
from engine.state import read_state
from indexer import pipeline
from indexer.context import Context
from indexer.progress import Reporter

NEIGHBOURS = "gute Akte"
MOST_BYTES = 2 * 1024 * 1024  # larger files of the corpus are not mutated


def mutated(raw: bytes, other: bytes, source: random.Random) -> bytes:
    """One of: some bits turned, cut off, a piece of another file put in, a piece repeated, a piece zeroed."""
    kind, at = source.randrange(5), source.randrange(max(1, len(raw)))
    size = source.randrange(1, max(2, len(raw) // 4))
    if kind == 0:
        flipped = bytearray(raw)
        for _ in range(source.randrange(1, 40)):
            flipped[source.randrange(len(flipped))] ^= 1 << source.randrange(8)
        return bytes(flipped)
    if kind == 1:
        return raw[:at]
    if kind == 2:
        return raw[:at] + other[:size] + raw[at:]
    if kind == 3:
        return raw[:at] + raw[at : at + size] * source.randrange(2, 20) + raw[at + size :]
    return raw[:at] + bytes(size) + raw[at + size :]


def write_mutants(corpus: Path, folder: Path, count: int, seed: int) -> None:
    source = random.Random(seed)
    files = sorted(p for p in corpus.rglob("*") if p.is_file() and 0 < p.stat().st_size <= MOST_BYTES)
    for number in range(count):
        path, other = source.choice(files), source.choice(files)
        target = folder / f"mutant-{number:05d}{path.suffix}"
        target.write_bytes(mutated(path.read_bytes(), other.read_bytes(), source) or b"\0")


def write_crafted(crafted: Path | None, folder: Path) -> None:
    for path in sorted(crafted.iterdir()) if crafted else ():
        if path.suffix == ".gz":
            place = folder / path.stem.partition(".")[0]
            place.mkdir()
            (place / f"deckblatt{Path(path.stem).suffix}").write_bytes(gzip.decompress(path.read_bytes()))
        elif path.suffix != ".md":
            (folder / path.name).write_bytes(path.read_bytes())
    (folder / "ohne-leerzeichen.txt").write_text("Aktenvermerk" * 1_000_000, encoding="utf-8")
    (folder / "5000-anlagen.eml").write_bytes(_mail(5000))
    with zipfile.ZipFile(folder / "bombe.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", bytes(50_000_000))


def _mail(attachments: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "jana@example.org", "amt@example.org", "Viele Anlagen"
    mail.set_content("Siehe Anlagen")
    for number in range(attachments):
        mail.add_attachment(f"Anlage {number}", filename="anlage.txt")
    return bytes(mail)


def write_neighbours(folder: Path, count: int) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        if number % 2:
            pdf = FPDF()
            pdf.set_font("helvetica", size=12)
            for page in range(3):
                pdf.add_page()
                pdf.multi_cell(0, 8, f"Nachbar {number}, Seite {page}: Bescheid ueber die Kosten der Unterkunft")
            pdf.output(str(folder / f"nachbar-{number:03d}.pdf"))
        else:
            text = f"Nachbar {number}: Vermerk über das Gespräch"
            (folder / f"nachbar-{number:03d}.txt").write_text(text, encoding="utf-8")


@dataclass
class Peaks:
    """Largest resident memory seen, in MB."""

    indexer: float = 0.0
    worker: float = 0.0
    tika: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def watch(self, home: Path) -> None:
        me = psutil.Process()
        while not self._stop.wait(0.5):
            self.indexer = max(self.indexer, _rss(me))
            self.worker = max([self.worker, *map(_rss, me.children(recursive=True))])
            state = read_state(home)
            processes = state.services["tika"].processes if state else ()
            self.tika = max([self.tika, *(_rss_of(process.pid) for process in processes)])

    @classmethod
    @contextmanager
    def during(cls, home: Path) -> Iterator[Peaks]:
        peaks = cls()
        thread = threading.Thread(target=peaks.watch, args=(home,))
        thread.start()
        try:
            yield peaks
        finally:
            peaks._stop.set()
            thread.join()


def _rss(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1024**2
    except psutil.Error:
        return 0.0


def _rss_of(pid: int) -> float:
    try:
        return _rss(psutil.Process(pid))
    except psutil.Error:
        return 0.0


def run(settings: Settings, folder: Path, name: str) -> dict[str, float]:
    """Seconds of each file by its path."""
    seconds: dict[str, float] = {}
    original: Callable[[Context, FileRow], None] = pipeline.process_file

    def timed(ctx: Context, file: FileRow) -> None:
        started = time.monotonic()
        original(ctx, file)
        seconds[file.path] = time.monotonic() - started

    pipeline.process_file = timed
    try:
        with Reporter(name, quiet=False) as reporter:
            pipeline.index_root(settings, folder, name, reporter)
    finally:
        pipeline.process_file = original
    return seconds


def outcome(settings: Settings, root: str) -> dict[str, Any]:
    with read_session(open_database(settings, "ledger")) as session:
        query = select(FileRow).join(RootRow).where(RootRow.name == root, FileRow.role == FileRole.DOCUMENT)
        rows = list(session.scalars(query))
    lost = [r.path for r in rows if r.path.startswith(NEIGHBOURS) and r.state != State.CONFIRMED]
    return {
        "files": len(rows),
        "states": dict(Counter(row.state for row in rows)),
        "reasons": dict(Counter(row.reason for row in rows if row.reason)),
        "not_final": [row.path for row in rows if not State(row.state).final],
        "neighbours_lost": lost,
    }


def measure(settings: Settings, work: Path, options: argparse.Namespace) -> dict[str, Any]:
    alone, mixed = work / "allein", work / "gemischt"
    write_neighbours(alone / NEIGHBOURS, options.neighbours)
    write_neighbours(mixed / NEIGHBOURS, options.neighbours)
    for name in ("gebastelt", "mutiert"):
        (mixed / name).mkdir()
    write_crafted(options.crafted, mixed / "gebastelt")
    write_mutants(options.corpus, mixed / "mutiert", options.mutants, options.seed)
    usual = run(settings, alone, "allein")
    started = time.monotonic()
    with Peaks.during(settings.home) as peaks:
        seconds = run(settings, mixed, "gemischt")
    beside = [spent for path, spent in seconds.items() if path.startswith(NEIGHBOURS)]
    slowest = sorted(((round(spent, 1), path) for path, spent in seconds.items()), reverse=True)[:10]
    return outcome(settings, "gemischt") | {
        "run_seconds": round(time.monotonic() - started),
        "neighbour_median_seconds": {
            "alone": round(statistics.median(usual.values()), 2),
            "beside": round(statistics.median(beside), 2),
        },
        "slowest": slowest,
        "over_300_seconds": [path for path, spent in seconds.items() if spent > 300],
        "peak_mb": {"indexer": round(peaks.indexer), "worker": round(peaks.worker), "tika": round(peaks.tika)},
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.hostile", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--crafted", type=Path)
    parser.add_argument("--mutants", type=int, default=200)
    parser.add_argument("--neighbours", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="aktensuche-hostile-") as folder:
        settings = load_settings(home=Path(folder) / "home", opensearch_heap_mb=512)
        control.start(settings, parent=ProcessId.current())
        try:
            found = measure(settings, Path(folder), options)
        finally:
            control.stop(settings)
    print(json.dumps({"machine": machine(), "hostile": found}, ensure_ascii=False, indent=1))
    return 1 if found["not_final"] or found["neighbours_lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
