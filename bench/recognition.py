"""Recognition of scanned pages against their true text: words found, false words, quality, places of words.

python -m bench.recognition --typewritten DIR --stock DIR --truth DIR --print DIR --pages 30 [--variants] [--damages]

Sets: T typewritten pages with a transcription, S scanned pages of a sample stock, G pages of printed PDFs whose text
layer is the truth. Found: share of the true words of five letters and more; false: words put out that are not true,
per true word. Each page's words are a set, in small letters, foreign diacritics folded as in the index.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pypdfium2

from bench._page_variants import AS_IT_IS, DAMAGES, VARIANTS, Point, Variant
from casefile.imaging.media import PDF
from casefile.imaging.render import PageImage, render_page
from casefile.pagetext import PageText
from casefile.settings import load_settings
from indexer.extract.ocr.engine import OcrEngine
from indexer.extract.ocr.engines import chosen_engine, chosen_second_reader
from indexer.extract.ocr.recipe import LOW_QUALITY, Page, read_page
from indexer.extract.ocr.second.opinion import WordReader, is_known

WORD = re.compile(r"[^\W\d_]{5,}")
DPI = 200.0
# Some PDFs store text backwards or with other letters than they show: no truth.
SOUND_LAYER = 0.8
# The transcriptions of T hold Cyrillic letters that look like umlauts.
LOOKALIKES = str.maketrans({"ӓ": "ä", "ӧ": "ö", "Ӓ": "Ä", "Ӧ": "Ö"})
SUFFIXES = {".tif": "image/tiff", ".jpg": "image/jpeg", ".png": "image/png", ".pdf": PDF}

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sample:
    """`boxes`: true words with their places as fractions of the page; empty where they are not known."""

    group: str
    name: str
    path: Path
    page: int
    text: str
    boxes: tuple[tuple[str, Box], ...] = ()
    turned: bool = False

    @property
    def media_type(self) -> str:
        return SUFFIXES[self.path.suffix]


@dataclass(frozen=True)
class Result:
    sample: Sample
    found: int
    true: int
    false: int
    quality: float
    seconds: float
    places: tuple[int, int]  # of the true words read: centre inside the true box, all

    @property
    def recall(self) -> float:
        return self.found / max(1, self.true)


def words(text: str) -> set[str]:
    return {fold(word) for word in WORD.findall(unicodedata.normalize("NFC", text).translate(LOOKALIKES))}


def fold(word: str) -> str:
    """Small letters; diacritics gone but for the German umlauts."""
    kept = {"ä", "ö", "ü"}
    letters = (c if c in kept else unicodedata.normalize("NFD", c)[0] for c in word.casefold().replace("ı", "i"))
    return "".join(letters)


# --- the sets


def typewritten(folder: Path) -> list[Sample]:
    texts = sorted(folder.glob("*.gt.txt"))
    name = "T"
    return [
        Sample(name, path.name, folder / path.name.replace(".gt.txt", ".jpg"), 1, path.read_text(encoding="utf-8"))
        for path in texts
    ]


def printed(folder: Path) -> list[Sample]:
    found = []
    for path in sorted(folder.glob("*.pdf")):
        text = pypdfium2.PdfDocument(path)[0].get_textpage().get_text_bounded()
        true = words(text)
        if len(true) > 50 and sum(map(is_known, true)) > SOUND_LAYER * len(true):
            found.append(Sample("G", path.name, path, 1, text))
    return found


def scanned(stock: Path, truth: Path, count: int) -> list[Sample]:
    with (truth / "pages.jsonl").open(encoding="utf-8") as source:
        records = [json.loads(row) for row in source]
    fit = [r for r in records if r["scanned"] and r["readable"] and r["language"] == "de" and not r["faults"]]
    fit = [r for r in fit if len(words(r["text"])) > 15 and Path(unquote(r["path"])).suffix in SUFFIXES]
    random.Random(3).shuffle(fit)
    chosen = {r["id"]: r for r in fit[:count]}
    boxes = _boxes(truth, set(chosen))
    return [
        Sample(
            "S clean" if r["level"] == "clean" else "S",
            str(r["id"]),
            stock / unquote(r["path"]),
            r["page"],
            r["text"],
            boxes.get(r["id"], ()),
            bool(r["turned"]),
        )
        for r in chosen.values()
    ]


def _boxes(truth: Path, wanted: set[str]) -> dict[str, tuple[tuple[str, Box], ...]]:
    found = {}
    with gzip.open(truth / "words.jsonl.gz", "rt", encoding="utf-8") as source:
        for row in source:
            record = json.loads(row)
            if record["id"] in wanted:
                width, height = record["size"]
                found[record["id"]] = tuple(
                    (word, (x0 / width, y0 / height, x1 / width, y1 / height))
                    for word, x0, y0, x1, y1 in record["words"]
                )
    return found


# --- reading


def render(sample: Sample, dpi: float) -> PageImage:
    return render_page(sample.path, sample.media_type, sample.page, dpi=dpi)


def read(engine: OcrEngine, second: WordReader | None, sample: Sample, variant: Variant = AS_IT_IS) -> Result:
    def rendered(dpi: float) -> PageImage:
        page = render(sample, dpi)
        return replace(page, image=variant.change(page.image))

    started = time.process_time()
    shown = rendered(DPI)
    text = read_page(engine, second, Page(shown, rendered))
    seconds = time.process_time() - started
    before = render(sample, DPI).image.size
    return judge(sample, text, seconds, lambda point: variant.back(point, shown.image.size, before))


def judge(sample: Sample, text: PageText, seconds: float, back: Callable[[Point], Point]) -> Result:
    true, got = words(sample.text), words(text.text)
    quality = 100.0 if text.quality is None else text.quality
    places = _places(sample, text, back)
    return Result(sample, len(true & got), len(true), len(got - true), quality, seconds, places)


def _places(sample: Sample, text: PageText, back: Callable[[Point], Point]) -> tuple[int, int]:
    """Of the words that stand once on the page: how many have their centre inside the true box."""
    true: dict[str, list[Box]] = {}
    for word, box in sample.boxes:
        true.setdefault(word, []).append(box)
    inside = compared = 0
    for word in text.words:
        boxes = true.get(text.text[word.start : word.end], [])
        if len(boxes) == 1 and word.end - word.start >= 5:
            left, top, right, bottom = boxes[0]
            x, y = back(((word.left + word.right) / 2, (word.top + word.bottom) / 2))
            compared += 1
            inside += left <= x <= right and top <= y <= bottom
    return inside, compared


# --- figures


def summary(results: Sequence[Result]) -> dict[str, object]:
    true = sum(r.true for r in results)
    inside, compared = (sum(r.places[n] for r in results) for n in (0, 1))
    return {
        "pages": len(results),
        "found": round(sum(r.found for r in results) / true, 3),
        "false": round(sum(r.false for r in results) / true, 3),
        "seconds": round(statistics.mean(r.seconds for r in results), 2),
        "places": round(inside / compared, 3) if compared else None,
        "low": sum(r.quality < LOW_QUALITY for r in results),
    }


def quality_figures(results: Sequence[Result]) -> dict[str, object]:
    """How well a low quality tells pages with less than half of the words from those with .8 and more."""
    bad = [r.quality for r in results if r.recall < 0.5]
    good = [r.quality for r in results if r.recall >= 0.8]
    pairs = [(b < g) + 0.5 * (b == g) for b in bad for g in good]
    return {
        "bad": len(bad),
        "good": len(good),
        "auc": round(sum(pairs) / len(pairs), 3) if pairs else None,
        "bad caught": round(sum(q < LOW_QUALITY for q in bad) / len(bad), 3) if bad else None,
        "good flagged": round(sum(q < LOW_QUALITY for q in good) / len(good), 3) if good else None,
    }


def samples_of(options: argparse.Namespace) -> list[Sample]:
    found = typewritten(options.typewritten) if options.typewritten else []
    if options.stock:
        found += scanned(options.stock, options.truth, options.pages)
    return found + (printed(options.print) if options.print else [])


def measure(options: argparse.Namespace) -> Iterator[tuple[str, dict[str, object]]]:
    engine, second = chosen_engine(load_settings()), None if options.alone else chosen_second_reader(load_settings())
    samples = samples_of(options)
    every: list[Result] = []
    for group in sorted({sample.group for sample in samples}):
        part = [sample for sample in samples if sample.group == group]
        results = [read(engine, second, sample) for sample in part]
        every += results
        yield group, summary(results)
        changes = (VARIANTS if options.variants else {}) | (DAMAGES if options.damages else {})
        for name, variant in changes.items():
            changed = [read(engine, second, sample, variant) for sample in part]
            every += changed
            yield f"{group} {name}", summary(changed)
    yield "quality", quality_figures(every)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--typewritten", type=Path)
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--print", type=Path)
    parser.add_argument("--pages", type=int, default=30, help="at most so many scanned pages of the stock")
    parser.add_argument("--variants", action="store_true", help="turned and skewed as well")
    parser.add_argument("--damages", action="store_true", help="blurred, coarse, noisy and pale as well")
    parser.add_argument("--alone", action="store_true", help="without the second engine")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    for name, figures in measure(parser.parse_args()):
        print(json.dumps({name: figures}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
