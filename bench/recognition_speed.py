"""Pages per second of recognition beside the plain `tesseract` command and Tika's own recognition of whole PDFs.

python -m bench.recognition_speed --stock DIR --truth DIR --pages 200 [--tika URL]

All ways read the same scanned pages in the same run, block by block, in two processes. Ours: from the file to text with
boxes (rendering, key, recognition, quality), as `index` does in its workers, but at usual priority like the others,
because on a busy machine the clock would measure the priority. Plain: one process a core at 300 dpi,
`OMP_THREAD_LIMIT=1`, from PNG files that were written before the clock started. Tika: a server with its recogniser
(Debian's `tesseract-ocr`), PDFs only; the other ways are counted on the same PDFs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

import psutil
import pypdfium2
import requests

from bench.recognition import DPI, Sample, render, scanned
from casefile.imaging.media import PDF
from casefile.settings import load_settings
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.engines import chosen_engine, chosen_second_reader
from indexer.extract.ocr.recipe import Page, read_page
from indexer.extract.ocr.recognise import page_key
from indexer.extract.ocr.second.opinion import WordReader

PROCESSES = 2
PLAIN_DPI = 300.0
BLOCK = 10
TIKA_HEADERS = {"X-Tika-PDFOcrStrategy": "ocr_only", "X-Tika-OCRLanguage": "deu", "Accept": "text/plain"}

Way = Callable[[Sequence[Sample]], None]


@dataclass
class Spent:
    """Seconds by the clock and of the processor."""

    wall: float = 0.0
    cpu: float = 0.0


@dataclass
class Race:
    """Ways of reading the same pages, by turns."""

    ways: dict[str, Way]
    spent: dict[str, Spent] = field(default_factory=dict)

    def run(self, samples: Sequence[Sample]) -> None:
        for name, way in self.ways.items():
            wall, cpu = time.perf_counter(), children_seconds()
            way(samples)
            spent = self.spent.setdefault(name, Spent())
            spent.wall += time.perf_counter() - wall
            spent.cpu += children_seconds() - cpu

    def ratios(self, against: str) -> dict[str, dict[str, float]]:
        """How many times as fast as `against`, by the clock and by the processor."""
        base = self.spent[against]
        return {
            name: {"clock": round(base.wall / spent.wall, 2), "processor": round(base.cpu / spent.cpu, 2)}
            for name, spent in self.spent.items()
            if name != against and spent.cpu
        }


def children_seconds() -> float:
    """Processor seconds of all child processes, ended or running."""
    ended = os.times()
    running = (child.cpu_times() for child in psutil.Process().children())
    return ended.children_user + ended.children_system + sum(times.user + times.system for times in running)


def plain(samples: Sequence[Sample], folder: Path) -> Way:
    """The command on pages that are written here, outside the clock."""
    for sample in samples:
        render(sample, PLAIN_DPI).image.save(_image(sample, folder), dpi=(PLAIN_DPI, PLAIN_DPI), compress_level=1)

    def read(sample: Sample) -> None:
        command = ["tesseract", str(_image(sample, folder)), "stdout", "-l", "deu"]
        subprocess.run(command, env=os.environ | {"OMP_THREAD_LIMIT": "1"}, check=True, capture_output=True)

    def way(block: Sequence[Sample]) -> None:
        with ThreadPoolExecutor(PROCESSES) as threads:
            list(threads.map(read, block))

    return way


def _image(sample: Sample, folder: Path) -> Path:
    return folder / f"{abs(hash((sample.path, sample.page)))}.png"


def ours(pool: Pool, second: bool) -> Way:
    def way(block: Sequence[Sample]) -> None:
        pool.map(partial(_read, second=second), block, chunksize=1)

    return way


def _read(sample: Sample, second: bool) -> None:
    """In the worker process."""
    engine, reader = _engines()
    shown = render(sample, DPI)
    page_key(shown.image, shown.dpi, engine.identity())
    read_page(engine, reader if second else None, Page(shown, partial(render, sample)))


@cache
def _engines() -> tuple[OcrEngine, WordReader | None]:
    settings = load_settings()
    return chosen_engine(settings), chosen_second_reader(settings)


def tika(url: str, samples: Sequence[Sample]) -> float:
    """Seconds by the clock for the PDFs of the samples, all their pages; two requests at a time."""

    def read(path: Path) -> None:
        answer = requests.put(f"{url}/tika", data=path.read_bytes(), headers=TIKA_HEADERS, timeout=600)
        answer.raise_for_status()

    started = time.perf_counter()
    with ThreadPoolExecutor(PROCESSES) as threads:
        list(threads.map(read, sorted({sample.path for sample in samples})))
    return time.perf_counter() - started


def whole_pdfs(samples: Sequence[Sample], most: int) -> list[Sample]:
    """Every page of the first PDFs."""
    paths = sorted({sample.path for sample in samples if sample.media_type == PDF})[:most]
    pages = ((path, page + 1) for path in paths for page in range(len(pypdfium2.PdfDocument(path))))
    return [Sample("PDF", path.name, path, page, "") for path, page in pages]


def blocks(samples: Sequence[Sample]) -> Iterator[Sequence[Sample]]:
    return (samples[start : start + BLOCK] for start in range(0, len(samples), BLOCK))


def measure(options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Ratios after every block, so that an interrupted run has figures too."""
    samples = scanned(options.stock, options.truth, options.pages)
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with tempfile.TemporaryDirectory() as folder, get_context("spawn").Pool(PROCESSES) as pool:
        alone, both = ours(pool, second=False), ours(pool, second=True)
        both(samples[: 2 * PROCESSES])  # models are loaded
        race = Race({"plain": lambda _block: None, "alone": alone, "with second": both})
        for number, block in enumerate(blocks(samples), 1):
            race.ways["plain"] = plain(block, Path(folder))
            race.run(block)
            yield {"pages": min(number * BLOCK, len(samples)), "÷ plain": race.ratios("plain")}
        if options.tika:
            yield {"÷ Tika": _beside_tika(options.tika, samples, both)}


def _beside_tika(url: str, samples: Sequence[Sample], both: Way) -> dict[str, object]:
    chosen = whole_pdfs(samples, BLOCK)
    theirs = tika(url, chosen)
    started = time.perf_counter()
    both(chosen)
    return {"pages": len(chosen), "clock": round(theirs / (time.perf_counter() - started), 2)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stock", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--tika", help="address of a Tika server that has its recogniser")
    for figures in measure(parser.parse_args()):
        print(json.dumps(figures, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
