"""Boxes on the page image of the spans that matched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from casefile.pagetext import PageText
from search_ui.retrieval.marking import Span

LINE_TOLERANCE = 0.6  # words belong to one line where their boxes overlap by this share of their height


class Box(NamedTuple):
    """A marked box in thousandths of the page, as SVG takes it."""

    x: int
    y: int
    width: int
    height: int


def boxes(page: PageText, spans: Sequence[Span]) -> tuple[Box, ...]:
    """Boxes of the words that the spans touch; neighbours on one line within a span become one box.

    Words and spans stand in the order of the text, spans without overlap: each word is looked at about once.
    """
    found: list[Box] = []
    words, first = page.words, 0
    for span in spans:
        while first < len(words) and words[first].end <= span.start:
            first += 1
        behind = first
        while behind < len(words) and words[behind].start < span.end:
            behind += 1
        run: list[float] = []
        for word in words[first:behind]:
            edges = list(word[2:6])
            if run and _same_line(run, edges):
                run = [min(run[0], edges[0]), min(run[1], edges[1]), max(run[2], edges[2]), max(run[3], edges[3])]
            else:
                found += [_box(run)] if run else []
                run = edges
        found += [_box(run)] if run else []
    return tuple(found)


def _same_line(run: Sequence[float], edges: Sequence[float]) -> bool:
    overlap = min(run[3], edges[3]) - max(run[1], edges[1])
    return overlap > LINE_TOLERANCE * min(run[3] - run[1], edges[3] - edges[1])


def _box(edges: Sequence[float]) -> Box:
    left, top, right, bottom = (round(1000 * edge) for edge in edges)
    return Box(left, top, max(1, right - left), max(1, bottom - top))
