"""Query sets with judgements, made from the truth: `queries/<class>.tsv` and `queries/<class>.qrels` (TREC form).

Three passes over the truth, none of which keeps it in memory: how common is each word; which pages are asked for; which
pages answer. A page answers if it has what the query needs, not only if the query was made from it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import numpy as np

from stock.queries.classes import CLASSES, Query, Source, make
from stock.queries.features import PageFacts, Record, pages
from stock.rng import number

_BUCKETS = 1 << 22
# Pages tried for each query wanted: not every page can be asked for in every way.
_SPARE = 8


def write(truth: Path, seed: int, count: int) -> dict[str, int]:
    """Write all classes, at most `count` queries each; returns how many there are."""
    common, total = _frequencies(truth)
    asked = _choose(truth, seed, count, common, total)
    judged = _judge(truth, asked)
    folder = truth / "queries"
    folder.mkdir(exist_ok=True)
    made = {}
    for kind in CLASSES:
        rows = [(f"{kind}-{place:05d}", query) for place, query in enumerate(asked[kind])]
        kept = [(name, query) for place, (name, query) in enumerate(rows) if judged[kind][place] or kind == "nowhere"]
        tsv = "".join(f"{name}\t{query.text}\n" for name, query in kept)
        (folder / f"{kind}.tsv").write_text(tsv, "utf-8")
        known = {name for name, _ in kept}
        qrels = "".join(
            f"{name} 0 {page} 1\n"
            for place, (name, _) in enumerate(rows)
            if name in known
            for page in judged[kind][place]
        )
        (folder / f"{kind}.qrels").write_text(qrels, "utf-8")
        made[kind] = len(kept)
    return made


def _frequencies(truth: Path) -> tuple[Callable[[str], int], int]:
    """On how many pages a word stands: counted in buckets, so that memory does not grow with the stock."""
    counts = np.zeros(_BUCKETS, dtype=np.uint32)
    total = 0
    for page in pages(truth):
        total += 1
        counts[np.fromiter({_bucket(word) for word in page.features}, dtype=np.int64)] += 1
    return lambda word: int(counts[_bucket(word)]), total


def _bucket(word: str) -> int:
    return number(0, word) % _BUCKETS


def _cases(truth: Path) -> dict[str, Record]:
    with (truth / "cases.jsonl").open(encoding="utf-8") as source:
        records = [json.loads(row) for row in source]
    return {record["case"]: record for record in records}


def _by_case(truth: Path) -> Iterator[list[PageFacts]]:
    for _, group in groupby(pages(truth), key=lambda page: page.record["filed"]):
        yield list(group)


def _choose(truth: Path, seed: int, count: int, common: Callable[[str], int], total: int) -> dict[str, list[Query]]:
    """For every class the pages whose numbers come first in a fixed shuffle; no class asks the same twice."""
    cases = _cases(truth)
    share = min(1.0, _SPARE * count / max(total, 1))
    limit = max(3, min(60, total // 40))
    found: dict[str, dict[str, tuple[int, Query]]] = {kind: {} for kind in CLASSES}
    for group in _by_case(truth):
        for page in group:
            document = tuple(other for other in group if other.document == page.document)
            source = Source(page, document, tuple(group), cases[page.record["filed"]], common, limit)
            for kind, known in found.items():
                rank = number(seed, kind, page.id)
                if rank < share * 2**64 and (query := make(kind, source, seed)) is not None:
                    known.setdefault(query.text, (rank, query))
    return {
        kind: [query for _, query in sorted(known.values(), key=lambda one: one[0])[:count]]
        for kind, known in found.items()
    }


@dataclass
class _Index:
    """Queries by what they need: only those whose first need is met are looked at."""

    by_feature: dict[str, list[tuple[str, int, Query]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, kind: str, place: int, query: Query) -> None:
        for feature in sorted(query.needs[-1]):
            self.by_feature[feature].append((kind, place, query))

    def met(self, features: frozenset[str]) -> Iterator[tuple[str, int, Query]]:
        seen = set()
        for feature in sorted(features):
            for kind, place, query in self.by_feature.get(feature, ()):
                if (kind, place) not in seen and all(need & features for need in query.needs):
                    seen.add((kind, place))
                    yield kind, place, query


def _judge(truth: Path, asked: dict[str, list[Query]]) -> dict[str, list[list[str]]]:
    """The pages that answer each query."""
    indexes: dict[str, _Index] = {scope: _Index() for scope in ("page", "document", "case")}
    for kind, queries in asked.items():
        for place, query in enumerate(queries):
            indexes[query.scope].add(kind, place, query)
    found: dict[str, list[list[str]]] = {kind: [[] for _ in queries] for kind, queries in asked.items()}
    for group in _by_case(truth):
        for page in group:
            for kind, place, query in indexes["page"].met(page.features):
                if _right(page, query):
                    found[kind][place].append(page.id)
        for document in _documents(group):
            _scattered(document, indexes["document"], found)
        _scattered(group, indexes["case"], found)
    return found


def _documents(group: list[PageFacts]) -> Iterator[list[PageFacts]]:
    for _, document in groupby(group, key=lambda page: page.document):
        yield list(document)


def _right(page: PageFacts, query: Query) -> bool:
    if query.case and page.record["filed"] != query.case:
        return False
    return not query.phrase or query.phrase in " ".join(page.record["text"].lower().split())


def _scattered(group: list[PageFacts], index: _Index, found: dict[str, list[list[str]]]) -> None:
    """If the group has all that is needed, the pages that have some of it answer."""
    together = frozenset().union(*(page.features for page in group))
    for kind, place, query in index.met(together):
        found[kind][place] += [page.id for page in group if any(need & page.features for need in query.needs)]
