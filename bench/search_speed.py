"""How long an answer takes on a large stock, and how much of it is the program's own.

    python -m bench.search_speed --cases 3300 --pages 10 [--people 8] [--home DIR] [--profile]

The stock is text only. `--home` keeps it: it is loaded once, and a second call measures at once. An answer is all that
the interface does for a hit list: rights, engine, marks, second look, audit row; not the HTML. Its own share is the
whole without the engine's `took`. `--people`: so many ask at the same time, each again as soon as it has its answer.
On a machine that does other work too, the processor time of the own share says more than the clock.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from bench import Figure
from bench.__main__ import machine
from bench.retrieval.collection import Case, Document
from bench.retrieval.load import USER, load
from casefile.canonical.references import find_dates, find_references
from casefile.database.events import Channel
from casefile.index.client import BULK
from casefile.index.reader import IndexReader
from casefile.instance import opensearch_url
from casefile.model import CoverSheet
from casefile.settings import Settings, load_settings
from engine import control
from engine.processes import ProcessId
from indexer.enrich import Findings
from oversight.audit import Actor
from search_ui.retrieval.question.request import SearchRequest
from search_ui.retrieval.search import search
from search_ui.services import Services
from stock import text_mode
from stock.queries.features import words

SAMPLE = 400  # pages of which questions are made
WARMING, ASKED = 30, 300  # answers
SEED = 5
NO_SYLLABLES = ("brol", "quim", "tarf", "zwell", "knup", "wibb")


class _Timed(IndexReader):
    """Adds up what the engine says that it needed, in each thread."""

    spent = threading.local()

    def search(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        return self._noted([super().search(*arguments, **named)])[0]

    def msearch(self, *arguments: Any, **named: Any) -> list[dict[str, Any]]:
        return self._noted(super().msearch(*arguments, **named))

    def _noted(self, answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
        took = max((float(answer["took"]) for answer in answers), default=0.0)
        self.spent.ms = getattr(self.spent, "ms", 0.0) + took
        return answers


class _TimedServices(Services):
    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, BULK)
        self._timed = _Timed.open(settings, BULK)

    def index(self) -> IndexReader:
        return self._timed


@dataclass
class Times:
    """Milliseconds of every answer: whole, without the engine, and processor time of the own share."""

    whole: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, other: Times) -> None:
        self.whole += other.whole
        self.own += other.own
        self.processor += other.processor


def figures() -> Iterable[Figure]:
    with tempfile.TemporaryDirectory() as folder, _stock(Path(folder), cases=300, pages=10) as (services, questions):
        for name, times in measure(services, questions, people=1).items():
            yield Figure(f"answer, {name}: median", _at(times.whole, 50), "ms", "95th percentile")
            yield Figure(f"own share, {name}: median", _at(times.own, 50), "ms")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.search_speed")
    parser.add_argument("--cases", type=int, default=3300)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--profile", action="store_true", help="where the program spends its time, on standard error")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = options.home or Path(folder)
        with _stock(home, options.cases, options.pages) as (services, questions):
            told: dict[str, Any] = {"machine": machine(), "pages": options.cases * options.pages}
            for people in dict.fromkeys((1, options.people)):
                found = measure(services, questions, people)
                told[f"{people} at a time"] = {name: _summary(times) for name, times in found.items()}
            if options.profile:
                _profile(services, questions)
    print(json.dumps(told, ensure_ascii=False, indent=1))


def measure(services: Services, questions: Mapping[str, Sequence[str]], people: int) -> dict[str, Times]:
    """By class of questions, and of all together under "mix"."""
    mix = [(name, text) for name, texts in questions.items() for text in texts]
    random.Random(SEED).shuffle(mix)
    for _, text in mix[:WARMING]:
        _answer(services, text)
    found: dict[str, Times] = defaultdict(Times)
    asked, lock = iter(mix[WARMING : WARMING + ASKED]), threading.Lock()

    def person() -> None:
        while True:
            with lock:
                name, text = next(asked, ("", ""))
            if not name:
                return
            times = _answer(services, text)
            with lock:
                found[name].add(times)
                found["mix"].add(times)

    threads = [threading.Thread(target=person) for _ in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(sorted(found.items()))


def _answer(services: Services, text: str) -> Times:
    _Timed.spent.ms = 0.0
    began, processor = time.perf_counter(), time.thread_time()
    search(services, Actor(USER, Channel.WEB), SearchRequest(text))
    whole = (time.perf_counter() - began) * 1000
    return Times([whole], [whole - _Timed.spent.ms], [(time.thread_time() - processor) * 1000])


def _summary(times: Times) -> dict[str, Any]:
    parts = {"whole": times.whole, "own": times.own, "processor": times.processor}
    return {"answers": len(times.whole)} | {
        f"{name}_ms": {"p50": round(_at(values, 50), 1), "p95": round(_at(values, 95), 1)}
        for name, values in parts.items()
    }


def _at(values: Sequence[float], percentile: float) -> float:
    return float(np.percentile(values, percentile))


def _profile(services: Services, questions: Mapping[str, Sequence[str]]) -> None:
    profile = cProfile.Profile()
    profile.enable()
    for texts in questions.values():
        for text in texts[:10]:
            _answer(services, text)
    profile.disable()
    statistics = pstats.Stats(profile, stream=sys.stderr)
    statistics.sort_stats("cumulative").print_stats(70)
    statistics.sort_stats("tottime").print_stats(40)


@contextmanager
def _stock(home: Path, cases: int, pages: int) -> Iterator[tuple[Services, dict[str, list[str]]]]:
    """Loaded once for a folder; with the questions that are asked of it."""
    home.mkdir(parents=True, exist_ok=True)
    engine, lines, done = load_settings(home=home / "engine"), home / "pages.jsonl", home / "loaded"
    control.start(engine, parent=ProcessId.current())
    try:
        settings = load_settings(home=home / "own", opensearch_url=opensearch_url(engine), index_prefix="speed")
        if not done.exists():
            text_mode.write(SEED, cases, pages, lines, processes=2)
            load(settings, _cases(lines), _findings)
            done.touch()
        services = _TimedServices(settings)
        yield services, make_questions(_sample(lines, cases * pages))
        services.close()
    finally:
        control.stop(engine)


def _findings(text: str) -> Findings:
    return Findings(find_references(text), find_dates(text))


def _cases(lines: Path) -> Iterator[Case]:
    with lines.open(encoding="utf-8") as source:
        for folder, group in groupby(map(json.loads, source), key=lambda page: str(page["id"]).partition("/")[0]):
            pages = list(group)
            cover = CoverSheet(pages[0]["case"], betreff=folder, stelle=pages[0]["unit"])
            documents = groupby(pages, key=lambda page: str(page["id"]).partition("#")[0])
            yield Case(folder, cover, tuple(_document(path, list(of_one)) for path, of_one in documents))


def _document(path: str, pages: Sequence[Mapping[str, Any]]) -> Document:
    return Document(path, tuple(page["text"] for page in pages), "", pages[0]["kind"], pages[0]["date"])


def _sample(lines: Path, total: int) -> list[dict[str, Any]]:
    chosen = set(random.Random(SEED).sample(range(total), min(SAMPLE, total)))
    with lines.open(encoding="utf-8") as source:
        return [json.loads(line) for number, line in enumerate(source) if number in chosen]


def make_questions(pages: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """By class, one question of each page of a part of the pages."""
    chance = random.Random(SEED)
    makers: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "three words": lambda page: " ".join(chance.sample(_long_words(page), 3)),
        "common word": lambda _: chance.choice(("Bescheid", "Antrag", "Unterlagen", "Frist")),
        "phrase": lambda page: '"' + " ".join(page["text"].splitlines()[-2].split()[:4]) + '"',
        "reference": lambda page: chance.choice(page["references"]),
        "date and word": lambda page: f"{page['date']} {chance.choice(_long_words(page))}",
        "words of a case": lambda page: f"{page['case']} {chance.choice(_long_words(page))}",
        "stands nowhere": lambda _: "".join(chance.sample(NO_SYLLABLES, 3)) + "ung",
    }
    return {
        name: list(dict.fromkeys(make(page) for page in pages[place :: len(makers)]))
        for place, (name, make) in enumerate(makers.items())
    }


def _long_words(page: Mapping[str, Any]) -> list[str]:
    return [word for word in dict.fromkeys(words(page["text"])) if len(word) >= 5]


if __name__ == "__main__":
    main()
