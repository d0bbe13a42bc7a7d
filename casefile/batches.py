"""Cuts long lists into parts of a bounded size, for queries and requests with a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size` values in their order, the last one shorter; reads no further ahead than one list.

    `itertools.batched` of Python 3.12 does the same.
    """
    if size < 1:
        raise ValueError("size must be at least 1")
    stream = iter(values)
    while part := list(islice(stream, size)):
        yield part
