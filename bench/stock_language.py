"""Heaps' and Zipf's law: the sample stock against German law text, same number of words, in one plot.

python -m bench.stock_language --corpus ../shared/corpus/gesetze-md --plot docs/bilder/stock-sprache.png
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from stock.cases.plan import size
from stock.cases.story import own_items
from stock.pages.render import make_draft
from stock.world.cases import World

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def law_words(folder: Path) -> Iterator[str]:
    """Words of the law texts, texts in random but fixed order."""
    files = sorted(folder.glob("*.md"))
    random.Random(7).shuffle(files)
    for file in files:
        text = file.read_text("utf-8").partition("\n---\n")[2]
        yield from (word.lower() for word in _WORD.findall(text))


def stock_words(seed: int, cases: int) -> Iterator[str]:
    """Words of the stock's German documents, page by page."""
    world = World(seed, cases)
    wanted = size(str(cases))
    for index in range(cases):
        for item in own_items(world, wanted, index):
            draft = make_draft(world, item)
            text = " ".join(page.flat for page in draft.pages) or draft.text
            yield from (word.lower() for word in _WORD.findall(text))


def curves(words: Iterator[str], count: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Vocabulary at growing lengths, and frequencies by rank."""
    counter: Counter[str] = Counter()
    marks = sorted({int(mark) for mark in np.logspace(3, np.log10(count), 40)})
    growth = []
    for number, word in enumerate(words, start=1):
        counter[word] += 1
        if number == marks[len(growth)]:
            growth.append((number, len(counter)))
            if len(growth) == len(marks):
                break
    return growth, sorted(counter.values(), reverse=True)


def slope(points: list[tuple[float, float]]) -> float:
    """Least squares in log-log."""
    x, y = np.log(np.array(points, dtype=float)).T
    return float(np.polyfit(x, y, 1)[0])


def zipf(ranked: list[int]) -> float:
    """Exponent over ranks 10 to 10,000, evenly spaced in the logarithm."""
    ranks = sorted({int(rank) for rank in np.logspace(1, 4, 60)})
    return -slope([(rank, ranked[rank - 1]) for rank in ranks if rank <= len(ranked)])


def measure(corpus: Path, seed: int, cases: int, count: int) -> dict[str, dict[str, object]]:
    """Both texts' curves and exponents."""
    found: dict[str, dict[str, object]] = {}
    for name, words in (("law", law_words(corpus)), ("stock", stock_words(seed, cases))):
        growth, ranked = curves(words, count)
        found[name] = {
            "heaps": slope([(float(n), float(v)) for n, v in growth if n >= 5000]),
            "zipf": zipf(ranked),
            "words": growth[-1][0],
            "vocabulary": growth[-1][1],
            "once": sum(1 for frequency in ranked if frequency == 1) / len(ranked),
            "growth": growth,
            "ranked": ranked,
        }
    return found


def plot(found: dict[str, dict[str, object]], file: Path) -> None:
    """Both laws side by side."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    for name, label, mark in (("law", "law text", "-"), ("stock", "sample stock", "--")):
        n, v = np.array(found[name]["growth"]).T
        left.loglog(n, v, mark, label=f"{label}, β = {found[name]['heaps']:.3f}")
        ranked = found[name]["ranked"]
        right.loglog(range(1, len(ranked) + 1), ranked, mark, label=f"{label}, s = {found[name]['zipf']:.3f}")  # type: ignore[arg-type]
    left.set(xlabel="words", ylabel="different words", title="Heaps")
    right.set(xlabel="rank", ylabel="frequency", title="Zipf")
    for axes in (left, right):
        axes.legend()
        axes.grid(alpha=0.3)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(file, dpi=110, metadata={"Software": None})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=400)
    parser.add_argument("--words", type=int, default=750_000)
    options = parser.parse_args()
    if not any(law_words(options.corpus)):
        parser.error(f"no law text (*.md) in {options.corpus}")
    found = measure(options.corpus, options.seed, options.cases, options.words)
    if options.plot:
        plot(found, options.plot)
    print(
        json.dumps(
            {name: {k: v for k, v in one.items() if k not in ("growth", "ranked")} for name, one in found.items()},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
