"""One class on one collection at one level of damage: run, measured, judged by its goals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from bench.retrieval.ask import Interactive, interactive, ranked
from bench.retrieval.baselines import WAYS, Baselines, Run
from bench.retrieval.classes import CLASSES, CLEAN, QueryClass
from bench.retrieval.collection import Collection, Query
from bench.retrieval.measure import difference, mean, scores
from search_ui.services import Services

DEPTH = 100


@dataclass(frozen=True)
class Row:
    """One figure. `met`: None where no goal is set for it. `against`: what it was compared with, and how that did."""

    collection: str
    level: float
    name: str
    queries: int
    measure: str
    value: float
    goal: str = ""
    met: bool | None = None
    against: str = ""


@dataclass(frozen=True)
class Cell:
    services: Services
    baselines: Baselines
    collection: Collection
    level: float
    name: str
    runs: dict[str, Run] = field(default_factory=dict)

    @property
    def kind(self) -> QueryClass:
        return CLASSES[self.name]

    @property
    def queries(self) -> Sequence[Query]:
        return self.collection.queries[self.name]

    @cached_property
    def scores(self) -> dict[str, float]:
        """The program's, by query."""
        return scores(self.queries, self._own, self.kind.measure)

    @property
    def documents_found(self) -> dict[str, int]:
        """How many the interface tells, by query."""
        return self._interactive.documents

    def rows(self) -> Iterator[Row]:
        if self.kind.most_documents is not None:
            yield self._documents()
            return
        own = self.scores
        least = self.kind.least.get(self.level)
        goal = "" if least is None else f"≥ {least:.2f}"
        yield self._row(self.kind.measure, mean(own), goal, None if least is None else mean(own) >= least)
        if self.kind.beats:
            yield self._lead(own)
        if self.level == CLEAN and self.kind.of_twin:
            yield self._beside_twin(own)
        if self.level == CLEAN and self.kind.least_recall:
            yield self._recall()
        if self.kind.most_false is not None:
            yield self._false(self.kind.most_false)

    def _row(self, measure: str, value: float, goal: str = "", met: bool | None = None, against: str = "") -> Row:
        name = self.collection.name
        return Row(name, self.level, self.name, len(self.queries), measure, round(value, 4), goal, met, against)

    @cached_property
    def _own(self) -> Run:
        run = self._interactive.run if self.kind.interactive else self._ranked(self.queries)
        self.runs["aktensuche"] = run
        return run

    @cached_property
    def _interactive(self) -> Interactive:
        return interactive(self.services, self.collection, self.queries)

    def _ranked(self, queries: Sequence[Query]) -> Run:
        return ranked(self.services, queries, DEPTH, documents=self.kind.documents, syntax=self.kind.syntax)

    def _lead(self, own: dict[str, float]) -> Row:
        """Over the best of the baselines in this cell."""
        for way in WAYS:
            self.runs[way] = self.baselines.run(way, self.queries, DEPTH, documents=self.kind.documents)
        others = {way: scores(self.queries, self.runs[way], self.kind.measure) for way in WAYS}
        best = max(others, key=lambda way: mean(others[way]))
        lead, wanted = difference(own, others[best]), self.kind.beats.get(self.level)
        goal = "" if wanted is None else f"> 0, Mittel ≥ {wanted:.2f}"
        met = None if wanted is None else lead.low > 0 and lead.mean >= wanted
        against = f"{best} {mean(others[best]):.3f}; [{lead.low:+.3f}, {lead.high:+.3f}]"
        return self._row(f"Δ {self.kind.measure}", lead.mean, goal, met, against)

    def _beside_twin(self, own: dict[str, float]) -> Row:
        twins = self.collection.twins[self.name]
        exact = mean(scores(twins, self._ranked(twins), self.kind.measure))
        part = mean(own) / exact if exact else 0.0
        wanted = self.kind.of_twin
        return self._row("÷ exact form", part, f"≥ {wanted:.2f}", part >= wanted, f"exact form {exact:.3f}")

    def _recall(self) -> Row:
        """Of the right pages, those that the interface returns in any tier."""
        found = mean(scores(self.queries, self._interactive.run, "Recall@1000"))
        return self._row("Recall", found, f"≥ {self.kind.least_recall:.2f}", found >= self.kind.least_recall)

    def _false(self, most: float) -> Row:
        first = ((query, self._interactive.run[query.id][:10]) for query in self.queries)
        wrong = float(np.mean([sum(page not in query.right for page in pages) for query, pages in first]))
        return self._row("false@10", wrong, f"≤ {most:g}", wrong <= most)

    def _documents(self) -> Row:
        """Found literally: other forms of the word, and words that end with it; all else is marked as look-alike."""
        self.runs["aktensuche"] = self._interactive.run
        counts = list(self.documents_found.values())
        literal = sum(bool(pages) for pages in self._interactive.literal.values())
        most = self.kind.most_documents or 0.0
        value = float(np.mean(counts))
        told = f"Median {np.median(counts):g}, p95 {np.percentile(counts, 95):g}; {literal} with other forms or parts"
        return self._row("documents", value, f"≤ {most:g}", value <= most, told)
