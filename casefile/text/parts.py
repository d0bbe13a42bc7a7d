"""Where a page holds a compound with a word of the question, or the parts of a compound of the question."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from casefile.text.compounds import base, compound_spans, parts_of
from casefile.text.folding import fold

_WORD = re.compile(r"[^\W\d_]+")


def part_spans(text: str, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """`wanted`: folded words of the question."""
    bases = {base(word) for word in wanted}
    for start, end, parts in compound_spans(text):
        if not bases.isdisjoint(map(base, parts)):
            yield start, end
    for word in wanted:
        yield from _written_out(text, {base(part) for part in parts_of(word)})


def _written_out(text: str, parts: Collection[str]) -> Iterator[tuple[int, int]]:
    """Words that are parts of one compound, where all of them stand on the page."""
    found = [(match.span(), base(fold(match.group()))) for match in _WORD.finditer(text)] if parts else []
    if set(parts) <= {word for _, word in found}:
        yield from (span for span, word in found if word in parts)
