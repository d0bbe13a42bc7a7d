"""Edits of a page's text that keep the boxes of its words in step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

from casefile.pagetext import PageText


class Edit(NamedTuple):
    """`text[start:end]` becomes `new`. Edits of one text are sorted and do not overlap."""

    start: int
    end: int
    new: str


@dataclass(frozen=True)
class OffsetMap:
    """From offsets of the old text to offsets of the new one: total and never decreasing.

    An offset inside a replaced piece goes as far into the replacement as that reaches.
    """

    edits: tuple[Edit, ...]
    starts: tuple[int, ...]
    growth: tuple[int, ...]  # of the text before each edit

    @classmethod
    def of(cls, edits: Sequence[Edit]) -> OffsetMap:
        growth = accumulate((len(edit.new) - (edit.end - edit.start) for edit in edits), initial=0)
        return cls(tuple(edits), tuple(edit.start for edit in edits), tuple(growth))

    def __getitem__(self, offset: int) -> int:
        index = bisect_right(self.starts, offset)
        if not index or offset >= self.edits[index - 1].end:
            return offset + self.growth[index]
        edit = self.edits[index - 1]
        return edit.start + self.growth[index - 1] + min(offset - edit.start, len(edit.new))


def edited(text: str, edits: Sequence[Edit]) -> str:
    parts: list[str] = []
    position = 0
    for edit in edits:
        parts += [text[position : edit.start], edit.new]
        position = edit.end
    return "".join([*parts, text[position:]])


def edited_page(page: PageText, edits: Sequence[Edit]) -> PageText:
    """The page with its text edited. A joined word has one `Word` for each part, so that each part is marked where it
    stands; a word of which nothing remains has none.
    """
    if not edits:
        return page
    moved = OffsetMap.of(edits)
    words = (word._replace(start=moved[word.start], end=moved[word.end]) for word in page.words)
    return replace(page, text=edited(page.text, edits), words=tuple(word for word in words if word.start < word.end))
