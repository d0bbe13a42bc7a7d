"""Compounds and their parts: `Mietbescheinigung` is `Miet` and `Bescheinigung`.

Pages are indexed with the parts of their words, and marked by them; a question's compound is looked for by its parts.
The lexicon of parts was made from public law text by `tools/lexicon.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from casefile.text.folding import fold

LEXICON = Path(__file__).parent / "word_parts.txt"
SHORTEST_FIRST, SHORTEST_HEAD = 3, 4  # letters
SHORTEST_COMPOUND, LONGEST_COMPOUND = 8, 64
MOST = 3000  # parts of one page
_PART_COST = 14.0  # of each part, less the binary logarithm of the words that it stands in: few and usual parts win
_UNKNOWN_COST = 20.0  # of a first part that the lexicon lacks but whose end tells that it is one
_INNER_COST = 4.0  # of a part that is known to end compounds, within one
_ENDINGS = ("", "s", "es", "n", "en", "e", "er", "ern")
_ENDING = re.compile(r"(?<=\w\w\w)(?:ens|ern|en|er|es|em|e|n|s)\Z")
_SURE_END = re.compile(r"[^\W\d_]{3,64}(?:ungs|ions|heits|keits|schafts|tats)\Z")
_WORD = re.compile(r"[^\W\d_]{8,64}")


class _Way(NamedTuple):
    cost: float
    parts: tuple[str, ...]


class _Lexicon(NamedTuple):
    """Cost by folded part, where it begins a compound and where it ends one."""

    first: dict[str, float]
    last: dict[str, float]


def compound_parts(text: str) -> tuple[str, ...]:
    """Parts of all compounds of the text, each once, without those that stand there as words."""
    words = {fold(word) for word in re.findall(r"[^\W\d_]+", text)}
    found = (part for _, _, parts in compound_spans(text) for part in parts)
    return tuple(part for part in dict.fromkeys(found) if part not in words)[:MOST]


def compound_spans(text: str) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Where a compound stands, its parts and runs of neighbouring parts, folded."""
    for match in _WORD.finditer(text):
        parts = parts_of(fold(match.group()))
        if parts:
            yield match.start(), match.end(), _runs(parts)


@lru_cache(maxsize=100_000)
def parts_of(folded: str) -> tuple[str, ...]:
    """The parts of a folded word in order, as they stand in it; none where it is no known compound."""
    if not SHORTEST_COMPOUND <= len(folded) <= LONGEST_COMPOUND:
        return ()
    best: dict[int, _Way] = {0: _Way(0.0, ())}
    for start in range(len(folded) - SHORTEST_HEAD + 1):
        if start in best:
            for end, cost in _next_parts(folded, start):
                way = _Way(best[start].cost + cost, (*best[start].parts, folded[start:end]))
                best[end] = min(best.get(end, way), way)
    return best[len(folded)].parts if len(folded) in best else ()


def base(folded: str) -> str:
    """Without the ending of a form or the element that links it in a compound: `miete`, `miet`; `kundigungs`."""
    return _ENDING.sub("", folded)


def _next_parts(folded: str, start: int) -> Iterator[tuple[int, float]]:
    """Where a part that begins here may end, and its cost; the whole word is no part of itself."""
    lexicon = _lexicon()
    for end in range(start + SHORTEST_FIRST, len(folded) - SHORTEST_HEAD + 1):
        part = folded[start:end]
        cost = lexicon.first.get(part)
        if cost is None and _SURE_END.search(part):
            cost = _UNKNOWN_COST
        if cost is None and start and (inner := _last_cost(part, lexicon)) is not None:
            cost = inner + _INNER_COST
        if cost is not None:
            yield end, cost
    if start and (last := _last_cost(folded[start:], lexicon)) is not None:
        yield len(folded), last


def _last_cost(tail: str, lexicon: _Lexicon) -> float | None:
    """Of the last part in any of its forms."""
    bases = (tail.removesuffix(ending) for ending in _ENDINGS if tail.endswith(ending))
    costs = [lexicon.last[base] for base in bases if base in lexicon.last and len(base) >= SHORTEST_HEAD]
    return min(costs, default=None)


def _runs(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Every part, the parts of which it is made itself, and every run of neighbouring parts but the whole."""
    count = len(parts)
    places = ((first, behind) for first in range(count) for behind in range(first + 1, count + 1))
    runs = ["".join(parts[first:behind]) for first, behind in places if behind - first < count]
    inner = [run for part in parts for run in _runs(parts_of(part))]
    return tuple(dict.fromkeys((*runs, *inner)))


@cache
def _lexicon() -> _Lexicon:
    lexicon = _Lexicon({}, {})
    text = resources.files("casefile.text").joinpath(LEXICON.name).read_text(encoding="utf-8")
    for line in text.splitlines():
        part, first, last = line.split("\t")
        for costs, count in ((lexicon.first, int(first)), (lexicon.last, int(last))):
            if count:
                costs[part] = _PART_COST - min(_PART_COST - 1, math.log2(count))
    return lexicon
