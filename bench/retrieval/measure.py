"""TREC measures of runs, and how sure a difference is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytrec_eval

from bench.retrieval.baselines import Run
from bench.retrieval.collection import Query

Scores = dict[str, float]  # by query
RESAMPLES, COVERED = 2000, 95.0  # of the bootstrap; per cent of the resampled means within the interval
_CUT = {"success": "success.1,3,5,10", "recip_rank": "recip_rank", "recall": "recall.100,1000"}


@dataclass(frozen=True)
class Difference:
    """Mean of the paired differences and the ends of its interval."""

    mean: float
    low: float
    high: float


def scores(queries: Sequence[Query], run: Run, measure: str) -> Scores:
    """`measure`: `RR`, `RR@10`, `Success@K`, `Recall@K`, in each query's own list."""
    name, _, cut = measure.partition("@")
    depth = int(cut) if name == "RR" and cut else 1000
    judged = {query.id: dict.fromkeys(query.right, 1) for query in queries if query.right}
    ranked = {query.id: _falling(run.get(query.id, [])[:depth]) for query in queries}
    family = {"RR": "recip_rank", "Success": "success", "Recall": "recall"}[name]
    key = family if name == "RR" else f"{family}_{cut}"
    found = pytrec_eval.RelevanceEvaluator(judged, {_CUT[family]}).evaluate(ranked)
    return {query.id: float(found.get(query.id, {}).get(key, 0.0)) for query in queries if query.right}


def mean(values: Mapping[str, float]) -> float:
    return float(np.mean(list(values.values()))) if values else 0.0


def difference(one: Scores, other: Scores, seed: int = 1) -> Difference:
    """Paired bootstrap over the queries."""
    pairs = np.array([one[name] - other[name] for name in sorted(one)])
    if not len(pairs):
        return Difference(0.0, 0.0, 0.0)
    chosen = np.random.default_rng(seed).integers(0, len(pairs), (RESAMPLES, len(pairs)))
    means = pairs[chosen].mean(axis=1)
    edge = (100.0 - COVERED) / 2
    low, high = np.percentile(means, [edge, 100.0 - edge])
    return Difference(float(pairs.mean()), float(low), float(high))


def _falling(names: Sequence[str]) -> dict[str, float]:
    """trec_eval orders by score and breaks ties by name: scores that fall with the rank keep our order."""
    return {name: float(len(names) - rank) for rank, name in enumerate(names)}
