"""Independent random streams: every part of the stock has its own, named by what it is for.

A stream depends on the seed and its name only, never on the order of calls, so that cases can be made in any
order, on any number of processes, with the same bytes.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def number(seed: int, *names: object) -> int:
    """A 64-bit number drawn from the seed and the stream's name."""
    text = "\x1f".join(str(part) for part in (seed, *names))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def stream(seed: int, *names: object) -> random.Random:
    """The random stream of that name."""
    return random.Random(number(seed, *names))


def array_stream(seed: int, *names: object) -> np.random.Generator:
    """The same for arrays (noise, paper grain)."""
    return np.random.default_rng(number(seed, *names))


def chance(rng: random.Random, share: float) -> bool:
    """True in `share` of the cases."""
    return rng.random() < share


def weighted(rng: random.Random, items: Sequence[tuple[T, float]]) -> T:
    """One item by its weight."""
    bounds = list(accumulate(weight for _, weight in items))
    return rng.choices([item for item, _ in items], cum_weights=bounds)[0]
