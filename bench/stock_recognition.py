"""Plain Tesseract (`deu`, no preparation) on the scanned pages of a stock: share of the words found.

Every page goes in at 300 dpi, the least that Tesseract's manual asks for: PDF pages are drawn so, images enlarged.

python -m bench.stock_recognition --stock DIR --truth DIR [--stock DIR --truth DIR …] --pages 120
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pypdfium2
import tesserocr
from PIL import Image, ImageSequence

_TESSDATA = "/usr/share/tesseract-ocr/5/tessdata"
_WORD = re.compile(r"\w{2,}")
_RUNNING = frozenset(
    (
        "notice",
        "rejection",
        "enquiry",
        "objection",
        "court",
        "rent_contract",
        "settlement",
        "employer",
        "landlord",
        "mail",
    )
)


def scanned(truth: Path) -> list[dict[str, Any]]:
    """German pages with text that came from a scanner or telephone."""
    with (truth / "pages.jsonl").open(encoding="utf-8") as source:
        records = [json.loads(row) for row in source]
    return [
        r
        for r in records
        if r["scanned"] and r["readable"] and len(_WORD.findall(r["text"])) > 25 and r["language"] == "de"
    ]


def image(stock: Path, record: dict[str, Any]) -> Image.Image | None:
    """The page as an image at 300 dpi; None where the file's suffix lies."""
    path = stock / unquote(record["path"])
    if path.suffix == ".pdf":
        document = pypdfium2.PdfDocument(path)
        drawn = document[record["page"] - 1].render(scale=300 / 72, grayscale=True).to_pil()
        return drawn.copy()
    if path.suffix in (".tif", ".jpg"):
        with Image.open(path) as opened:
            frames = enumerate(ImageSequence.Iterator(opened), 1)
            found = next(frame.convert("L") for number, frame in frames if number == record["page"])
        scale = 300 / record["dpi"]
        size = round(found.width * scale), round(found.height * scale)
        return found.resize(size, Image.Resampling.BICUBIC)
    return None


def recall(expected: str, found: str) -> float:
    """Share of the page's words that were read, as a multiset."""
    wanted, got = Counter(_WORD.findall(expected.lower())), Counter(_WORD.findall(found.lower()))
    return sum((wanted & got).values()) / max(sum(wanted.values()), 1)


def _level(record: dict[str, Any]) -> str:
    if record["turned"]:
        return "turned"
    return "clean text" if record["level"] == "clean" and record["kind"] in _RUNNING else str(record["level"])


@lru_cache(maxsize=1)
def _reader() -> tesserocr.PyTessBaseAPI:
    return tesserocr.PyTessBaseAPI(path=_TESSDATA, lang="deu", psm=tesserocr.PSM.AUTO)


def read(stock: Path, record: dict[str, Any]) -> tuple[str, str, float] | None:
    """Damage level, page id and recall; None where the file's suffix lies."""
    if "wrong_suffix" in record["faults"] or (picture := image(stock, record)) is None:
        return None
    _reader().SetImage(picture)
    _reader().SetSourceResolution(300)
    return _level(record), record["id"], recall(record["text"], _reader().GetUTF8Text())


def measure(stock: Path, truth: Path, count: int, processes: int) -> Iterator[tuple[str, str, float]]:
    """Damage level, page id and recall of so many pages drawn by chance."""
    records = scanned(truth)
    random.Random(3).shuffle(records)
    # One thread a process: several processes use the cores better than Tesseract's own threads.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from filter(None, pool.imap(partial(read, stock), records[:count]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--stock", type=Path, action="append", required=True)
    parser.add_argument("--truth", type=Path, action="append", required=True)
    parser.add_argument("--pages", type=int, default=120, help="at most so many of each stock")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    stocks = zip(options.stock, options.truth, strict=True)
    rows = [row for stock, truth in stocks for row in measure(stock, truth, options.pages, options.processes)]
    every = np.array(sorted(value for _, _, value in rows))
    upright = np.array(sorted(value for level, _, value in rows if level != "turned"))
    tenth = max(1, len(upright) // 10)
    by_level: dict[str, list[float]] = {}
    for level, _, value in rows:
        by_level.setdefault(level, []).append(value)
    report = {
        "pages": len(every),
        "mean": float(every.mean()),
        "median": float(np.median(every)),
        "worst tenth, with pages on their side": float(every[:tenth].mean()),
        "worst tenth, upright": float(upright[:tenth].mean()),
        "best tenth, upright": float(upright[-tenth:].mean()),
        "levels": {
            level: [
                len(found),
                round(float(np.median(found)), 3),
                round(float(np.mean(found)), 3),
                round(min(found), 3),
            ]
            for level, found in sorted(by_level.items())
        },
    }
    print(json.dumps(report, indent=1))
    for level, name, value in sorted(rows, key=lambda row: row[2])[:12]:
        print(f"{value:.2f} {level:7} {name}")


if __name__ == "__main__":
    main()
