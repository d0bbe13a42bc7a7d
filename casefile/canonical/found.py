"""A value found in a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Found(NamedTuple):
    """`text[start:end]` says `value`, in canonical form."""

    start: int
    end: int
    value: str


Finder = Callable[[str], Iterator[Found]]
